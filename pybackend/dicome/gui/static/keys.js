// The list of keys.

import { button, el } from "/static/dom.js";

const KEYS = [
  [["←", "→"], "one step along the chosen dimension"],
  [["↑", "↓"], "choose the dimension before, after"],
  [["Home", "End"], "its first, last position"],
  [["Page ↑", "Page ↓"], "ten steps"],
  [["Space"], "play, stop"],
  [["F", "P", "M"], "frame, three planes, montage"],
  [["A"], "window from the values that are shown"],
  [["I"], "invert"],
  [["+", "−", "0"], "zoom in, out, whole frame"],
  [["Shift", "arrows"], "move the chosen voxel (on the picture)"],
  [["/"], "filter the header"],
  [["O"], "open"],
  [["E"], "export"],
  [["?"], "this list"],
];
const MOUSE = [
  ["Drag", "window (sideways: width, up and down: level)"],
  ["Click", "choose a voxel: crosshair and curve"],
  ["Wheel", "through the slices; with Ctrl: zoom"],
  ["Shift + drag", "move the picture"],
  ["Drag in planes", "move the crosshair; with the right button: window"],
];

export function showKeys() {
  const rows = [
    ...KEYS.flatMap(([keys, words]) => [el("dt", {}, ...keys.flatMap((key) => [el("kbd", {}, key), " "])), el("dd", {}, words)]),
    ...MOUSE.flatMap(([what, words]) => [el("dt", {}, what), el("dd", {}, words)]),
  ];
  const close = button("Close", () => dialog.close(), { class: "primary" });
  const dialog = el("dialog", { class: "small", "aria-label": "Keys and mouse" },
    el("div", { class: "body" }, el("h2", {}, "Keys and mouse"), el("dl", { class: "keys scroll" }, ...rows),
      el("div", { class: "dialog-foot" }, close)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
