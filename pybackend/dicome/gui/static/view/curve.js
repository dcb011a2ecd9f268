// The values of the chosen voxel along an axis.

import { get } from "/static/api.js";
import { button, debounced, el, fill } from "/static/dom.js";
import { Latest } from "/static/view/latest.js";
import { plot } from "/static/view/plot.js";
import { shortName } from "/static/view/windowing.js";

export function makeCurve(place, state) {
  const axis = el("select", { "aria-label": "Axis of the curve" });
  const box = el("div", { class: "plot-box" });
  const copy = button("Copy", copyTable, { class: "quiet", title: "Positions and values as a table, for a spreadsheet" });
  fill(place, el("div", { class: "row" }, el("h2", {}, "Curve over"), axis, el("span", { class: "grow" }), copy), box);
  let found = null;

  const asked = new Latest(async (given) => {
    const curve = await get("/api/curve", given);
    if (given.id !== state.image.id) return;
    found = curve;
    draw();
  }, (problem) => { found = null; fill(box, el("p", { class: "muted" }, problem.message)); });

  const usable = () => state.image.axes.map((one, k) => [one, k]).filter(([one]) => one.size > 1);

  function ask() {
    if (!state.cursor || !usable().length) { found = null; draw(); return; }
    asked.ask({ id: state.image.id, at: state.at.join(","), axis: axis.value, row: state.cursor.row, column: state.cursor.column });
  }

  function positions() {
    const one = state.image.axes[found.axis];
    return one.values ?? one.labels.map((_, k) => k + 1);
  }

  function draw() {
    copy.disabled = !found;
    if (!found) {
      const words = usable().length ? "Click a voxel to see its values along a dimension." : "This image has one frame.";
      fill(box, el("p", { class: "muted" }, words));
      return;
    }
    const one = state.image.axes[found.axis];
    const values = found.values[state.scale] ?? found.values.pv;
    const ordered = positions().map((x, k) => [x, values[k], k]).sort((a, b) => a[0] - b[0]);
    fill(box, plot({
      points: ordered, at: ordered.findIndex(([, , k]) => k === state.at[found.axis]),
      width: Math.max(box.clientWidth, 200), height: Math.max(box.clientHeight, 120),
      xName: one.unit ? `${one.name} (${one.unit})` : one.name, yName: shortName(state.scale),
      pick: (k) => state.setAt(found.axis, ordered[k][2]),
    }));
  }

  async function copyTable() {
    const one = state.image.axes[found.axis];
    const kinds = Object.keys(found.values);
    const lines = [[one.name, ...kinds.map(shortName)], ...one.labels.map((label, k) => [label, ...kinds.map((kind) => found.values[kind][k] ?? "")])];
    await navigator.clipboard.writeText(lines.map((line) => line.join("\t")).join("\n"));
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  }

  state.on("image", () => {
    const before = axis.value;
    fill(axis, usable().map(([one, k]) => el("option", { value: k }, one.name)));
    const chosen = usable().find(([one]) => one.role !== "slice") ?? usable()[0];
    axis.value = found && [...axis.options].some((one) => one.value === before) ? before : String(chosen?.[1] ?? "");
    axis.hidden = !usable().length;
    ask();
  });
  axis.addEventListener("change", ask);
  const soon = debounced(50, ask);
  state.on("cursor", soon);
  // Along its own axis the curve stays as it is; only the mark moves.
  let elsewhere = "";
  state.on("at", () => {
    const now = state.at.filter((_, k) => k !== Number(axis.value)).join(",");
    if (now !== elsewhere) soon();
    else draw();
    elsewhere = now;
  });
  state.on("scale", draw);
  new ResizeObserver(() => { if (state.image) draw(); }).observe(box);
}
