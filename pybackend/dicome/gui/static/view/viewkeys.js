// Keys of the viewer. Gives true for those that it knows.

const TURN = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
const MOVE = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const MODES = { f: "frame", p: "planes", m: "montage" };

export function viewKey(event, { state, stage, cine, panel, choose }, { write }) {
  if (event.key === "o") { choose(); return true; }
  if (!state.image) return false;
  if (event.shiftKey && event.key in MOVE) return moveVoxel(state, MOVE[event.key]);
  // Buttons, lists and sliders have keys of their own.
  if (event.target.matches?.("button, summary, [role=tab]") && [" ", "Enter"].includes(event.key)) return false;
  if (event.target.matches?.("[role=tab]") && event.key.startsWith("Arrow")) return false;
  const axis = state.axis;
  const last = (state.image.axes[axis]?.size ?? 1) - 1;
  if (event.key in TURN) state.step(axis, TURN[event.key]);
  else if (event.key === "Home") state.setAt(axis, 0);
  else if (event.key === "End") state.setAt(axis, last);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") chooseAxis(state, event.key === "ArrowUp" ? -1 : 1);
  else return letter(event.key, { state, stage, cine, panel }, write);
  return true;
}

function letter(key, { state, stage, cine, panel }, write) {
  const small = key.toLowerCase();
  if (small in MODES) {
    if (small !== "p" || state.hasVolume()) state.set("mode", MODES[small]);
    return true;
  }
  const does = {
    " ": () => cine.toggle(), a: () => stage.auto(), i: () => { state.inverted = !state.inverted; state.tell("look"); },
    "+": () => stage.zoomBy(1.25), "=": () => stage.zoomBy(1.25), "-": () => stage.zoomBy(0.8),
    0: () => stage.shown().forEach((pane) => pane.fit()), "/": () => panel.focus(), e: write,
  }[small];
  does?.();
  return does !== undefined;
}

function chooseAxis(state, by) {
  const count = state.image.axes.length;
  if (count) state.set("axis", (state.axis + by + count) % count);
}

function moveVoxel(state, [down, right]) {
  const { rows, columns } = state.image;
  const now = state.cursor ?? { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
  const within = (value, size) => Math.max(0, Math.min(size - 1, value));
  state.set("cursor", { row: within(now.row + down, rows), column: within(now.column + right, columns) });
  return true;
}
