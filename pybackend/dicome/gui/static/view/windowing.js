// The kind of value, and the window by number, with what belongs to how values become grey.

import { button, check, el, field, fill } from "/static/dom.js";

const NAMES = {
  fp: "FP – floating-point value", dv: "DV – display value", rwv: "Real-world value", pv: "PV – stored value",
};

export const shortName = (scale) => (scale === "rwv" ? "RWV" : scale.toUpperCase());

export function makeWindowing(place, state, auto) {
  const kind = el("select", {});
  const number = (what) => el("input", { type: "number", step: "any", class: "grow", "data-window": what });
  const [level, width, low, high] = ["level", "width", "low", "high"].map(number);
  const inverted = check("Invert", false);
  const smooth = check("Smooth", false);
  fill(place,
    el("div", { class: "fields" }, field("Values", kind), field("Level", level), field("Width", width), field("From", low), field("To", high)),
    el("div", { class: "row wrap" }, button("Auto", auto, { title: "Window from the values that are shown (A)" }), inverted.label, smooth.label));

  kind.addEventListener("change", () => state.set("scale", kind.value));
  const centred = () => { const w = Math.abs(width.valueAsNumber); state.window = { low: level.valueAsNumber - w / 2, high: level.valueAsNumber + w / 2 }; };
  const bounded = () => { state.window = { low: low.valueAsNumber, high: high.valueAsNumber }; };
  // A number that is being typed is left alone.
  const editing = new Set();
  for (const one of [level, width, low, high]) {
    one.addEventListener("input", () => editing.add(one));
    one.addEventListener("change", () => editing.delete(one));
    one.addEventListener("blur", () => { editing.delete(one); update(); });
  }
  for (const one of [level, width]) one.addEventListener("change", centred);
  for (const one of [low, high]) one.addEventListener("change", bounded);
  inverted.box.addEventListener("change", () => { state.inverted = inverted.box.checked; state.tell("look"); });
  smooth.box.addEventListener("change", () => { state.smooth = smooth.box.checked; state.tell("look"); });

  const short = (value) => String(Number(value.toPrecision(5)));
  function update() {
    const window = state.window;
    kind.value = state.scale;
    inverted.box.checked = state.inverted;
    if (!window) return;
    const found = { level: (window.low + window.high) / 2, width: window.high - window.low, low: window.low, high: window.high };
    for (const one of [level, width, low, high]) {
      if (!editing.has(one)) one.value = short(found[one.dataset.window]);
    }
  }

  state.on("image", () => {
    fill(kind, state.image.scales.map((scale) => el("option", { value: scale }, NAMES[scale])));
    for (const one of [level, width, low, high]) one.disabled = state.image.samples > 1;
    update();
  });
  state.on("window scale at look frame", update);
}

// By mouse: a picture's width of movement is about twice the window, whatever the values are.
export function levelBy(state, dx, dy) {
  const now = state.window;
  if (!now) return;
  const width = now.high - now.low;
  const [centre, wide] = [(now.low + now.high) / 2 - dy * width / 300, width * Math.exp(dx / 200)];
  state.window = { low: centre - wide / 2, high: centre + wide / 2 };
}
