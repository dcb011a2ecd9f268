// A slider for every axis, with its name, the label of the position, and a field for its number.

import { button, el, fill } from "/static/dom.js";

export function makeSliders(place, state, cine) {
  let rows = [];

  function make() {
    rows = state.image.axes.map((axis, k) => row(axis, k));
    fill(place, rows.length ? rows.map((one) => one.element) : el("p", { class: "muted" }, "A single frame: no other dimensions."));
    update();
  }

  function row(axis, k) {
    const id = `axis-${k}`;
    const slider = el("input", { type: "range", id, min: 0, max: axis.size - 1, step: 1, value: state.at[k], disabled: axis.size < 2 });
    const label = el("output", { class: "axis-label", for: id });
    const number = el("input", { type: "number", min: 1, max: axis.size, step: 1, "aria-label": `${axis.name}: number of the position` });
    const play = button("▶", () => cine.toggle(k), { class: "quiet play", "aria-label": `Play ${axis.name}`, "aria-pressed": "false", disabled: axis.size < 2 });
    const long = axis.name.length > 28 || axis.labels.some((words) => words.length > 14);
    const element = el("div", { class: long ? "axis long" : "axis" },
      el("div", { class: "axis-head" }, el("label", { for: id, title: axis.name }, axis.name), label),
      el("div", { class: "axis-body" }, play, slider, number, el("span", { class: "muted" }, `/ ${axis.size.toLocaleString("en")}`)));
    slider.addEventListener("input", () => { state.set("axis", k); state.setAt(k, slider.valueAsNumber); });
    slider.addEventListener("focus", () => state.set("axis", k));
    number.addEventListener("change", () => { state.setAt(k, number.valueAsNumber - 1 || 0); number.value = state.at[k] + 1; });
    element.addEventListener("pointerdown", () => state.set("axis", k));
    return { element, slider, number, label, play };
  }

  function update() {
    rows.forEach(({ element, slider, number, label, play }, k) => {
      const words = state.label(k);
      slider.value = state.at[k];
      slider.setAttribute("aria-valuetext", words);
      if (document.activeElement !== number) number.value = state.at[k] + 1;
      label.textContent = words;
      label.title = words;
      element.classList.toggle("chosen", k === state.axis);
      const playing = cine.axis === k;
      play.textContent = playing ? "❚❚" : "▶";
      play.setAttribute("aria-pressed", playing);
    });
  }

  state.on("image", make);
  state.on("at axis cine", update);
}
