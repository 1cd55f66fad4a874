// The dialogs about people in a channel: who is here, by whose word, digits to compare, adding and removing.

import { authorityMark, avatar, badge, busy, byId, confirmed, fact, h, icon, part, toast } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { showDigits } from "liaison/digits.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { addOrAsk } from "messaging/closed_past.js";
import { departureSentence } from "messaging/departures.js";
import { givenTo } from "messaging/key_changes.js";
import { Picker } from "messaging/picker.js";
import { authorityCode, roleName } from "messaging/sentences.js";
import { equal, unb64u } from "sealed/bytes.js";
import * as safety from "sealed/safety.js";

/** The member list of a store; with `kid`, straight to the digits of that person. */
export function showMembers(store, kid = null) {
  const dialog = byId("members");
  const draw = () => drawMembers(store, dialog);
  draw();
  store.addEventListener("members", draw);
  dialog.addEventListener("close", () => store.removeEventListener("members", draw), { once: true });
  const add = part(dialog, "members-add");
  add.hidden = store.role !== "o" || Boolean(store.problem) || store.kind === "direct";
  add.onclick = () => {
    dialog.close();
    showAdding(store);
  };
  dialog.showModal();
  if (kid) showSafety(store, kid);
}

function drawMembers(store, dialog) {
  part(dialog, "members-about").textContent = t("Every message is sealed for exactly these people. Their keys are vouched for by their own authority.");
  part(dialog, "members-list").replaceChildren(...store.members.map((member) => memberRow(store, member)));
}

function memberRow(store, member) {
  const marks = [badge(roleName(member.role), member.role === "o" ? "link" : "calm")];
  if (!member.vouched) marks.push(badge(t("Not vouched"), "bad", "warn"));
  else if (member.verified) marks.push(badge(t("Digits compared"), "good", "checks"));
  else marks.push(badge(t("Vouched"), "good", "check"));
  if (member.reset) marks.push(badge(t("New key"), "bad", "warn"));
  if (givenTo(store.state, new Set([member.kid])).size <= store.state.epoch) marks.push(badge(t("Part of the past"), "calm"));
  const acts = member.own ? [] : memberActs(store, member);
  const panel = acts.length ? h("div", { class: "member-acts", hidden: true, id: `acts-${member.kid}` }, ...acts) : null;
  return h("div", { class: "member" },
    avatar(member.name, member.authority),
    h("div", {}, h("p", { class: "row" }, h("b", {}, member.own ? t("{name} (you)", { name: member.name }) : member.name), authorityMark(member.authority)), h("p", { class: "row" }, ...marks)),
    panel ? discloser(panel, member) : null,
    panel);
}

function discloser(panel, member) {
  const button = h("button", { type: "button", class: "button button-icon", "aria-expanded": "false", "aria-controls": panel.id, "aria-label": t("More about {name}", { name: member.name }) }, icon("more"));
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  });
  return button;
}

function memberActs(store, member) {
  const coordinator = store.role === "o" && !store.problem;
  const act = (symbol, text, run, extra = "") => h("button", { type: "button", class: `button button-s ${extra}`, onclick: run }, icon(symbol), text);
  return [
    act("key", t("Compare digits"), () => showSafety(store, member.kid)),
    mayOpenPast(store) && act("unlock", t("Give history"), (event) => giveHistory(store, member, event.currentTarget)),
    coordinator && member.role !== "o" && act("authority", t("Make coordinator"), () => changeRole(store, member, "o")),
    coordinator && member.role !== "w" && act("edit", t("Make writer"), () => changeRole(store, member, "w")),
    coordinator && store.kind !== "direct" && act("person-remove", t("Remove"), () => removeMember(store, member), "button-danger"),
  ].filter(Boolean);
}

/** Any member who holds it may open the past to another, but where the channel leaves that to coordinators and custodians. */
const mayOpenPast = (store) => Boolean(store.role) && !store.problem && store.ring.secrets.has(store.state.epoch) && (store.state.policy[1] === 0 || ["o", "c"].includes(store.role));

async function giveHistory(store, member, button) {
  try {
    await busy(button, () => store.giveHistory(member.kid));
    toast(t("The history is open to {name}: what you can read here, and its authors do not keep from that authority.", { name: member.name }), { tone: "good" });
  } catch (error) {
    toast(say(error), { tone: "bad" });
  }
}

