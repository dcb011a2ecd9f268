// The pages by name: title of the tab, and the function that makes it.
//
// make(section, {start, current}) gives what the page can do: open(given), shown(), where(), key(event) -> true when it was
// meant for it, found() when the server is back, restarted() when it is another one. current(): the files that the
// viewer has open.

import { makeExamCard } from "/static/examcard/page.js";
import { makeHeader } from "/static/header/page.js";
import { makeMove } from "/static/move/page.js";
import { makeView } from "/static/view/page.js";

export const PAGES = {
  view: { title: "View", make: makeView },
  header: { title: "Header", make: makeHeader },
  move: { title: "Move", make: makeMove },
  examcard: { title: "ExamCard", make: makeExamCard },
};
