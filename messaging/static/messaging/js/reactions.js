// Short answers under a message. Words and not pictures: each reader sees them in his own language, and nobody has to guess.

import { h, icon } from "liaison/dom.js";
import { list, t } from "liaison/i18n.js";
import { MARKS } from "sealed/amend.js";

const ICONS = { received: "checks", yes: "check", no: "close", on_it: "clock", done: "sign", thanks: "plus" };

export const markName = (mark) => ({ received: t("Received"), yes: t("Yes"), no: t("No"), on_it: t("On it"), done: t("Done"), thanks: t("Thanks") })[mark];

/** All marks to choose from; `onmark(mark, given)`. */
export function markButtons(row, onmark) {
  const own = new Set((row.marks || []).filter((one) => one.own).map((one) => one.mark));
  return MARKS.map((mark) => h("button", { type: "button", class: "mark", "data-mark": mark, "aria-pressed": String(own.has(mark)), onclick: () => onmark(mark, !own.has(mark)) }, icon(ICONS[mark]), markName(mark)));
}

/** The marks that were given, with who gave them; null where there is none. `onmark` null: to be read only. */
export function marksLine(row, onmark) {
  if (!row.marks?.length) return null;
  return h("div", { class: "marks" }, row.marks.map(({ mark, names, own }) => {
    const who = list(names);
    const inside = [icon(ICONS[mark]), markName(mark), h("span", { class: "count-s" }, String(names.length)), h("span", { class: "visually-hidden" }, who)];
    return onmark
      ? h("button", { type: "button", class: "mark", "data-mark": mark, "aria-pressed": String(own), title: who, onclick: () => onmark(mark, !own) }, inside)
      : h("span", { class: "mark", "data-mark": mark, title: who }, inside);
  }));
}