async function changeRole(store, member, role) {
  try {
    await store.setRole(member.kid, role);
  } catch (error) {
    toast(say(error), { tone: "bad" });
  }
}

async function removeMember(store, member) {
  const warning = departureSentence(store, member.kid);
  const sure = await confirmed({
    title: t("Remove {name}?", { name: member.name }),
    text: [warning, t("The key changes in the same step: {name} cannot open anything written from now on. What was read before stays read.", { name: member.name })].filter(Boolean).join(" "),
    yes: warning ? t("Remove all the same") : t("Remove and change the key"), danger: true,
  });
  if (!sure) return;
  try {
    await store.remove(member.kid);
    toast(t("{name} was removed and the key changed.", { name: member.name }));
  } catch (error) {
    toast(say(error), { tone: "bad" });
  }
}

/** The dialog of the digits of this officer and a key, with one more fact about it. -> {dialog, key, mark: its button}. */
async function fillSafety(store, kid, more) {
  const dialog = byId("safety");
  const key = store.directory.key(unb64u(kid));
  byId("safety-title").textContent = t("You and {name}", { name: key.display });
  showDigits(part(dialog, "safety-digits"), await safety.number(unb64u(store.room.kid), key.kid));
  part(dialog, "safety-facts").replaceChildren(fact(t("Authority"), authorityCode(key.authority)), fact(t("Key number"), String(key.gen + 1)), more);
  return { dialog, key, mark: part(dialog, "safety-mark") };
}

/** Digits to read to each other; the mark is kept in the vault and dies when a key changes. */
export async function showSafety(store, kid) {
  const vouched = fact(t("Vouched for"), store.person(kid).vouched ? t("Yes, by its focal point") : t("No"));
  const { dialog, mark } = await fillSafety(store, kid, vouched);
  const draw = () => {
    const on = store.room.pins.isVerified(store.room.kid, kid);
    mark.replaceChildren(icon(on ? "close" : "checks"), on ? t("Take the mark away") : t("They match"));
  };
  draw();
  mark.onclick = () => busy(mark, async () => {
    const on = !store.room.pins.isVerified(store.room.kid, kid);
    try {
      await strongroom.pinNow((pins) => pins.setVerified(store.room.kid, kid, on));
    } catch (error) {
      toast(say(error), { tone: "bad" });
    }
    draw();
    store.dispatchEvent(new Event("members"));
  });
  dialog.showModal();
}

/** The digits of a member's new key, and the signature that lets it in: `kid` is the new key. */
export async function showConfirming(store, kid) {
  const { dialog, key, mark } = await fillSafety(store, kid, fact(t("The old key"), t("did not confirm this one")));
  const member = store.awaiting.find(({ anew }) => equal(anew.kid, key.kid));
  mark.replaceChildren(icon("sign"), t("They match: confirm the new key"));
  mark.onclick = () => busy(mark, async () => {
    try {
      await store.confirm(member.kid);
      await strongroom.pinNow((pins) => pins.setVerified(store.room.kid, kid, true));
      dialog.close();
      toast(t("{name} goes on here with the new key, and reads what the old one read.", { name: key.display }));
    } catch (error) {
      toast(say(error), { tone: "bad" });
    }
    store.dispatchEvent(new Event("members"));
  });
  dialog.showModal();
}

/** Choose people, what they may read, and as what; signed as one control event. */
export async function showAdding(store) {
  const dialog = byId("adding");
  const form = dialog.querySelector("[data-adding]");
  const picker = new Picker(dialog, { exclude: new Set(store.state.members.keys()) });
  form.reset();
  dialog.showModal();
  await picker.load();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const error = byId("adding-error");
    const complain = (text) => {
      error.replaceChildren(icon("warn", "icon-s"), text);
      error.hidden = !text;
    };
    if (!picker.chosen.length) return complain(t("Choose at least one person."));
    try {
      const [kids, role] = [picker.chosen.map((one) => one.kid), form.elements.role.value];
      const without = form.elements.history.value === "none";
      const added = await busy(form.querySelector(".button-primary"), async () => (without ? store.addAll(kids, role, "none").then(() => true) : addOrAsk(store, kids, role)));
      complain("");
      if (added) dialog.close();
    } catch (problem) {
      complain(say(problem));
    }
    return null;
  };
}

