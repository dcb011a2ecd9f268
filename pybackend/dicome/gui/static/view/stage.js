// The middle of the viewer: one frame, three planes, or a montage; fetched as the position changes.

import { binary } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { Latest } from "/static/view/latest.js";
import { framePosition, layout, planeName, cross, position, sides } from "/static/view/orient.js";
import { Pane } from "/static/view/pane.js";
import { framePicture, montagePicture, planePicture } from "/static/view/picture.js";
import { levelBy } from "/static/view/windowing.js";

const KEPT_BYTES = 64e6;
const GONE = ["lost", "refused", "notOpen"]; // the server, not the frame: what is shown stays until it is back

export class Stage {
  frame = null;
  #kept = new Map();
  #keptBytes = 0;
  #waiting = [];
  #affine = null;

  // readout(sample, picked); failed(problem).
  constructor(place, state, readout, failed) {
    Object.assign(this, { place, state, readout, failed });
    const does = (more = {}) => ({
      hover: (sample) => this.#hover(sample), pick: (sample) => this.#pick(sample),
      level: (dx, dy) => levelBy(state, dx, dy), wheel: (by) => state.step(state.image.sliceAxis ?? state.axis, by),
      zoomed: () => state.tell("zoom"), ...more,
    });
    this.panes = {
      frame: new Pane("Frame", state, does()),
      montage: new Pane("Montage", state, does({ wheel: (by) => state.step(state.axis, by) })),
      native: new Pane("Plane of the frames", state, does(), "pick"),
      row: new Pane("Plane along the rows", state, does({ wheel: (by) => this.#shift("row", by) }), "pick"),
      column: new Pane("Plane along the columns", state, does({ wheel: (by) => this.#shift("column", by) }), "pick"),
    };
    this.position = el("div", { class: "pane position" });
    this.loads = new Latest(() => this.#load(), (problem) => this.#fail(problem));
    state.on("image", () => { this.#clear(); this.#kept.clear(); this.#keptBytes = 0; this.#lay(); this.load(); });
    state.on("mode", () => { this.#lay(); this.load(); });
    state.on("at tiled", () => this.load());
    state.on("cursor", () => (state.mode === "planes" ? this.load() : this.#mark()));
    state.on("window look", () => this.#each((pane) => pane.repaint()));
    state.on("scale", () => { this.#ensureWindow(); this.#each((pane) => pane.repaint()); this.#mark(); });
  }

  load() {
    this.loads.ask();
  }

  // Nothing of another image or position stays in sight, not even where the next one cannot be read.
  #clear() {
    this.frame = null;
    for (const pane of Object.values(this.panes)) pane.clear();
  }

  // A promise that the frame asked for last is there.
  drawn() {
    return new Promise((done, failed) => { this.#waiting.push({ done, failed }); });
  }

  get main() {
    return this.panes[this.state.mode === "planes" ? "native" : this.state.mode];
  }

  zoomBy(part) {
    const zoom = this.main.zoom * part;
    for (const pane of this.shown()) pane.setZoom(zoom);
  }

  auto() {
    const { picture } = this.main;
    if (picture) this.state.window = picture.range(this.state.scale);
  }

  #each(work) {
    for (const pane of this.shown()) work(pane);
  }

  shown() {
    const { frame, montage, native, row, column } = this.panes;
    return { frame: [frame], montage: [montage], planes: [native, row, column] }[this.state.mode];
  }

  #lay() {
    this.place.className = `stage ${this.state.mode}`;
    fill(this.place, this.shown().map((pane) => pane.element), this.state.mode === "planes" ? this.position : null);
    if (this.state.mode === "planes" && !this.state.cursor) {
      const { rows, columns } = this.state.image;
      this.state.set("cursor", { row: Math.floor(rows / 2), column: Math.floor(columns / 2) });
    }
  }

  async #load() {
    const { state } = this;
    const id = state.image.id;
    const at = state.at.join(",");
    const frame = await this.#frame(id, at);
    if (id !== state.image.id) return;
    this.frame = frame;
    const pictures = { planes: () => this.#planes(id, at), montage: () => this.#montage(id, at) };
    if (state.mode in pictures) await pictures[state.mode]();
    else this.#showFrame(this.panes.frame);
    state.tell("frame");
    this.#mark();
    for (const { done } of this.#waiting.splice(0)) done();
  }

  #fail(problem) {
    if (!GONE.includes(problem.kind)) this.#clear();
    for (const { failed } of this.#waiting.splice(0)) failed(problem);
    this.failed(problem);
  }

  // Frames that were shown lately, at most so many bytes of them.
  async #frame(id, at) {
    // A reply may come when another image is open already, which has frames at the same positions.
    const name = `${id}:${at}`;
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const made = await binary("/api/frame", { id, at });
    this.#kept.set(name, made);
    this.#keptBytes += made.values.byteLength;
    for (const [key, old] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES || key === name) break;
      this.#kept.delete(key);
      this.#keptBytes -= old.values.byteLength;
    }
    return made;
  }

  #showFrame(pane, title = "") {
    const { geometry } = this.frame;
    const picture = framePicture(this.frame, {
      title, letters: geometry ? sides(geometry.directions.slice(0, 3), geometry.directions.slice(3)) : null,
      pixel: geometry ? { width: geometry.spacing[1], height: geometry.spacing[0] } : { width: 1, height: 1 },
    });
    pane.message = this.frame.frames[0] ? "" : "No frame here: the scan has none at this position";
    pane.show(picture, this.#crossOfFrame());
    this.#ensureWindow();
  }

  #crossOfFrame() {
    const { cursor } = this.state;
    return cursor ? { x: cursor.column, y: cursor.row } : null;
  }

  #ensureWindow() {
    const { picture } = this.main;
    if (picture && !this.state.window) this.state.window = picture.range(this.state.scale);
  }

  async #planes(id, at) {
    const { cursor } = this.state;
    const [row, column] = await Promise.all([
      binary("/api/plane", { id, at, kind: "row", index: cursor.row }),
      binary("/api/plane", { id, at, kind: "column", index: cursor.column }),
    ]);
    if (id !== this.state.image.id) return;
    this.#affine = row.affine;
    const directions = this.frame.geometry?.directions;
    const name = directions ? planeName(cross(directions.slice(0, 3), directions.slice(3))) : "Frame";
    this.#showFrame(this.panes.native, name);
    this.#showPlane("row", row, cursor.row, cursor.column);
    this.#showPlane("column", column, cursor.column, cursor.row);
    this.#tellPosition(row.note);
    // One scale for all three.
    const sizes = this.shown().map(({ picture }) => [picture.width * picture.pixel.width, picture.height * picture.pixel.height]);
    const extent = { width: Math.max(...sizes.map(([w]) => w)), height: Math.max(...sizes.map(([, h]) => h)) };
    for (const pane of this.shown()) pane.extent = extent;
  }

  #showPlane(kind, reply, index, along) {
    const spacing = this.frame.geometry?.spacing[kind === "row" ? 1 : 0];
    const how = layout(reply.affine, kind, spacing);
    const picture = planePicture(reply, { kind, index, ...how }, how);
    const slice = this.state.at[this.state.image.sliceAxis];
    let [x, y] = how.turned ? [slice, along] : [along, slice];
    if (how.flipX) x = picture.width - 1 - x;
    if (how.flipY) y = picture.height - 1 - y;
    this.panes[kind].show(picture, { x, y });
  }

  #tellPosition(note) {
    const { cursor, at, image } = this.state;
    const where = this.#affine ? position(this.#affine, cursor.row, cursor.column, at[image.sliceAxis]) : null;
    const line = (name, value) => [el("dt", {}, name), el("dd", {}, value)];
    fill(this.position, el("dl", {}, line("Row", String(cursor.row + 1)), line("Column", String(cursor.column + 1)),
      line("Slice", this.state.label(image.sliceAxis)),
      where ? ["L", "P", "H"].map((letter, k) => line(`${letter} (mm)`, where[k].toFixed(1).replace("-", "−"))) : null),
    note ? el("p", {}, `Not to scale: ${note}`) : null);
  }

  async #montage(id, at) {
    const axis = this.#tiledAxis();
    const reply = await binary("/api/montage", { id, at, axis });
    if (id !== this.state.image.id) return;
    const { clientWidth: width, clientHeight: height } = this.place;
    const { geometry } = reply;
    const pixel = geometry ? { width: geometry.spacing[1], height: geometry.spacing[0] } : { width: 1, height: 1 };
    const picture = montagePicture(reply, (width || 1) / (height || 1) * (pixel.height / pixel.width), { pixel });
    picture.marks = picture.parts.map((part, k) => ({ words: this.state.label(axis, reply.positions[k]), x: part.x, y: part.y }));
    picture.here = picture.parts[reply.positions.indexOf(this.state.at[axis])];
    this.panes.montage.show(picture, null);
    const { size } = this.state.image.axes[axis];
    document.getElementById("tiled-told").textContent = size > reply.positions.length ? `${reply.positions.length} of ${size.toLocaleString("en")} positions, evenly spaced` : "";
    this.#ensureWindow();
  }

  #tiledAxis = () => this.state.tiled ?? this.state.image.sliceAxis ?? 0;

  #shift(kind, by) {
    const { cursor, image } = this.state;
    const size = kind === "row" ? image.rows : image.columns;
    this.state.set("cursor", { ...cursor, [kind]: Math.max(0, Math.min(size - 1, cursor[kind] + by)) });
  }

  #pick(sample) {
    const { state } = this;
    const slice = sample.slice ?? null;
    if (sample.position !== undefined) state.setAt(this.#tiledAxis(), sample.position);
    if (slice !== null) state.setAt(state.image.sliceAxis, slice);
    state.set("cursor", { row: sample.row, column: sample.column });
  }

  #hover(sample) {
    if (sample) this.readout(this.#placed(sample));
    else this.#mark();
  }

  #placed(sample) {
    if (sample.slice !== undefined) return { ...sample, place: this.#affine ? position(this.#affine, sample.row, sample.column, sample.slice) : null };
    const geometry = sample.position === undefined ? this.frame?.geometry : null;
    return { ...sample, place: geometry ? framePosition(geometry, sample.row, sample.column) : null };
  }

  // The crosshair, and the values of the chosen voxel while the mouse is elsewhere.
  #mark() {
    const { cursor, mode } = this.state;
    if (mode === "frame") {
      this.panes.frame.cross = this.#crossOfFrame();
      this.panes.frame.draw();
    }
    const picture = mode === "planes" ? this.panes.native.picture : mode === "frame" ? this.panes.frame.picture : null;
    const sample = cursor && picture ? picture.sample(cursor.column, cursor.row) : null;
    this.readout(sample ? this.#placed(sample) : null, true);
  }
}
