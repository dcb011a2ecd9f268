// The series of a folder as a table; each line opens one.

import { button, bytes, counted, el, fill } from "/static/dom.js";
import { follow } from "/static/progress.js";

export async function makeSeriesList(place, path, below, open) {
  const found = await follow(place, "Looking for series", "/api/series", { path, recursive: below });
  if (found === null) return;
  const rows = found.series.map((one) => el("tr", {},
    el("td", { class: "num" }, one.number === null ? "–" : String(one.number)),
    el("td", {}, button(one.description || "(no description)", () => open(one.open), { class: "link" })),
    el("td", {}, one.kind), el("td", { class: "num" }, one.files.toLocaleString("en")),
    el("td", { class: "num" }, one.frames.toLocaleString("en")),
    el("td", { class: "num" }, `${one.rows} × ${one.columns}`), el("td", { class: "num" }, bytes(one.bytes))));
  const head = el("tr", {}, ["No.", "Series", "Kind", "Files", "Frames", "Matrix", "Size"].map((name, k) =>
    el("th", { scope: "col", class: k === 0 || k > 2 ? "num" : "" }, name)));
  const told = [counted(found.series.length, "series", "series"), ...found.notes];
  if (found.others) told.push(`${counted(found.others, "file")} of other kinds`);
  fill(place, el("p", { class: "muted" }, told.join(" · ")),
    found.series.length ? el("div", { class: "series-list" }, el("table", {}, el("thead", {}, head), el("tbody", {}, rows)))
      : el("p", {}, "No DICOM images in this folder."));
  place.querySelector("tbody button")?.focus();
}
