// What a run has done, and the runs before it, with the way back.

import { get } from "/static/api.js";
import { button, bytes, counted, el, fill } from "/static/dom.js";
import { showLeft } from "/static/move/plan.js";

const DONE = { move: "moved", copy: "copied", undo: "put back" };
const words = (mode, files) => `${counted(files, "file")} ${DONE[mode] ?? mode}`;

export function showOutcome(place, found, undo) {
  const stopped = found.end === "stopped" ? ", then stopped as asked" : "";
  fill(place, el("section", { class: "outcome", role: "status" },
    el("h2", {}, `${words(found.mode, found.files)}${stopped}`),
    el("p", { class: "muted" }, `${bytes(found.bytes)}${found.journal ? ` · journal ${found.journal}` : ""}`),
    found.mode !== "undo" && found.journal ? el("div", { class: "row" }, button("Undo", () => undo(found.journal), { id: "move-undo" })) : null,
    showLeft(found.left)));
}

// How many files a run has moved; of one that did not come to its end the journal knows only how many it would have.
const extent = (one) => (["done", "undone"].includes(one.end) ? words(one.mode, one.files) : `${counted(one.files, "file")} planned, ${one.end}`);

// The journals in a destination.
export async function showRuns(place, target, undo) {
  const { runs } = await get("/api/move/runs", { target });
  const lines = runs.map((one) => (one.problem ? el("tr", {}, el("td", { colspan: 4, class: "bad-text" }, one.problem)) : el("tr", {},
    el("td", {}, one.started.slice(0, 19).replace("T", " ")), el("td", {}, extent(one)), el("td", { class: "path" }, one.source ? `from ${one.source}` : ""),
    el("td", { class: "num" }, one.end === "undone" ? el("span", { class: "muted" }, "undone") : button("Undo", () => undo(one.journal), { class: "quiet" })))));
  fill(place, el("h2", {}, "Runs into this destination"), lines.length ? el("table", {}, el("tbody", {}, lines)) : el("p", { class: "muted" }, `None: there is no journal in ${target}.`));
}
