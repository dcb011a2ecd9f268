// A picture: stored values, where each pixel of it lies among them, and what makes quantities of them.
//
// values: all of them; parts: rectangles of the picture, each {x, y, width, height, offset, stepX, stepY, line, lineX,
// lineY}: pixel (i, j) of a part is values[offset + i*stepX + j*stepY], and belongs to frame line + i*lineX + j*lineY.
// frames: 1-based number of every frame, 0 where it is missing; scales: slope and intercept of every frame by kind.

export class Picture {
  constructor(given) {
    Object.assign(this, { samples: 1, pixel: { width: 1, height: 1 }, letters: null, title: "" }, given);
  }

  // Grey or colour of all pixels, into an ImageData of this size.
  paint(image, { scale, low, high, inverted }) {
    const out = new Uint32Array(image.data.buffer);
    out.fill(0xff000000);
    const { slope, intercept } = this.factors(scale);
    const gain = 255 / (high - low) * (inverted ? -1 : 1);
    const base = inverted ? high : low;
    const a = slope.map((s) => s * gain);
    const b = intercept.map((i) => (i - base) * gain);
    for (const part of this.parts) this.#paintPart(out, part, a, b);
  }

  #paintPart(out, part, a, b) {
    const { values, samples, width: row } = this;
    for (let j = 0; j < part.height; j++) {
      let at = part.offset + j * part.stepY;
      let line = part.line + j * part.lineY;
      let to = (part.y + j) * row + part.x;
      for (let i = 0; i < part.width; i++, at += part.stepX, line += part.lineX, to++) {
        if (samples > 1) {
          out[to] = 0xff000000 | values[at + 2] << 16 | values[at + 1] << 8 | values[at];
          continue;
        }
        const grey = values[at] * a[line] + b[line];
        const level = grey >= 255 ? 255 : grey > 0 ? grey | 0 : 0;
        out[to] = 0xff000000 | level << 16 | level << 8 | level;
      }
    }
  }

  factors(scale) {
    const ones = this.frames.map(() => 1);
    return this.scales[scale] ?? { slope: ones, intercept: ones.map(() => 0) };
  }

  // What lies at a pixel, null outside.
  sample(x, y) {
    for (const part of this.parts) {
      const i = x - part.x;
      const j = y - part.y;
      if (i < 0 || j < 0 || i >= part.width || j >= part.height) continue;
      const at = part.offset + i * part.stepX + j * part.stepY;
      const line = part.line + i * part.lineX + j * part.lineY;
      const frame = this.frames[line];
      const stored = Array.from(this.values.subarray(at, at + this.samples), Number);
      return { frame, stored, values: frame ? this.#quantities(stored, line) : null, ...this.voxel(part, i, j, line) };
    }
    return null;
  }

  #quantities(stored, line) {
    const found = { pv: this.samples > 1 ? stored : stored[0] };
    for (const [kind, { slope, intercept }] of Object.entries(this.scales)) found[kind] = stored[0] * slope[line] + intercept[line];
    return found;
  }

  // Low and high that leave out the darkest and brightest few of the values.
  range(scale) {
    const { slope, intercept } = this.factors(scale);
    const found = [];
    for (const part of this.parts) {
      const step = Math.max(1, Math.floor(Math.sqrt(part.width * part.height * this.parts.length / 30000)));
      for (let j = 0; j < part.height; j += step) {
        for (let i = 0; i < part.width; i += step) {
          const line = part.line + i * part.lineX + j * part.lineY;
          const value = this.values[part.offset + i * part.stepX + j * part.stepY] * slope[line] + intercept[line];
          if (this.frames[line] && Number.isFinite(value)) found.push(value);
        }
      }
    }
    if (!found.length) return { low: 0, high: 1 };
    found.sort((one, two) => one - two);
    const at = (part) => found[Math.min(found.length - 1, Math.round(part * (found.length - 1)))];
    const [low, high] = [at(0.01), at(0.995)];
    return high > low ? { low, high } : { low: found[0], high: found[found.length - 1] || 1 };
  }
}

const whole = (width, height) => ({ x: 0, y: 0, width, height, line: 0, lineX: 0, lineY: 0, offset: 0 });

export function framePicture(reply, extra) {
  const [, rows, columns, samples = 1] = reply.shape;
  const part = { ...whole(columns, rows), stepX: samples, stepY: columns * samples };
  return new Picture({
    ...reply, samples, width: columns, height: rows, parts: [part],
    voxel: (_, column, row) => ({ row, column }), ...extra,
  });
}

// A cut of all slices at one row or column. turned: slices run across instead of down; flips mirror.
export function planePicture(reply, { kind, index, turned, flipX, flipY }, extra) {
  const [slices, length, samples = 1] = reply.shape;
  const [width, height] = turned ? [slices, length] : [length, slices];
  const [sx, sy] = turned ? [length * samples, samples] : [samples, length * samples];
  const part = { ...whole(width, height), stepX: sx, stepY: sy, lineX: turned ? 1 : 0, lineY: turned ? 0 : 1 };
  if (flipX) { part.offset += (width - 1) * part.stepX; part.line += (width - 1) * part.lineX; part.stepX *= -1; part.lineX *= -1; }
  if (flipY) { part.offset += (height - 1) * part.stepY; part.line += (height - 1) * part.lineY; part.stepY *= -1; part.lineY *= -1; }
  const toData = (i, j) => {
    const [x, y] = [flipX ? width - 1 - i : i, flipY ? height - 1 - j : j];
    return turned ? [x, y] : [y, x];
  };
  return new Picture({
    ...reply, samples, width, height, parts: [part], toData,
    voxel(_, i, j) {
      const [slice, along] = toData(i, j);
      return kind === "row" ? { row: index, column: along, slice } : { row: along, column: index, slice };
    },
    ...extra,
  });
}

// Frames side by side. step of the reply: one of so many pixels was sent, each way.
export function montagePicture(reply, shape, extra) {
  const [count, rows, columns, samples = 1] = reply.shape;
  const { step } = reply;
  const across = Math.max(1, Math.min(count, Math.round(Math.sqrt(count * rows / columns * shape))));
  const gap = Math.max(1, Math.round(columns / 80));
  const down = Math.ceil(count / across);
  const parts = Array.from({ length: count }, (_, k) => ({
    x: (k % across) * (columns + gap), y: Math.floor(k / across) * (rows + gap), width: columns, height: rows,
    offset: k * rows * columns * samples, stepX: samples, stepY: columns * samples, line: k, lineX: 0, lineY: 0,
  }));
  return new Picture({
    ...reply, samples, parts, width: across * (columns + gap) - gap, height: down * (rows + gap) - gap,
    voxel: (part, i, j, line) => ({ row: j * step, column: i * step, position: reply.positions[line] }), ...extra,
  });
}
