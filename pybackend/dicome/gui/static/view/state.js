// What the viewer shows: the image, the position on every axis, the kind of value, the window, the chosen voxel.
// Parts of the page listen to: image, at, scale, window, cursor, mode, axis, look.

const MOST_KEYED = 8;

export class ViewState extends EventTarget {
  image = null;
  at = [];
  axis = 0;
  scale = "pv";
  mode = "frame";
  cursor = null;
  inverted = false;
  smooth = false;
  tiled = null;
  #windows = new Map();

  tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  on(kinds, work) {
    for (const kind of kinds.split(" ")) this.addEventListener(kind, () => { if (this.image) work(); });
  }

  // again: the same image, opened anew by another server; what is shown stays, unless its axes have changed meanwhile.
  setImage(facts, again = false) {
    const sizes = (image) => `${[image.rows, image.columns, ...image.axes.map((axis) => axis.size)]}`;
    const same = again && sizes(facts) === sizes(this.image);
    this.image = facts;
    if (!same) {
      this.at = facts.axes.map((axis) => (axis.role === "slice" ? Math.floor((axis.size - 1) / 2) : 0));
      this.axis = Math.max(facts.sliceAxis ?? 0, 0);
      this.scale = facts.scale;
      this.cursor = null;
      this.#windows.clear();
      this.tiled = null;
      if (this.mode === "planes" && !this.hasVolume()) this.mode = "frame";
    }
    this.tell("image");
  }

  hasVolume = () => this.image.sliceAxis !== null && this.image.axes[this.image.sliceAxis].size > 1;

  setAt(axis, position) {
    const size = this.image.axes[axis].size;
    const next = Math.max(0, Math.min(size - 1, Math.round(position)));
    if (next === this.at[axis]) return;
    this.at[axis] = next;
    this.tell("at");
  }

  step(axis, by, round = false) {
    const size = this.image.axes[axis]?.size;
    if (!size) return;
    this.setAt(axis, round ? (this.at[axis] + by + size) % size : this.at[axis] + by);
  }

  set(kind, value) {
    if (this[kind] === value) return;
    this[kind] = value;
    this.tell(kind);
  }

  // Magnitude beside phase needs a window of its own: one for every kind of value and every label that is no number.
  #key() {
    const words = this.image.axes.map((axis, k) => (axis.values === null && axis.role === "volume" && axis.size <= MOST_KEYED ? this.at[k] : ""));
    return `${this.scale}:${words.join(",")}`;
  }

  get window() {
    return this.#windows.get(this.#key()) ?? null;
  }

  set window({ low, high }) {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    this.#windows.set(this.#key(), { low, high: high > low ? high : low + Math.max(Math.abs(low) * 1e-6, 1e-9) });
    this.tell("window");
  }

  label(axis, position = this.at[axis]) {
    const one = this.image.axes[axis];
    return one.unit ? `${one.labels[position]} ${one.unit}` : one.labels[position];
  }
}
