// A canvas that shows one picture: zoom, moving, crosshair, letters; and what the mouse does on it.

import { el } from "/static/dom.js";

const MARGIN = 18;
const CLICK = 4;

export class Pane {
  picture = null;
  zoom = 1;
  pan = { x: 0, y: 0 };
  cross = null;
  message = "";
  marks = [];
  #source = document.createElement("canvas");
  #painted = null;
  #asked = false;

  // does: hover(sample), pick(sample), level(dx, dy), wheel(step), zoomed(); drags: what the left button does, "level" or "pick".
  constructor(name, state, does, drags = "level") {
    Object.assign(this, { state, does, drags });
    this.canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": name });
    this.element = el("div", { class: "pane" }, this.canvas);
    new ResizeObserver(() => this.draw()).observe(this.element);
    const listen = (kind, work) => this.canvas.addEventListener(kind, work);
    listen("pointerdown", (event) => this.#down(event));
    listen("pointermove", (event) => this.#move(event));
    listen("pointerup", (event) => this.#up(event));
    listen("pointerleave", () => this.does.hover(null));
    listen("contextmenu", (event) => event.preventDefault());
    listen("wheel", (event) => this.#wheel(event), { passive: false });
  }

  show(picture, cross = this.cross) {
    const resized = !this.picture || picture.width !== this.picture.width || picture.height !== this.picture.height;
    this.picture = picture;
    this.cross = cross;
    if (resized && this.zoom === 1) this.pan = { x: 0, y: 0 };
    this.repaint();
  }

  clear() {
    this.picture = null;
    this.repaint();
  }

  // The values or the window have changed.
  repaint() {
    this.#painted = null;
    this.draw();
  }

  draw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => { this.#asked = false; this.#draw(); });
  }

  setZoom(zoom, about = null) {
    const before = this.zoom;
    this.zoom = Math.max(0.2, Math.min(40, zoom));
    const part = this.zoom / before;
    const { width, height } = this.canvas;
    const centre = about ?? { x: width / 2, y: height / 2 };
    this.pan.x = (centre.x - width / 2) * (1 - part) + this.pan.x * part;
    this.pan.y = (centre.y - height / 2) * (1 - part) + this.pan.y * part;
    this.does.zoomed?.();
    this.draw();
  }

  fit() {
    this.zoom = 1;
    this.pan = { x: 0, y: 0 };
    this.does.zoomed?.();
    this.draw();
  }

  // Device pixels of a picture's corner and of one of its pixels.
  #place() {
    const { picture, canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const w = this.extent?.width ?? picture.width * picture.pixel.width;
    const h = this.extent?.height ?? picture.height * picture.pixel.height;
    const room = 2 * MARGIN * ratio;
    const size = Math.max(Math.min((canvas.width - room) / w, (canvas.height - room) / h), 1e-6) * this.zoom;
    const [sx, sy] = [size * picture.pixel.width, size * picture.pixel.height];
    return {
      x: canvas.width / 2 + this.pan.x - picture.width * sx / 2,
      y: canvas.height / 2 + this.pan.y - picture.height * sy / 2, sx, sy,
    };
  }

  #at(event) {
    if (!this.picture) return null;
    const ratio = window.devicePixelRatio || 1;
    const { x, y, sx, sy } = this.#place();
    return this.picture.sample(Math.floor((event.offsetX * ratio - x) / sx), Math.floor((event.offsetY * ratio - y) / sy));
  }

  #paint() {
    const { picture, state } = this;
    if (this.#source.width !== picture.width || this.#source.height !== picture.height) {
      this.#source.width = picture.width;
      this.#source.height = picture.height;
    }
    const context = this.#source.getContext("2d", { willReadFrequently: true });
    const image = new ImageData(picture.width, picture.height);
    const { low, high } = state.window ?? picture.range(state.scale);
    picture.paint(image, { scale: state.scale, low, high, inverted: state.inverted !== state.image.inverted });
    context.putImageData(image, 0, 0);
    this.#painted = image;
  }

  // Grey values of the picture as painted, for tests: rows x columns from the left top.
  greys() {
    return this.#painted ? Array.from({ length: this.#painted.data.length / 4 }, (_, k) => this.#painted.data[4 * k]) : null;
  }

  #draw() {
    const ratio = window.devicePixelRatio || 1;
    const { canvas, element } = this;
    const [width, height] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)];
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    if (!this.picture) return;
    if (!this.#painted) this.#paint();
    const { x, y, sx, sy } = this.#place();
    context.imageSmoothingEnabled = this.state.smooth;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#source, x, y, this.picture.width * sx, this.picture.height * sy);
    this.#decorate(context, ratio, { x, y, sx, sy });
  }

