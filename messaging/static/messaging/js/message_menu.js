// What one may do with one message: the tools beside it, and the sheet behind "more". Editing goes through the composer, which the
// conversation holds; the rest is done here.

import { byId, h, icon, part, toast } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { showForwarding } from "messaging/forwarding.js";
import { markButtons } from "messaging/reactions.js";
import { showVersions } from "messaging/versions.js";
import { reasonName } from "messaging/sentences.js";
import { REASONS } from "sealed/amend.js";

export class MessageMenu {
  /** `store()` -> the open channel, or null; `reply(row)`, `edit(row)`: take the message into the composer. */
  constructor({ store, reply, edit }) {
    Object.assign(this, { store, reply, edit });
  }

  /** The buttons beside a message that stands. */
  tools(row) {
    if (row.withdrawn) return null;
    const tool = (symbol, name, run) => h("button", { type: "button", class: "button button-icon", "aria-label": name, title: name, onclick: run }, icon(symbol));
    return h("div", { class: "message-tools" }, this.store()?.writable && tool("reply", t("Reply"), () => this.reply(row)), tool("more", t("More"), () => this.show(row)));
  }

  show(row) {
    const dialog = byId("message-acts");
    const act = (symbol, text, run, tone = null) =>
      h("button", { type: "button", class: "menu-item", "data-tone": tone, onclick: () => { dialog.close(); run(); } }, icon(symbol), text);
    const { writable, role } = this.store();
    part(dialog, "acts-quote").replaceChildren(h("b", {}, row.sender.name), row.text);
    part(dialog, "acts-marks").replaceChildren(...(writable ? markButtons(row, (mark, given) => { dialog.close(); this.react(row, mark, given); }) : []));
    part(dialog, "acts-list").replaceChildren(...[
      writable && act("reply", t("Reply"), () => this.reply(row)),
      writable && row.own && !row.file && act("edit", t("Edit"), () => this.edit(row)),
      !row.file && act("forward", t("Forward"), () => showForwarding(this.store(), row).catch((error) => toast(say(error), { tone: "bad" }))),
      row.versions?.length > 1 && act("clock", t("What was written before"), () => showVersions(row)),
      writable && (row.own || role === "o") && act("stop", t("Withdraw"), () => this.withdraw(row), "bad"),
    ].filter(Boolean));
    dialog.showModal();
  }

  react(row, mark, given) {
    this.store()?.react(row, mark, given).catch((error) => toast(say(error), { tone: "bad" }));
  }

  /** Asks why; the words go, the place and the reason stay. */
  withdraw(row) {
    const dialog = byId("withdrawing");
    const form = dialog.querySelector("form");
    part(dialog, "withdrawing-reasons").replaceChildren(...REASONS.map((reason, place) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: reason, checked: place === 0 }), h("span", {}, h("b", {}, reasonName(reason))))));
    form.onsubmit = (event) => {
      event.preventDefault();
      dialog.close();
      this.store()?.withdraw(row, new FormData(form).get("reason")).catch((error) => toast(say(error), { tone: "bad" }));
    };
    dialog.showModal();
  }
}
