// The page: tabs, the line that says whether the server is there, and what it was started with.

import { connection, get, watch } from "/static/api.js";
import { button, el, fill, notice, typing } from "/static/dom.js";
import { showKeys } from "/static/keys.js";
import { PAGES } from "/static/pages.js";

const TOLD = {
  lost: "The server does not answer. It may have ended, or the ssh tunnel is down; this page goes on when it is back.",
  refused: "The server was started anew and does not know this page. Open the address that dicome printed.",
};

const made = new Map();
let shown = "";
let start = {};

async function show(name, given) {
  for (const tab of document.querySelectorAll("#tabs button")) {
    const here = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", here);
    tab.tabIndex = here ? 0 : -1;
  }
  if (!made.has(name)) {
    const section = el("section", { id: `page-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` });
    document.getElementById("main").append(section);
    const page = PAGES[name].make(section, { start, current: () => made.get("view")?.page.current() ?? [] });
    made.set(name, { section, page });
  }
  for (const [other, one] of made) one.section.hidden = other !== name;
  shown = name;
  const { page } = made.get(name);
  page.shown?.();
  document.getElementById("where").textContent = page.where?.() ?? "";
  if (given) await page.open(given);
}

function makeTabs() {
  const tabs = document.getElementById("tabs");
  const names = Object.keys(PAGES);
  fill(tabs, names.map((name) => button(PAGES[name].title, () => show(name), {
    id: `tab-${name}`, role: "tab", "aria-selected": "false", tabindex: "-1",
  })));
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = names[(names.indexOf(shown) + step + names.length) % names.length];
    show(next).then(() => document.getElementById(`tab-${next}`).focus());
  });
}

function followConnection() {
  const line = document.getElementById("connection");
  for (const [kind, words] of Object.entries(TOLD)) {
    connection.addEventListener(kind, () => { line.textContent = words; line.hidden = false; });
  }
  connection.addEventListener("found", () => {
    line.hidden = true;
    for (const { page } of made.values()) page.found?.();
  });
  watch(() => {
    for (const { page } of made.values()) page.restarted?.();
  });
}

function keys(event) {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "?") showKeys();
  else if (made.get(shown)?.page.key?.(event) !== true) return;
  event.preventDefault();
}

async function begin() {
  // The address keeps the token out of the history and of what is copied from it.
  history.replaceState(null, "", "/");
  makeTabs();
  followConnection();
  document.getElementById("help").addEventListener("click", showKeys);
  document.addEventListener("keydown", keys);
  document.addEventListener("dicome-where", () => {
    document.getElementById("where").textContent = made.get(shown)?.page.where?.() ?? "";
  });
  window.addEventListener("unhandledrejection", (event) => {
    const kind = event.reason?.kind;
    if (kind !== "lost" && kind !== "refused") notice(event.reason?.message ?? String(event.reason), true);
  });
  start = await get("/api/start");
  const name = start.page in PAGES ? start.page : "view";
  await show(name, start.paths?.length || start.fields ? start : null);
}

begin();
