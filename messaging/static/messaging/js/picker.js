// Choosing officers by authority. Offers only keys that the own key log vouches for: the server's list is only a list.

import { authorityMark, avatar, badge, h, part, skeletonRows } from "liaison/dom.js";
import { t, tn } from "liaison/i18n.js";
import { directoryOf } from "liaison/people.js";
import { strongroom } from "liaison/strongroom.js";

export class Picker {
  /** `root` holds [data-part=pick] and [data-pick-filter]. `single`: radio buttons. `onchange(chosen)`. */
  constructor(root, { exclude = new Set(), single = false, onchange = () => {} } = {}) {
    this.home = part(root, "pick");
    this.filter = root.querySelector("[data-pick-filter]");
    Object.assign(this, { exclude, single, onchange, marked: new Set() });
    this.filter.value = "";
    this.filter.oninput = () => this.#draw();
  }

  /** The chosen people: [{kid, name, authority}]. */
  get chosen() {
    return (this.people || []).filter((one) => this.marked.has(one.kid));
  }

  async load() {
    this.home.replaceChildren(...skeletonRows(3));
    const room = await strongroom.open();
    await strongroom.syncDirectory();
    const { people } = await directoryOf(room);
    this.people = people.filter((one) => !one.own && !this.exclude.has(one.kid));
    this.#draw();
  }

  setSingle(single) {
    this.single = single;
    if (single && this.marked.size > 1) this.marked.clear();
    this.#draw();
    this.onchange(this.chosen);
  }

  #draw() {
    if (!this.people) return;
    const words = this.filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = this.people.filter((one) => words.every((word) => one.search.includes(word)));
    const groups = new Map();
    for (const one of found) groups.set(one.authority, [...(groups.get(one.authority) || []), one]);
    this.home.replaceChildren(...[...groups].map(([code, people]) => this.#group(code, people)));
    if (!found.length) this.home.append(h("p", { class: "hint center" }, this.people.length ? t("Nobody by that name.") : t("Nobody else has a vouched key yet.")));
  }

  #group(code, people) {
    return h("section", { class: "picker-group" }, h("h3", {}, authorityMark(code), people[0].authorityName), ...people.map((one) => this.#row(one)));
  }

  #row(one) {
    const input = h("input", { type: this.single ? "radio" : "checkbox", name: "pick", value: one.kid, checked: this.marked.has(one.kid), disabled: !one.usable });
    input.addEventListener("change", () => {
      if (this.single) this.marked.clear();
      if (input.checked) this.marked.add(one.kid);
      else this.marked.delete(one.kid);
      this.onchange(this.chosen);
    });
    return h("label", { class: "pick" }, input, avatar(one.name, one.authority, "avatar-s"),
      h("span", { class: "row-main" }, h("span", {}, one.name), h("span", { class: "row-sub" }, h("span", { class: "text" }, one.postLine))),
      one.usable ? null : badge(t("Not trusted"), "bad", "warn"));
  }
}

/** "3 people chosen" for the foot of a dialog. */
export const chosenLine = (chosen) => (chosen.length ? tn("{n} person chosen", "{n} people chosen", chosen.length) : "");

