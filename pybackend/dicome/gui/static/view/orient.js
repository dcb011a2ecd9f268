// Directions in the patient (LPS: x to the left, y to the back, z to the head) as letters, and how planes are turned.

const LETTERS = [["R", "L"], ["A", "P"], ["F", "H"]];
const opposite = { R: "L", L: "R", A: "P", P: "A", F: "H", H: "F" };

const length = (d) => Math.hypot(...d);
export const dominant = (d) => d.map(Math.abs).reduce((best, value, k, all) => (value > all[best] + 1e-9 ? k : best), 0);

// Letters of the way a direction goes: the main one, and a second where it is well off the main axis.
export function letters(direction) {
  const size = length(direction) || 1;
  return [0, 1, 2].map((k) => [Math.abs(direction[k]) / size, LETTERS[k][direction[k] > 0 ? 1 : 0]])
    .filter(([part]) => part > 0.3).sort((one, two) => two[0] - one[0]).slice(0, 2).map(([, letter]) => letter).join("");
}

export const against = (words) => [...words].map((letter) => opposite[letter]).join("");

// Letters at the four sides of a picture whose x and y run along these directions.
export function sides(x, y) {
  const [right, bottom] = [letters(x), letters(y)];
  return { right, left: against(right), bottom, top: against(bottom) };
}

export const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

export const planeName = (normal) => ["Sagittal", "Coronal", "Axial"][dominant(normal)];

const column = (matrix, k) => [matrix[0][k], matrix[1][k], matrix[2][k]];

// How a cut across the slices is shown: the head or the front up, the patient's right or front at the left.
// kind: "row" (slices x columns) or "column" (slices x rows). affine: (row, column, slice) to LPS, or null.
export function layout(affine, kind, spacing) {
  if (!affine) return { turned: false, flipX: false, flipY: false, pixel: { width: spacing ?? 1, height: 1 }, letters: null, title: kind === "row" ? "Across columns" : "Across rows" };
  const through = column(affine, 2);
  const along = column(affine, kind === "row" ? 1 : 0);
  const [t, a] = [dominant(through), dominant(along)];
  const turned = a > t; // what runs to the head, or else to the back, goes down the picture
  const [x, y] = turned ? [through, along] : [along, through];
  const flipX = dominant(x) === 2 ? x[2] > 0 : x[dominant(x)] < 0;
  const flipY = dominant(y) === 2 ? y[2] > 0 : y[dominant(y)] < 0;
  const [dx, dy] = [x.map((v) => (flipX ? -v : v)), y.map((v) => (flipY ? -v : v))];
  return { turned, flipX, flipY, pixel: { width: length(x), height: length(y) }, letters: sides(dx, dy), title: planeName(cross(x, y)) };
}

export function position(affine, row, column, slice) {
  return [0, 1, 2].map((k) => affine[k][0] * row + affine[k][1] * column + affine[k][2] * slice + affine[k][3]);
}

// Where a pixel of a frame lies.
export function framePosition({ position: p, directions: d, spacing }, row, column) {
  return [0, 1, 2].map((k) => p[k] + d[k] * spacing[1] * column + d[3 + k] * spacing[0] * row);
}
