// The page "Header": dcminfo's tables of one or several files, searchable.

import { post } from "/static/api.js";
import { choose } from "/static/chooser.js";
import { button, check, counted, debounced, el, fill } from "/static/dom.js";
import { FORMS } from "/static/header/forms.js";

export function makeHeader(section, { start, current }) {
  let paths = [];
  let form = "fields";
  let table = null;
  let asked = 0;

  const list = el("ul", { class: "file-list", "aria-label": "Files" });
  const tags = el("input", { type: "text", class: "grow", placeholder: "all, or PatientName:0008,103e", "aria-label": "Tags, as dcminfo -t takes them", spellcheck: "false" });
  const deep = check("All levels and frames");
  const forms = Object.entries(FORMS).map(([name, one]) => button(one.title, () => take(name), { "data-form": name, "aria-pressed": "false", title: one.hint }));
  const search = el("input", { type: "search", placeholder: "Search: words in name, tag or value", "aria-label": "Search in the table", class: "grow", id: "header-search" });
  const told = el("p", { class: "muted", role: "status" });
  const body = el("div", { class: "scroll grow-y header-body", tabindex: "0", "aria-label": "Table" });
  const settings = el("div", { class: "row" }, el("span", { class: "muted" }, "Tags"), tags, deep.label);
  const clear = button("Clear", () => { paths = []; show(); }, { class: "quiet" });
  fill(section, el("div", { class: "two" },
    el("aside", { class: "side", "aria-label": "Files" },
      el("div", { class: "row" }, el("h2", { class: "grow" }, "Files"), clear, button("Add …", add, { class: "primary", id: "header-add" })), list,
      el("p", { class: "muted" }, "One file: its fields, the whole of it, or what varies over its frames. Two or more: what they have in common and what differs.")),
    el("div", { class: "sheet" },
      el("div", { class: "row bar" }, el("div", { class: "segments", role: "group", "aria-label": "Table" }, forms), search),
      settings, body, told)));

  async function add() {
    const found = await choose("open", paths.at(-1)?.replace(/\/[^/]*$/, "") ?? start.folder, "Add files");
    if (found) await open(found);
  }

  async function open(given) {
    if (!given.paths?.length) return;
    const { files, more } = await post("/api/header/files", { paths: given.paths });
    const before = paths.length;
    paths = [...new Set([...paths, ...files])];
    if (more) told.textContent = `${more} more files were left out.`;
    if (paths.length > 1 && (before === 1 || !FORMS[form].several)) form = "compare";
    if (paths.length === 1 && form === "compare") form = "fields";
    await show();
  }

  function take(name) {
    form = name;
    show();
  }

  function showFiles() {
    fill(list, paths.map((path) => el("li", {}, el("span", { title: path }, path.slice(path.lastIndexOf("/") + 1)),
      button("×", () => { paths = paths.filter((one) => one !== path); show(); }, { class: "quiet", "aria-label": `Take ${path} away` }))));
    clear.hidden = !paths.length;
    for (const one of forms) {
      one.setAttribute("aria-pressed", one.dataset.form === form);
      one.disabled = !paths.length || (paths.length > 1 && !FORMS[one.dataset.form].several);
    }
    settings.hidden = form !== "compare";
  }

  async function show() {
    showFiles();
    const mine = ++asked;
    if (!paths.length) { table = null; fill(body, el("p", { class: "muted pad" }, "No file yet.")); told.textContent = ""; return; }
    told.textContent = "Reading …";
    try {
      const made = await FORMS[form].make({ paths, tags: tags.value, everywhere: deep.box.checked });
      if (mine !== asked) return;
      table = made;
      draw();
      document.dispatchEvent(new Event("dicome-where"));
    } catch (problem) {
      if (mine === asked) { table = null; fill(body, el("p", { class: "bad-text pad", role: "alert" }, problem.message)); told.textContent = ""; }
    }
  }

  function draw() {
    if (!table) return;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (cells) => { const line = cells.join(" ").toLowerCase(); return words.every((word) => line.includes(word)); };
    const count = table.draw(body, fits);
    told.textContent = [words.length ? counted(count, "line fits", "lines fit") : counted(count, "line"), ...table.notes].join(" · ");
  }

  search.addEventListener("input", debounced(80, draw));
  tags.addEventListener("change", show);
  deep.box.addEventListener("change", show);
  show();
  return {
    open,
    // What the viewer has open is what a user will want to see.
    shown() { if (!paths.length) open({ paths: current() }); },
    where: () => (paths.length === 1 ? paths[0] : paths.length ? counted(paths.length, "file") : ""),
    found: () => { if (paths.length && !table) show(); },
    key(event) {
      if (event.key === "/") { search.focus(); return true; }
      if (event.key === "o") { add(); return true; }
      return false;
    },
  };
}
