// /handover/: who hands over to whom, what that is, one act, what became of it. A broken line is gone on with by the same button.

import { badge, banner, busy, byId, fieldError, h, icon, part } from "liaison/dom.js";
import { list, t, tn } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { HandingOver } from "messaging/handing_over.js";
import { authorityCode, kindName } from "messaging/sentences.js";
import { b64u, unb64u } from "sealed/bytes.js";

const root = document.querySelector("[data-handover]");
const [form, what, items, progress] = ["who", "what", "items", "progress"].map((name) => part(root, name));
const [before, after, leave, unread] = ["before", "after", "leave", "unread"].map((name) => byId(`handover-${name}`));
let people = []; // [{subject, name, authority, kid or null}]
let handing = null;

// --- Who -----------------------------------------------------------------------------------------------------------------

/** One row for each person in the key log: the newest certificate has the name; `kid` where something may be sealed to it. */
function peopleOf({ directory }) {
  const newest = new Map();
  for (const key of directory.keys.values()) {
    const known = newest.get(b64u(key.subject));
    if (!known || key.gen > known.gen) newest.set(b64u(key.subject), key);
  }
  return [...newest].map(([subject, key]) => {
    const current = directory.current(unb64u(subject));
    const usable = current && current.exp * 1000 > Date.now();
    return { subject, name: key.display, authority: key.authority, kid: usable ? b64u(current.kid) : null };
  }).sort((one, other) => one.name.localeCompare(other.name));
}

function fillWho(room) {
  people = peopleOf(room);
  const codes = [...new Set(people.map((one) => one.authority))].sort((one, other) => (other === room.authority) - (one === room.authority) || one.localeCompare(other));
  before.replaceChildren(...codes.map((code) => h("optgroup", { label: authorityCode(code) }, ...people.filter((one) => one.authority === code).map(option))));
  before.value = room.subject;
  fillAfter();
}

const option = (one) => h("option", { value: one.subject }, one.subject === strongroom.room.subject ? t("{name} (you)", { name: one.name }) : one.kid ? one.name : t("{name} (no valid key)", { name: one.name }));

function fillAfter() {
  const who = people.find((one) => one.subject === before.value);
  const chosen = after.value;
  const fitting = people.filter((one) => one.kid && one.authority === who?.authority && one !== who);
  after.replaceChildren(...fitting.map((one) => h("option", { value: one.kid }, one.subject === strongroom.room.subject ? t("{name} (you)", { name: one.name }) : one.name)));
  if (fitting.some((one) => one.kid === chosen)) after.value = chosen;
  leave.checked = !who?.kid;
  fieldError(after, fitting.length ? null : t("Nobody else of this authority has a vouched key yet."));
}

function showSeal() {
  const { room } = strongroom;
  part(root, "locked").hidden = Boolean(room);
  form.hidden = !room;
  what.hidden = true;
  handing = null;
  items.replaceChildren(); // a title may be a victim's name
  if (room) fillWho(room);
}

// --- What ----------------------------------------------------------------------------------------------------------------

async function look() {
  const { room } = strongroom;
  if (!after.value) return fieldError(after, t("Choose who follows."));
  handing = new HandingOver(room, { before: before.value, after: after.value, leave: leave.checked });
  form.hidden = true;
  what.hidden = false;
  unread.checked = false;
  part(root, "title").textContent = t("{before} hands over to {after}", { before: nameOf(before), after: nameOf(after) });
  part(root, "title").focus();
  await read();
  return null;
}

const nameOf = (select) => people.find((one) => one.subject === select.value || one.kid === select.value)?.name ?? "?";

/** Read everything again and say what is left to do. */
async function read() {
  const mine = handing;
  part(root, "acts").hidden = true;
  tell(t("Reading and checking every channel…"));
  try {
    await mine.load(show);
  } catch (error) {
    return broken(error);
  } finally {
    progress.hidden = true;
  }
  if (handing === mine) draw();
  return null;
}

function show(done, of) {
  progress.hidden = false;
  progress.max = of;
  progress.value = done;
}

function tell(text, tone = "calm", symbol = "info") {
  part(root, "word").replaceChildren(banner(tone, symbol, text));
}

const ORDER = ["no", "restricted", "do", "done", "private"];

function draw() {
  const sorted = handing.items.toSorted((one, other) => ORDER.indexOf(one.to) - ORDER.indexOf(other.to));
  items.replaceChildren(...sorted.map(rowOf));
  drawAct();
}

