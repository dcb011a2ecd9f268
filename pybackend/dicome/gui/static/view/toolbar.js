// Above the picture: open, export, what is shown, zoom.

import { button, el, fill } from "/static/dom.js";

const MODES = [["frame", "Frame"], ["planes", "Planes"], ["montage", "Montage"]];

export function makeToolbar(place, state, stage, { open, write }) {
  const modes = MODES.map(([mode, name]) => button(name, () => state.set("mode", mode), { "data-mode": mode, "aria-pressed": "false" }));
  const tiled = el("select", { id: "tiled" });
  const strip = el("div", { class: "strip", hidden: true }, el("label", { for: "tiled" }, "Montage over"), tiled, el("span", { class: "muted", id: "tiled-told" }));
  const zoom = el("output", { class: "muted zoom" });
  const zoomBy = (part) => stage.zoomBy(part);
  tiled.addEventListener("change", () => { state.tiled = Number(tiled.value); state.tell("tiled"); });
  fill(place, el("div", { class: "row" }, button("Open …", open), button("Export …", write)),
    el("div", { class: "segments", role: "group", "aria-label": "What is shown" }, modes),
    el("div", { class: "row" }, zoom, el("div", { class: "segments", role: "group", "aria-label": "Zoom" },
      button("−", () => zoomBy(0.8), { "aria-label": "Zoom out" }),
      button("Fit", () => stage.shown().forEach((pane) => pane.fit())), button("+", () => zoomBy(1.25), { "aria-label": "Zoom in" }))), strip);

  function update() {
    for (const one of modes) {
      one.setAttribute("aria-pressed", one.dataset.mode === state.mode);
      if (one.dataset.mode === "planes") one.disabled = !state.hasVolume();
      if (one.dataset.mode === "montage") one.disabled = !state.image.axes.length;
    }
    strip.hidden = state.mode !== "montage";
    tiled.value = String(state.tiled ?? state.image.sliceAxis ?? 0);
    zoom.textContent = `${Math.round(stage.main.zoom * 100)} %`;
  }

  state.on("image", () => {
    fill(tiled, state.image.axes.map((axis, k) => el("option", { value: k }, axis.name)));
    update();
  });
  state.on("mode zoom tiled", update);
}
