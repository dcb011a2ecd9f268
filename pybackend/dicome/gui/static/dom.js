// Building elements. Text is only ever set as text: whatever a header holds, it never becomes HTML.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "open", "type", "min", "max", "step"]);

const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

// el("button", {type: "button", class: "primary", onclick: f, "aria-label": "..."}, "text", child, ...)
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (PROPERTIES.has(key)) made[key] = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...present(children));
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const button = (text, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, text);

export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

let count = 0;
export const unique = (prefix) => `${prefix}-${++count}`;

// A label and its control, side by side in a grid of fields.
export function field(label, control, hint) {
  control.id ||= unique("field");
  const words = el("label", { for: control.id }, label);
  if (hint) control.title = hint;
  return [words, control];
}

export const check = (label, checked = false, attributes = {}) => {
  const box = el("input", { type: "checkbox", checked, ...attributes });
  return { box, label: el("label", { class: "check" }, box, label) };
};

// Tells the user something; what is bad stays until it is put away.
export function notice(text, bad = false, action = null) {
  const box = el("div", { class: bad ? "notice bad" : "notice", role: bad ? "alert" : "status" });
  box.append(el("p", { class: "grow" }, text));
  if (action) box.append(button(action.text, () => { box.remove(); action.run(); }));
  box.append(button("×", () => box.remove(), { class: "quiet", "aria-label": "Put this message away" }));
  document.getElementById("notices").append(box);
  if (!bad) setTimeout(() => box.remove(), 8000);
}

export const bytes = (size) => {
  for (const [unit, name] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) if (size >= unit) return `${(size / unit).toFixed(1)} ${name}`;
  return `${size} B`;
};

export const counted = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// Numbers for people: as many digits as matter.
export function shown(value, digits = 6) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value).replace("-", "−");
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

export function typing(event) {
  const at = event.target;
  return at instanceof HTMLElement && (at.matches("input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea") || at.isContentEditable);
}

export function debounced(milliseconds, work) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}
