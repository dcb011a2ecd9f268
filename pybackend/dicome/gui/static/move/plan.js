// A plan in sight: the studies to choose from, their series, where every file would go, and what stays and why.

import { get } from "/static/api.js";
import { button, bytes, counted, el, fill, unique } from "/static/dom.js";

const date = (words) => (/^\d{8}$/.test(words) ? `${words.slice(0, 4)}-${words.slice(4, 6)}-${words.slice(6)}` : words);
const time = (words) => (/^\d{4}/.test(words) ? `${words.slice(0, 2)}:${words.slice(2, 4)}` : "");

// chosen(uids, bad) is called when other studies are chosen, or whether files with invalid headers go to "bad".
export function showPlan(place, plan, chosen) {
  const boxes = plan.studies.map((study) => el("input", { type: "checkbox", checked: plan.everything, "data-study": study.uid, "aria-label": `Process the study of ${study.patient_name || study.patient_id || "an unnamed patient"}, ${date(study.date)}` }));
  const bad = el("input", { type: "checkbox", checked: plan.everything, id: "move-bad", "aria-label": "Process the files with invalid headers" });
  const tell = () => chosen(plan.studies.filter((_, k) => boxes[k].checked).map((study) => study.uid), plan.bad > 0 && bad.checked);
  const all = (on) => { for (const box of [...boxes, bad]) box.checked = on; tell(); };
  for (const box of [...boxes, bad]) box.addEventListener("change", tell);
  fill(place,
    el("div", { class: "row" }, el("h2", { class: "grow" }, `${counted(plan.studies.length, "study", "studies")} · ${counted(plan.files, "file")} · ${bytes(plan.bytes)}`),
      plan.studies.length + Number(plan.bad > 0) > 1 ? [button("Choose all", () => all(true)), button("None", () => all(false))] : null),
    plan.notes.map((note) => el("p", { class: "warn" }, note)),
    plan.studies.map((study, k) => studyBox(plan, study, k, boxes[k])),
    plan.bad ? badBox(plan, bad) : null,
    showLeft(plan.left));
  tell();
}

function studyBox(plan, study, k, box) {
  const about = [study.patient_id && `ID ${study.patient_id}`, date(study.date), time(study.time), study.description, study.study_id && `study ${study.study_id}`];
  const rows = study.series.map((one, s) => seriesRows(plan, one, k, s)).flat();
  box.id = unique("study");
  return el("section", { class: "study" },
    el("div", { class: "row" }, box, el("label", { for: box.id, class: "grow" }, el("b", {}, study.patient_name || "(no name)"), " ", el("span", { class: "muted" }, about.filter(Boolean).join(" · "))),
      el("span", { class: "muted" }, `${counted(study.files, "file")} · ${bytes(study.bytes)}`)),
    el("p", { class: "muted path" }, `to ${study.destination}`),
    study.location ? el("p", { class: "warn" }, study.location) : null,
    el("table", { class: "series" },
      el("thead", {}, el("tr", {}, ["No.", "Series", "Kind", "Files", "Size", "New names"].map((name, c) => el("th", { scope: "col", class: [0, 3, 4].includes(c) ? "num" : "" }, name)))),
      el("tbody", {}, rows)));
}

function seriesRows(plan, one, study, series) {
  const files = el("tr", { hidden: true }, el("td", { colspan: 6, class: "files" }));
  const open = button(one.names.join(", ") + (one.files > one.names.length ? ", …" : ""), async () => {
    files.hidden = !files.hidden;
    open.setAttribute("aria-expanded", !files.hidden);
    if (!files.hidden) await showFiles(files.firstChild, plan, study, series, 0);
  }, { class: "link", "aria-expanded": "false", title: one.folder });
  const parts = one.parts.length ? el("span", { class: "muted" }, ` ${one.parts.join(" . ")}`) : null;
  const odd = one.notes ? el("span", { class: "warn-text" }, ` ${counted(one.notes, "name")} taken, numbered`) : null;
  return [el("tr", {}, el("td", { class: "num" }, one.number === null ? "–" : String(one.number)), el("td", {}, one.description || "–"), el("td", {}, one.modality),
    el("td", { class: "num" }, one.files.toLocaleString("en")), el("td", { class: "num" }, bytes(one.bytes)), el("td", {}, open, parts, odd)), files];
}

async function showFiles(place, plan, study, series, first) {
  try {
    const page = await get("/api/move/files", { key: plan.key, study, series, first });
    const last = first + page.files.length;
    fill(place, el("table", {}, el("tbody", {}, page.files.map((one) => el("tr", {}, el("td", {}, one.from), el("td", { "aria-hidden": "true" }, "→"), el("td", {}, one.to, one.note ? el("span", { class: "warn-text" }, ` ${one.note}`) : null))))),
      page.count > page.files.length ? el("p", { class: "row" }, el("span", { class: "muted" }, `${first + 1} to ${last} of ${page.count.toLocaleString("en")}`),
        button("‹", () => showFiles(place, plan, study, series, Math.max(first - 200, 0)), { disabled: !first, "aria-label": "Files before" }),
        button("›", () => showFiles(place, plan, study, series, last), { disabled: last >= page.count, "aria-label": "Files after" })) : null);
  } catch (problem) {
    fill(place, el("p", { class: "bad-text" }, problem.message));
  }
}

function badBox(plan, chosen) {
  const place = el("div");
  const box = el("details", { class: "left grow" }, el("summary", {}, `${counted(plan.bad, "file")} with invalid headers, to the directory "bad"`), place);
  box.addEventListener("toggle", () => { if (box.open) showFiles(place, plan, -1, -1, 0); });
  return el("div", { class: "row" }, chosen, box);
}

// Files that stay, by reason.
export function showLeft(left) {
  return left.map((one) => el("details", { class: one.problem ? "left problem" : "left" },
    el("summary", {}, `${counted(one.count, "file stays", "files stay")}: ${one.reason}`),
    el("ul", {}, one.files.map((file) => el("li", {}, file.detail ? `${file.path} (${file.detail})` : file.path)),
      one.count > one.files.length ? el("li", {}, `and ${one.count - one.files.length} more`) : null)));
}
