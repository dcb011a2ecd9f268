// Choosing files and folders of the machine that the server runs on.

import { get } from "/static/api.js";
import { button, bytes, el, fill, notice, unique } from "/static/dom.js";
import { makeSeriesList } from "/static/series.js";

let last = null;
export const rememberFolder = (path) => { last = path; };

const date = (seconds) => (seconds ? new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") : "");
const MARKS = { folder: "▸", file: "", broken: "?", other: "·" };

// wants: "open" (files, or a series of a folder) or "folder". Gives {paths, series} or null.
export function choose(wants, begin, title = wants === "open" ? "Open" : "Choose a folder") {
  return new Promise((done) => {
    const chooser = new Chooser(wants, title, done);
    chooser.go(begin ?? last ?? "~");
  });
}

class Chooser {
  constructor(wants, title, done) {
    this.wants = wants;
    this.done = done;
    this.result = null;
    this.entries = [];
    this.here = 0;
    this.chosen = new Set();
    this.typed = "";
    this.path = el("input", { type: "text", class: "grow", "aria-label": "Folder or file", spellcheck: "false" });
    this.list = el("ul", { class: "chooser-list", role: "listbox", tabindex: "0", "aria-label": "Files", "aria-multiselectable": "true" });
    this.told = el("p", { class: "muted grow", role: "status" });
    this.problem = el("p", { role: "alert", class: "bad-text" });
    this.lower = el("div");
    this.ok = button(wants === "open" ? "Open" : "Take this folder", () => this.accept(), { class: "primary" });
    this.series = wants === "open" ? button("Series in this folder", () => this.showSeries(false)) : null;
    this.below = wants === "open" ? button("… and below", () => this.showSeries(true)) : null;
    this.dialog = el("dialog", { "aria-label": title },
      el("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); this.go(this.path.value, true); } },
        el("h2", {}, title),
        el("div", { class: "row" }, button("↑", () => this.up(), { "aria-label": "Folder above" }), this.path,
          el("button", { type: "submit" }, "Go")),
        this.list, this.lower, this.problem,
        el("div", { class: "dialog-foot" }, this.told, this.series, this.below,
          button("Cancel", () => this.dialog.close()), this.ok)));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => { this.dialog.remove(); done(this.result); });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.list.focus();
  }

  async go(path, opening = false) {
    try {
      const found = await get("/api/folder", { path });
      const name = path.replace(/\/+$/, "");
      if (opening && this.wants === "open" && found.path !== name && found.entries.some((one) => one.kind === "file" && `${found.path}/${one.name}` === name)) {
        this.finish([name], null);
        return;
      }
      this.show(found);
    } catch (problem) {
      this.problem.textContent = problem.message;
      if (!this.folder && path !== "~") this.go("~");
    }
  }

  show(found) {
    this.folder = found;
    last = found.path;
    this.path.value = found.path;
    this.problem.textContent = "";
    this.entries = found.entries;
    this.here = 0;
    this.chosen.clear();
    fill(this.lower);
    this.list.hidden = false;
    fill(this.list, found.entries.length ? found.entries.map((entry, k) => this.line(entry, k))
      : el("li", { class: "empty" }, "Nothing here (hidden files are not shown)."));
    this.list.scrollTop = 0;
    this.mark();
  }

  line(entry, k) {
    const made = el("li", { role: "option", id: unique("entry"), class: entry.kind, "aria-selected": "false", title: entry.name },
      el("span", { "aria-hidden": "true" }, MARKS[entry.kind]), el("span", {}, entry.name),
      el("span", {}, entry.kind === "file" ? bytes(entry.size) : ""), el("span", {}, date(entry.modified)));
    made.addEventListener("click", (event) => this.click(k, event));
    made.addEventListener("dblclick", () => this.enter(k));
    return made;
  }

  click(k, event) {
    const from = this.here;
    if (event.shiftKey) for (let at = Math.min(from, k); at <= Math.max(from, k); at++) this.chosen.add(at);
    else if (event.ctrlKey || event.metaKey) this.chosen.has(k) ? this.chosen.delete(k) : this.chosen.add(k);
    else this.chosen = new Set([k]);
    this.here = k;
    this.mark();
  }

  mark() {
    const lines = this.list.children;
    this.entries.forEach((_, k) => {
      lines[k].classList.toggle("here", k === this.here);
      lines[k].setAttribute("aria-selected", this.chosen.has(k));
    });
    if (this.entries.length) {
      this.list.setAttribute("aria-activedescendant", lines[this.here].id);
      lines[this.here].scrollIntoView({ block: "nearest" });
    }
    const files = this.files().length;
    const more = this.folder.more ? ` (${this.folder.more.toLocaleString("en")} more are not shown)` : "";
    this.told.textContent = files ? `${files} chosen` : `${this.entries.length} entries${more}`;
    this.ok.disabled = this.wants === "open" && !this.chosen.size;
  }

  files = () => [...this.chosen].map((k) => this.entries[k]).filter((one) => one.kind === "file");

  key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -1e9, End: 1e9 };
    if (event.key in moves) this.move(Math.max(0, Math.min(this.entries.length - 1, this.here + moves[event.key])), event.shiftKey);
    else if (event.key === "Enter") this.enter(this.here);
    else if (event.key === "Backspace") this.up();
    else if (event.key === " ") { this.chosen.has(this.here) ? this.chosen.delete(this.here) : this.chosen.add(this.here); this.mark(); }
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.seek(event.key);
    else return;
    event.preventDefault();
  }

  move(to, extend) {
    if (extend) this.chosen.add(this.here).add(to);
    else this.chosen = new Set(this.entries[to] ? [to] : []);
    this.here = to;
    this.mark();
  }

  seek(letter) {
    clearTimeout(this.timer);
    this.typed += letter.toLowerCase();
    this.timer = setTimeout(() => { this.typed = ""; }, 700);
    const found = this.entries.findIndex((one) => one.name.toLowerCase().startsWith(this.typed));
    if (found >= 0) this.move(found, false);
  }

  enter(k) {
    const entry = this.entries[k];
    if (!entry) return;
    if (entry.kind === "folder") this.go(this.full(entry));
    else if (this.wants === "open") { if (!this.chosen.has(k)) this.chosen = new Set([k]); this.accept(); }
  }

  full = (entry) => `${this.folder.path.replace(/\/$/, "")}/${entry.name}`;

  up() {
    if (this.folder?.parent) this.go(this.folder.parent);
  }

  accept() {
    if (this.wants === "folder") {
      const one = [...this.chosen].map((k) => this.entries[k]).find((entry) => entry.kind === "folder");
      this.finish([one ? this.full(one) : this.folder.path], null);
      return;
    }
    const files = this.files();
    if (files.length) this.finish(files.map(this.full), null);
    else if (this.chosen.size) this.enter([...this.chosen][0]);
  }

  async showSeries(below) {
    this.list.hidden = true;
    this.problem.textContent = "";
    try {
      await makeSeriesList(this.lower, this.folder.path, below, (opening) => this.finish(opening.paths, opening.series));
    } catch (problem) {
      this.list.hidden = false;
      this.problem.textContent = problem.message;
    }
  }

  finish(paths, series) {
    this.result = { paths, series };
    this.dialog.close();
  }
}

// A folder was asked for by name: its series to choose from.
export function chooseSeries(folder) {
  return new Promise((done) => {
    const chooser = new Chooser("open", "Open a series", done);
    chooser.go(folder).then(() => chooser.showSeries(false)).catch((problem) => notice(problem.message, true));
  });
}
