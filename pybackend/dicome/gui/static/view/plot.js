// A curve as SVG: axes with round numbers, a line, and a mark at one of its points.

import { shown, svg } from "/static/dom.js";

// Round numbers between two values.
export function ticks(low, high, about = 4, least = 0) {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10, 20].map((one) => one * power).find((one) => one >= raw && one >= least) ?? raw;
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + span * 1e-9; k++) found.push(k * step);
  return found;
}

const BOX = { left: 54, right: 10, top: 8, bottom: 32 };

// points: [[x, y], ...] with y null where there is none; at: number of the point that is marked.
export function plot({ points, at, width, height, xName, yName, pick }) {
  const there = points.filter(([, y]) => y !== null);
  const made = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "plot" });
  const label = svg("title");
  label.textContent = `${yName} along ${xName}, ${there.length} points`;
  made.append(label);
  if (!there.length) return made;
  const [xs, ys] = [points.map(([x]) => x), there.map(([, y]) => y)];
  const range = (values) => { const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]); return low === high ? [low - 1, high + 1] : [low, high]; };
  const [x0, x1] = range(xs);
  const [yLow, yHigh] = range(ys);
  const room = (yHigh - yLow) * 0.06;
  const [y0, y1] = [yLow - room, yHigh + room];
  const px = (x) => BOX.left + (x - x0) / (x1 - x0) * (width - BOX.left - BOX.right);
  const py = (y) => height - BOX.bottom - (y - y0) / (y1 - y0) * (height - BOX.top - BOX.bottom);
  const text = (words, x, y, anchor) => { const t = svg("text", { x, y, "text-anchor": anchor }); t.textContent = words; return t; };
  for (const y of ticks(y0, y1)) made.append(svg("line", { class: "grid", x1: BOX.left, x2: width - BOX.right, y1: py(y), y2: py(y) }), text(shown(y, 4), BOX.left - 6, py(y) + 4, "end"));
  for (const x of ticks(x0, x1, 5, xs.every(Number.isInteger) ? 1 : 0)) made.append(svg("line", { class: "tick", x1: px(x), x2: px(x), y1: height - BOX.bottom, y2: height - BOX.bottom + 4 }), text(shown(x, 5), px(x), height - BOX.bottom + 16, "middle"));
  made.append(text(xName, (BOX.left + width - BOX.right) / 2, height - 3, "middle"));
  made.append(svg("path", { class: "curve", d: path(points.map(([x, y]) => (y === null ? null : [px(x), py(y)]))) }));
  if (points.length <= 60) for (const [x, y] of there) made.append(svg("circle", { class: "dot", cx: px(x), cy: py(y), r: 2.2 }));
  const here = points[at];
  if (here) {
    made.append(svg("line", { class: "here", x1: px(here[0]), x2: px(here[0]), y1: BOX.top, y2: height - BOX.bottom }));
    if (here[1] !== null) made.append(svg("circle", { class: "here", cx: px(here[0]), cy: py(here[1]), r: 4 }));
  }
  const choose = (event) => {
    const x = x0 + (event.clientX - made.getBoundingClientRect().left - BOX.left) / (width - BOX.left - BOX.right) * (x1 - x0);
    pick(xs.reduce((best, one, k) => (Math.abs(one - x) < Math.abs(xs[best] - x) ? k : best), 0));
  };
  made.addEventListener("pointerdown", (event) => { made.setPointerCapture(event.pointerId); choose(event); });
  made.addEventListener("pointermove", (event) => { if (event.buttons & 1) choose(event); });
  return made;
}

function path(points) {
  let pen = "M";
  const pieces = [];
  for (const point of points) {
    if (point === null) { pen = "M"; continue; }
    pieces.push(`${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`);
    pen = "L";
  }
  return pieces.join("");
}