  #decorate(context, ratio, place) {
    const { width, height } = this.canvas;
    context.font = `${12 * ratio}px system-ui, sans-serif`;
    context.lineWidth = ratio;
    if (this.picture.here) {
      const { here } = this.picture;
      context.strokeStyle = "#62aefc";
      context.strokeRect(place.x + here.x * place.sx - ratio, place.y + here.y * place.sy - ratio, here.width * place.sx + 2 * ratio, here.height * place.sy + 2 * ratio);
    }
    if (this.cross) this.#crosshair(context, place, ratio);
    const text = (words, x, y, align, base) => {
      Object.assign(context, { textAlign: align, textBaseline: base });
      context.strokeStyle = "rgba(0,0,0,.8)";
      context.lineWidth = 3 * ratio;
      context.strokeText(words, x, y);
      context.fillText(words, x, y);
    };
    context.fillStyle = "#dfe6ee";
    const edge = 5 * ratio;
    const sides = this.picture.letters;
    if (sides) {
      context.fillStyle = "#ffd27a";
      text(sides.left, edge, height / 2, "left", "middle");
      text(sides.right, width - edge, height / 2, "right", "middle");
      text(sides.top, width / 2, edge, "center", "top");
      text(sides.bottom, width / 2, height - edge, "center", "bottom");
    }
    context.fillStyle = "#aebac6";
    if (this.picture.title) text(this.picture.title, edge, edge, "left", "top");
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    for (const { words, x, y } of this.picture.marks ?? []) text(words, place.x + x * place.sx + 3 * ratio, place.y + y * place.sy + 2 * ratio, "left", "top");
    if (this.message) {
      context.font = `${15 * ratio}px system-ui, sans-serif`;
      context.fillStyle = "#ffb4a8";
      text(this.message, width / 2, height / 2, "center", "middle");
    }
  }

  #crosshair(context, { x, y, sx, sy }, ratio) {
    const [cx, cy] = [x + (this.cross.x + 0.5) * sx, y + (this.cross.y + 0.5) * sy];
    const { width, height } = this.canvas;
    const gap = Math.max(6 * ratio, sx, sy);
    context.strokeStyle = "rgba(98,174,252,.85)";
    context.beginPath();
    for (const [x1, y1, x2, y2] of [[0, cy, cx - gap, cy], [cx + gap, cy, width, cy], [cx, 0, cx, cy - gap], [cx, cy + gap, cx, height]]) {
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
  }

  #down(event) {
    if (!this.picture) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true });
    const moving = event.button === 1 || event.shiftKey;
    const what = moving ? "pan" : event.button === 2 ? "level" : this.drags;
    this.drag = { what, x: event.clientX, y: event.clientY, far: 0 };
    if (what === "pick") this.#pick(event);
    event.preventDefault();
  }

  #move(event) {
    const sample = this.#at(event);
    this.does.hover(sample);
    if (!this.drag) return;
    const [dx, dy] = [event.clientX - this.drag.x, event.clientY - this.drag.y];
    this.drag.far += Math.abs(dx) + Math.abs(dy);
    Object.assign(this.drag, { x: event.clientX, y: event.clientY });
    if (this.drag.what === "pick") this.#pick(event);
    else if (this.drag.far <= CLICK) return;
    else if (this.drag.what === "level") this.does.level(dx, dy);
    else this.#shift(dx, dy);
  }

  #shift(dx, dy) {
    const ratio = window.devicePixelRatio || 1;
    this.pan.x += dx * ratio;
    this.pan.y += dy * ratio;
    this.draw();
  }

  #up(event) {
    if (this.drag && this.drag.what === "level" && event.button === 0 && this.drag.far <= CLICK) this.#pick(event);
    this.drag = null;
  }

  #pick(event) {
    const sample = this.#at(event);
    if (sample) this.does.pick(sample);
  }

  // Touch pads send many small turns, wheels few large ones.
  #roll(turn) {
    this.turned = Math.sign(turn) === Math.sign(this.turned ?? 0) ? this.turned + turn : turn;
    if (Math.abs(this.turned) < 40) return;
    this.does.wheel(Math.sign(turn));
    this.turned = 0;
  }

  #wheel(event) {
    event.preventDefault();
    const ratio = window.devicePixelRatio || 1;
    if (event.ctrlKey || event.metaKey) this.setZoom(this.zoom * Math.exp(-event.deltaY / 300), { x: event.offsetX * ratio, y: event.offsetY * ratio });
    else this.#roll(event.deltaMode ? event.deltaY * 40 : event.deltaY);
  }
}
