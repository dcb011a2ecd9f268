// The page "ExamCard": ExamCards and raw data of Philips, as dcmexamcard --html writes them.

import { post } from "/static/api.js";
import { choose } from "/static/chooser.js";
import { button, el, fill, notice } from "/static/dom.js";

export function makeExamCard(section, { start }) {
  let path = null;
  const name = el("h2", { class: "grow" });
  const frame = el("iframe", { class: "card-frame", title: "ExamCard", sandbox: "allow-scripts" });
  const shown = el("div", { class: "card-page", hidden: true }, el("div", { class: "row bar" }, name, button("Open …", pick)), frame);
  const empty = el("div", { class: "empty" }, el("h2", {}, "Open an ExamCard"),
    el("p", {}, "A .ExamCard file, or a Philips raw data file (XX_0003, …): scans, parameters, what was scanned."),
    button("Open …", pick, { class: "primary", id: "examcard-open" }));
  fill(section, empty, shown);

  async function pick() {
    const found = await choose("open", path?.replace(/\/[^/]*$/, "") ?? start.folder);
    if (found) await open(found);
  }

  async function open({ paths }) {
    if (!paths?.length) return;
    try {
      const found = await post("/api/examcard", { path: paths[0] });
      ({ path } = found);
      name.textContent = found.name;
      frame.src = `/api/examcard/page?${new URLSearchParams({ path })}`;
      empty.hidden = true;
      shown.hidden = false;
      document.dispatchEvent(new Event("dicome-where"));
    } catch (problem) {
      notice(problem.message, true);
    }
  }

  return { open, where: () => path ?? "", key: (event) => event.key === "o" && (pick(), true) };
}
