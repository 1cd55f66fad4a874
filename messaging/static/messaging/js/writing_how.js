// How a message is to be handled and how sure its author is of it: chosen at writing, shown to whoever reads it.

import { byId, h, part } from "liaison/dom.js";
import { list, t } from "liaison/i18n.js";
import { authorityCode } from "messaging/sentences.js";
import { CODES, OPEN } from "sealed/handling.js";
import { SOURCES } from "sealed/message.js";

const handlingName = (code) =>
  [
    t("H0 Use within the network"), t("H1 Not for use in court without the originator's permission"),
    t("H2 No onward sharing"), t("H3 Other restriction, ask the originator"),
  ][code];

const handlingTold = (code) =>
  [
    t("Members may forward it and give it to whom they add."), t("Only your authority may bring it into a file. Within the network as H0."),
    t("It stays with the authorities that are here now."), t("Only those who are here now, and your own authority."),
  ][code];

const sourceName = (source) =>
  ({ A: t("A Always reliable"), B: t("B Mostly reliable"), C: t("C Mostly not reliable"), X: t("X Not assessed") })[source];

const informationName = (one) =>
  [t("1 Known to be true"), t("2 The source saw it"), t("3 The source heard it"), t("4 Cannot be judged")][one - 1];

/** What the foot of a message says of it; nothing for an open one that asserts nothing. */
export function howMarks({ message }) {
  if (!message) return [];
  const { handling, evaluation, origin } = message;
  const released = handling.released.map(authorityCode);
  const title = [handlingName(handling.code), released.length ? t("Released to {names}", { names: list(released) }) : ""].filter(Boolean).join(". ");
  return [
    handling.code > 0 && h("span", { class: "handling", "data-level": `H${handling.code}`, title }, `H${handling.code}`, released.length ? ` + ${released.join(", ")}` : "", h("span", { class: "visually-hidden" }, title)),
    evaluation && h("span", { class: "handling", title: `${sourceName(evaluation[0])}. ${informationName(evaluation[1])}` }, evaluation.join(""), h("span", { class: "visually-hidden" }, sourceName(evaluation[0]), ". ", informationName(evaluation[1]))),
    origin && h("span", {}, t("Words of {name}, passed on", { name: authorityCode(origin) })),
  ].filter(Boolean);
}

export class WritingHow {
  /** `button`: it shows the code chosen and opens the sheet; `store()` -> the open channel. */
  constructor(button, store) {
    Object.assign(this, { button, store });
    button.addEventListener("click", () => this.#show());
    this.set();
  }

  /** `message`: what `parse` of sealed/message.js gives, or nothing for what is chosen where nobody chooses. */
  set({ handling = OPEN, evaluation = null } = {}) {
    this.value = { handling, evaluation };
    const code = `H${handling.code}`;
    this.button.textContent = evaluation ? `${code} ${evaluation.join("")}` : code;
    this.button.dataset.level = code;
    this.button.setAttribute("aria-label", t("How it may be handled: {name}", { name: handlingName(handling.code) }));
  }

  #show() {
    const dialog = byId("writing-how");
    const form = dialog.querySelector("form");
    this.#fill(dialog);
    form.onchange = () => this.#showReleased(form);
    form.onsubmit = (event) => {
      event.preventDefault();
      dialog.close();
      this.set(chosen(new FormData(form)));
    };
    this.#showReleased(form);
    dialog.showModal();
  }

  #fill(dialog) {
    const { handling, evaluation } = this.value;
    const choice = (type, name, value, checked, ...words) => h("label", { class: "choice" }, h("input", { type, name, value, checked }), h("span", {}, ...words));
    part(dialog, "how-codes").replaceChildren(...CODES.map((code) => choice("radio", "code", code, code === handling.code, h("b", {}, handlingName(code)), h("small", {}, handlingTold(code)))));
    part(dialog, "how-released").replaceChildren(...this.#authorities().map((one) => choice("checkbox", "released", one, handling.released.includes(one), h("b", {}, authorityCode(one)))));
    const options = (values, names, now) => [h("option", { value: "" }, "—"), ...values.map((value) => h("option", { value, selected: value === now }, names(value)))];
    byId("how-source").replaceChildren(...options(SOURCES, sourceName, evaluation?.[0]));
    byId("how-information").replaceChildren(...options([1, 2, 3, 4], informationName, evaluation?.[1]));
  }

  #showReleased(form) {
    part(form, "how-release").hidden = form.elements.code.value === "0";
    byId("how-information").required = Boolean(form.elements.source.value);
    byId("how-source").required = Boolean(form.elements.information.value);
  }

  /** All that the key log knows but one's own, which needs no release. */
  #authorities() {
    const { directory, room } = this.store();
    const own = this.store().person(room.kid).authority;
    return [...new Set([...directory.keys.values()].map((key) => key.authority))].filter((one) => one !== own).sort();
  }
}

/** -> {handling, evaluation} of what the sheet holds. */
function chosen(data) {
  const code = Number(data.get("code"));
  const [source, information] = [data.get("source"), Number(data.get("information"))];
  return { handling: { code, released: code ? data.getAll("released").sort() : [] }, evaluation: source && information ? [source, information] : null };
}
