// Calling somebody while writing: "@" in the box offers who is here, by keyboard and by touch. The text keeps "@name"; the message says
// beside it whom that means, so that it calls the same person whatever he is named later.

import { h } from "liaison/dom.js";
import { t, tn } from "liaison/i18n.js";

const TYPED = /(?:^|\s)@([^\s@]*(?: [^\s@]+)?)$/u;
const MOST = 8;

export class Calling {
  /** `text`: the textarea; `home`: an empty element above it; `told`: a live region; `calls()` -> Calls of the open channel, or null. */
  constructor(text, home, told, calls) {
    Object.assign(this, { text, home, told, calls, chosen: [], found: [], at: 0 });
    home.id = "calling";
    home.setAttribute("role", "listbox");
    home.setAttribute("aria-label", t("Call somebody"));
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-haspopup", "listbox");
    text.addEventListener("input", () => this.#look());
    text.addEventListener("blur", () => this.close());
    text.addEventListener("keydown", (event) => this.#key(event), { capture: true }); // before Enter sends
    home.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the cursor, and the phone its keyboard
    home.addEventListener("click", (event) => this.#take(Number(event.target.closest("[role=option]")?.dataset.at ?? -1)));
    this.close();
  }

  /** Whom the words in the box call now: who was chosen and still stands there. */
  get value() {
    const words = this.text.value;
    return this.chosen.filter(({ label }) => words.includes(`@${label}`)).map(({ mention }) => mention);
  }

  /** `mentions` of a message that comes into the box. */
  set(mentions = []) {
    const calls = this.calls();
    this.chosen = calls ? mentions.map((mention) => ({ label: calls.name(mention), mention })) : [];
    this.close();
  }

  close() {
    this.found = [];
    this.home.hidden = true;
    this.home.replaceChildren();
    this.text.removeAttribute("aria-controls");
    this.text.removeAttribute("aria-activedescendant");
    this.told.textContent = "";
  }

  #look() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const typed = TYPED.exec(before);
    const calls = this.calls();
    if (!typed || !calls) return this.close();
    const sought = plain(typed[1]);
    this.from = before.length - typed[1].length;
    this.found = calls.choices.filter(({ label }) => plain(label).split(" ").some((word, place, words) => words.slice(place).join(" ").startsWith(sought))).slice(0, MOST);
    if (!this.found.length && typed[1].includes(" ")) return this.close(); // the name is over, the sentence goes on
    this.at = 0;
    return this.#draw();
  }

  #draw() {
    this.home.hidden = false;
    if (!this.found.length) {
      this.close();
      this.home.hidden = false;
      this.home.replaceChildren(h("p", { class: "hint" }, t("Nobody by that name is a member here. Only members can be called.")));
      this.told.textContent = this.home.textContent;
      return;
    }
    this.home.replaceChildren(...this.found.map(({ label, sub }, at) =>
      h("div", { role: "option", id: `calling-${at}`, class: "menu-item", "data-at": at, "aria-selected": String(at === this.at) }, h("span", { class: "text" }, label), h("small", { class: "muted" }, sub))));
    this.text.setAttribute("aria-controls", this.home.id);
    this.text.setAttribute("aria-activedescendant", `calling-${this.at}`);
    this.told.textContent = tn("{n} can be called", "{n} can be called", this.found.length);
    this.home.children[this.at].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (this.home.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) this.at = (this.at + step + this.found.length) % this.found.length;
    else if ((event.key === "Enter" || event.key === "Tab") && this.found.length && !event.shiftKey) this.#take(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (step && this.found.length) this.#draw();
  }

  #take(at) {
    const one = this.found[at];
    if (!one) return;
    this.chosen.push(one);
    this.text.setRangeText(`${one.label} `, this.from, this.text.selectionStart, "end");
    this.close();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.text.focus();
  }
}

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
