// The line below the picture: voxel, place in the patient, and its value in every kind.

import { el, fill, shown } from "/static/dom.js";
import { shortName } from "/static/view/windowing.js";

const part = (name, value, cls = "") => el("span", { class: `part ${cls}` }, el("b", {}, name), " ", value);
const colour = (value) => (Array.isArray(value) ? value.join(", ") : shown(value));

// sample: of the picture, with `place` (LPS, mm) and `slice` label where they are known; null when outside.
export function makeReadout(place, state) {
  return function show(sample, picked = false) {
    if (!state.image) return;
    if (!sample) {
      fill(place, el("span", { class: "muted" }, "Move over the picture for values; click for a curve. Rows and columns count from 1."));
      return;
    }
    const values = sample.values
      ? state.image.scales.map((scale) => part(shortName(scale), colour(sample.values[scale]), scale === state.scale ? "main" : ""))
      : [el("span", { class: "part missing" }, "no frame here")];
    fill(place, el("div", {}, values),
      el("div", {}, part("row", sample.row + 1), part("column", sample.column + 1),
        sample.frame ? part("frame", sample.frame.toLocaleString("en")) : null,
        sample.place ? part("LPS", `${sample.place.map((v) => v.toFixed(1).replace("-", "−")).join(", ")} mm`) : null,
        picked ? el("span", { class: "part muted" }, "(chosen voxel)") : null));
  };
}
