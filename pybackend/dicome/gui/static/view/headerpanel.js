// The header of the frame that is shown, with a filter; and what all frames have in common.

import { get } from "/static/api.js";
import { debounced, el, fill } from "/static/dom.js";
import { Latest } from "/static/view/latest.js";

// Long names of attributes may be broken between their words.
const broken = (name) => name.split(/(?<=[a-z0-9.])(?=[A-Z])/).flatMap((word, k) => (k ? [el("wbr"), word] : [word]));

export function makeHeaderPanel(place, state, frameNumber) {
  const filter = el("input", { type: "search", placeholder: "Filter: name, tag or value", "aria-label": "Filter the header", class: "grow", id: "header-filter" });
  const which = el("select", { "aria-label": "Which header" }, el("option", { value: "frame" }, "This frame"), el("option", { value: "shared" }, "All frames"));
  const title = el("h2", {}, "Header");
  const body = el("tbody");
  const told = el("p", { class: "muted", role: "status" });
  const table = el("table", { class: "header-table" },
    el("thead", { class: "sr" }, el("tr", {}, el("th", { scope: "col" }, "Attribute"), el("th", { scope: "col" }, "Value"))), body);
  fill(place, el("div", { class: "row" }, title, el("span", { class: "grow" }), which), filter, el("div", { class: "scroll grow-y", tabindex: "0", "aria-label": "Header" }, table), told);

  let rows = [];
  let before = new Map();

  const asked = new Latest(async ({ frame, shared, id }) => {
    const found = await get("/api/header", { id, frame, ...(shared ? { shared: 1 } : {}) });
    before = new Map(rows.map((row) => [row[2], row[3]]));
    rows = found.rows;
    title.textContent = shared ? "Header of the file" : `Header of frame ${frame.toLocaleString("en")}`;
    show();
  }, (problem) => { rows = []; fill(body); told.textContent = problem.message; });

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = rows.filter((row) => { const line = row.join(" ").toLowerCase(); return words.every((word) => line.includes(word)); });
    let group = "";
    fill(body, fitting.slice(0, 1500).map((row) => {
      const within = row[2].slice(0, Math.max(row[2].lastIndexOf("."), 0));
      const head = within !== group ? el("tr", {}, el("th", { colspan: 2, class: "group", scope: "colgroup" }, broken(within || "Top level"))) : null;
      group = within;
      return [head, line(row)];
    }));
    told.textContent = words.length ? `${fitting.length} of ${rows.length}` : `${rows.length} attributes`;
  }

  function line([tag, vr, path, value]) {
    const changed = which.value === "frame" && before.size && before.has(path) && before.get(path) !== value;
    return el("tr", { class: changed ? "changed" : "" },
      el("td", {}, el("span", { class: "name" }, broken(path.slice(path.lastIndexOf(".") + 1))), el("span", { class: "path" }, [tag, vr].filter(Boolean).join(" "))),
      el("td", { class: "value" }, value));
  }

  const ask = debounced(60, () => {
    const frame = frameNumber();
    if (!frame && which.value === "frame") { rows = []; fill(body); title.textContent = "Header"; told.textContent = "There is no frame here."; return; }
    asked.ask({ id: state.image.id, frame: frame || 1, shared: which.value === "shared" });
  });
  filter.addEventListener("input", show);
  which.addEventListener("change", () => { before = new Map(); rows = []; ask(); });
  state.on("image", () => { rows = []; before = new Map(); fill(body); });
  state.on("frame", () => { if (which.value === "frame" || !rows.length) ask(); });
  return { focus: () => filter.focus() };
}
