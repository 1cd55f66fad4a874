// The editor of persons: for each a card with coded facts (clear) and identity (sealed), numbered P1, P2 and so on.

import { clone, part } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { clearErrors, complete, nameCodes, readFields, readSealed } from "cases/fields.js";

let serial = 0;

export class Persons {
  /** `root` holds [data-objects] and [data-objects-add]; `first` is the number of the first new person. */
  constructor(root, first = 1) {
    this.root = root;
    this.first = first;
    this.list = root.querySelector("[data-objects]");
    root.querySelector("[data-objects-add]").addEventListener("click", () => this.add().querySelector("input, select")?.focus());
    this.list.addEventListener("click", (event) => {
      const remove = event.target.closest("[data-person-remove]");
      if (remove && this.cards.length > 1) this.#drop(remove.closest("[data-person]"));
    });
  }

  get cards() {
    return [...this.list.querySelectorAll("[data-person]")];
  }

  add() {
    const card = clone("person-template");
    serial += 1;
    for (const node of card.querySelectorAll("[id]")) node.id = `${node.id}-${serial}`;
    for (const label of card.querySelectorAll("label[for]")) label.htmlFor = `${label.htmlFor}-${serial}`;
    for (const input of card.querySelectorAll("[aria-describedby]")) {
      input.setAttribute("aria-describedby", input.getAttribute("aria-describedby").split(" ").map((id) => `${id}-${serial}`).join(" "));
    }
    // Radio buttons of one name are one choice on the whole page unless the name says whose.
    for (const input of card.querySelectorAll('input[type="radio"]')) input.name = `${input.name}-${serial}`;
    nameCodes(card);
    this.list.append(card);
    this.#number();
    return card;
  }

  clear() {
    this.list.replaceChildren();
    this.add();
  }

  #drop(card) {
    card.remove();
    this.#number();
  }

  #number() {
    this.cards.forEach((card, at) => {
      card.dataset.ref = `P${this.first + at}`;
      part(card, "ref").textContent = card.dataset.ref;
      card.querySelector("[data-person-remove]").setAttribute("aria-label", t("Take {ref} out", { ref: card.dataset.ref }));
    });
  }

  complete() {
    return this.cards.map((card) => {
      clearErrors(card);
      return complete(card);
    }).every(Boolean);
  }

  /** -> [{ref, sex, ...}] for the act. */
  coded() {
    return this.cards.map((card) => ({ ref: card.dataset.ref, ...readFields(card) }));
  }

  /** -> [[ref, [[field, value], ...]], ...] to be sealed. */
  sealed() {
    return this.cards.map((card) => [card.dataset.ref, readSealed(card)]).filter(([, pairs]) => pairs.length);
  }
}