/** The button says what it would do. The list stays as it is: whoever ticks a box keeps his place. */
function drawAct() {
  const of = (to) => handing.items.filter((item) => item.to === to);
  part(root, "unread-field").hidden = !of("restricted").length;
  part(root, "acts").hidden = false;
  const count = handing.items.filter((item) => item.chosen && ["do", "restricted"].includes(item.to));
  const cases = count.filter((item) => item.code).length;
  part(root, "hand").hidden = !count.length;
  part(root, "hand-text").textContent = t("Hand over {what}", { what: list([count.length - cases && tn("{n} channel", "{n} channels", count.length - cases), cases && tn("{n} case", "{n} cases", cases)].filter(Boolean)) });
  sum(of, count.length);
}

function sum(of, waiting) {
  const [done, stuck] = [of("done").length, of("no").length];
  const said = [];
  if (done) said.push(tn("{n} is handed over.", "{n} are handed over.", done));
  if (waiting) said.push(tn("{n} waits for your act.", "{n} wait for your act.", waiting));
  if (of("restricted").length) said.push(tn("In {n} the past must stay closed.", "In {n} the past must stay closed.", of("restricted").length));
  if (stuck) said.push(tn("{n} cannot be handed over by you; below it says why.", "{n} cannot be handed over by you; below it says why.", stuck));
  if (!said.length) said.push(t("You share no channel with this person."));
  const whole = done && !waiting && !stuck;
  tell(said.join(" "), whole ? "good" : stuck ? "warn" : "calm", whole ? "check" : stuck ? "warn" : "info");
}

function rowOf(item) {
  const { to } = item;
  const box = to === "do" ? h("input", { type: "checkbox", checked: item.chosen, onchange: (event) => { item.chosen = event.target.checked; drawAct(); } }) : icon(SYMBOLS[to]);
  return h("li", {}, h(to === "do" ? "label" : "div", { class: "list-row", "data-item": item.id, "data-to": to }, box,
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, h("span", {}, titleOf(item))), h("span", { class: "row-sub" }, h("span", {}, reasonOf(item)))),
    h("span", { class: "row-side" }, badgeOf(item))));
}

const SYMBOLS = { done: "check", no: "warn", restricted: "lock", private: "direct" };
const titleOf = ({ code, title, store }) => [code, title || (code ? "" : store ? othersOf(store) : t("A channel you are not in"))].filter(Boolean).join(" · ");
const othersOf = (store) => list(store.members.filter((one) => !one.own).map((one) => one.name)) || kindName(store.kind);

function badgeOf({ to, first }) {
  if (to === "done") return badge(t("Handed over"), "good", "check");
  if (to === "no") return badge(t("Not by you"), "bad", "warn");
  if (to === "private") return badge(t("Stays"), "calm");
  if (to === "restricted") return badge(unread.checked ? t("From now on") : t("Closed past"), "warn", "lock");
  return first > 0 ? badge(t("Part of the past"), "warn") : badge(t("From the first message"), "good");
}

function reasonOf({ to, why, first, store }) {
  if (to === "private") return t("A conversation between two people stays with them.");
  if (to === "restricted") return t("Its author keeps something here from this authority. Ask the author to release it, or go on without what was written before.");
  if (to === "no" && why === "not_allowed") return t("Only a coordinator may do this. Ask {names}.", { names: list(store.members.filter((one) => one.role === "o").map((one) => one.name)) });
  if (to === "no" && why === "not_a_member") return t("You are not a member. Whoever coordinates it must hand it over.");
  if (to === "no") return say({ code: why });
  if (to === "do" && first > 0) return t("What was written before a change of the key was never opened to you, or its author keeps it from this authority: that stays closed.");
  return tn("{n} member", "{n} members", store.members.length);
}

// --- The act ---------------------------------------------------------------------------------------------------------------

async function hand() {
  const mine = handing;
  part(root, "back").disabled = true;
  tell(t("Signing and sending. Leave this page open."));
  try {
    await busy(part(root, "hand"), () => mine.run(show));
    if (handing === mine) draw();
  } catch (error) {
    broken(error);
  } finally {
    progress.hidden = true;
    part(root, "back").disabled = false;
  }
}

/** What was answered is done; the rest is as before. The same button reads anew, so that nothing is done twice. */
function broken(error) {
  if (error.code === "locked") return;
  const again = h("button", { type: "button", class: "button button-s", onclick: read }, icon("refresh"), t("Go on"));
  part(root, "word").replaceChildren(banner("bad", "warn", t("{what} What was handed over stays so, and nothing is half done.", { what: say(error) }), again));
  part(root, "acts").hidden = true;
}

before.addEventListener("change", fillAfter);
unread.addEventListener("change", () => {
  for (const item of handing.items) if (item.to === "restricted") item.chosen = unread.checked;
  draw();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(part(root, "look"), look);
});
part(root, "hand").addEventListener("click", hand);
part(root, "back").addEventListener("click", showSeal);
strongroom.addEventListener("open", showSeal);
strongroom.addEventListener("lock", showSeal);
strongroom.resume().then(showSeal);
