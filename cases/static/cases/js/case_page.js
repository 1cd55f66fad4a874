// One case: signs the acts that its forms ask for, opens what is sealed in place, and follows the case as it moves.

import { ApiError } from "liaison/api.js";
import { busy, byId, clone, confirmed, pageData, part, sealedWord, toast } from "liaison/dom.js";
import { list, t, tn } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { officersToBringIn } from "cases/desks.js";
import { clearErrors, complete, nameCodes, nameCountries, readFields, readSealed, showRefusal, suggestDates } from "cases/fields.js";
import { followLock } from "cases/lock.js";
import { Persons } from "cases/persons.js";
import { addOrAsk } from "messaging/closed_past.js";
import { Conversation } from "messaging/conversation.js";
import { signGuestAct } from "messaging/guest.js";

const root = document.querySelector("[data-case]");
const data = pageData();
const channel = root.dataset.channel;
let store = null;
let refused = null; // why the channel did not open

nameCountries(document);
nameCodes(document);
followLock();

// --- The channel beside the case ---------------------------------------------------------------------------------------

const sentences = new Map((data.timeline ?? []).map((step) => [step.n, step.sentence]));
const box = document.querySelector("[data-conversation]");
const talk = box && new Conversation(box, { beside: true, actLine: (row) => sentences.get(row.n) });
talk?.addEventListener("opened", ({ detail }) => opened(detail));
talk?.addEventListener("failed", ({ detail }) => (refused = detail));
talk?.mount(channel);

async function opened(opening) {
  store = opening;
  refused = null;
  await opening.loadAll();
  if (store !== opening) return; // locked meanwhile
  unseal();
  opening.addEventListener("change", unseal);
  await bringDesksIn();
}

/** -> the opened channel. Whoever signs at once after unlocking waits for it instead of being refused. */
function openedStore() {
  if (!talk) throw new ApiError("not_a_member", t("You are not in the channel of this case."), {});
  if (refused) throw refused;
  return store ?? new Promise((done, fail) => {
    talk.addEventListener("opened", ({ detail }) => done(detail), { once: true });
    talk.addEventListener("failed", ({ detail }) => fail(detail), { once: true });
  });
}

/** Sealed fields are shown where the server left room for them. */
function unseal() {
  for (const slot of document.querySelectorAll("[data-sealed]")) {
    const record = store?.records.get(slot.dataset.sealed);
    slot.replaceChildren(record ? String(record.value) : store ? slot.dataset.fallback ?? "—" : sealedWord());
    slot.classList.toggle("sealed", !store);
  }
  for (const label of document.querySelectorAll("[data-refs] label")) {
    part(label, "name").textContent = nameOf(label.querySelector("input").value);
  }
}

const nameOf = (ref) => String(store?.records.get(`${ref}/name`)?.value ?? "");

strongroom.addEventListener("lock", () => {
  store = null;
  unseal();
});

// --- Bringing an accepted desk into the channel --------------------------------------------------------------------------

/** A desk that accepted is added, with the history, by the first coordinator who has the case open. */
async function bringDesksIn() {
  if (store.role !== "o" || store.problem) return;
  const missing = officersToBringIn(store.shown, store.state, store.directory);
  try {
    if (missing.length) {
      if (await addOrAsk(store, missing, "o")) toast(tn("{n} officer of the desk that accepted is now in the channel.", "{n} officers of the desk that accepted are now in the channel.", missing.length), { tone: "good" });
    }
    await takeStrangersOut();
  } catch (error) {
    toast(say(error), { tone: "bad" });
  }
}

/** The server's hint that somebody's authority no longer takes part; a person decides. */
async function takeStrangersOut() {
  const strangers = (data.strangers ?? []).filter((kid) => store.state.members.has(kid) && kid !== store.room.kid);
  if (!strangers.length) return;
  const names = list(strangers.map((kid) => store.person(kid).name));
  const yes = await confirmed({ title: t("Take them out of the channel?"), text: t("The authority of {names} no longer takes part in this case. Taking them out changes the key.", { names }), yes: t("Take out"), danger: true });
  if (!yes) return;
  for (const kid of strangers) await store.remove(kid);
}

// --- Forms that sign ---------------------------------------------------------------------------------------------------------

const editors = new Map();
for (const objects of document.querySelectorAll('form[data-act] [data-type="objects"]')) {
  const numbers = (data.persons ?? []).map(({ ref }) => Number(ref.slice(1)));
  editors.set(objects.closest("form"), new Persons(objects, Math.max(0, ...numbers) + 1));
}

/** What the opener of a dialog gives: which step it answers, and whom it is about. */
function prepare(dialog, opener) {
  const form = dialog.querySelector("form[data-act]");
  if (!form) return;
  form.dataset.replyTo = opener.dataset.replyTo ?? "";
  clearErrors(form);
  suggestDates(form);
  const asked = (opener.dataset.persons ?? "").split(" ").filter(Boolean);
  for (const field of form.querySelectorAll('[data-type="refs"]')) fillRefs(field, asked);
  editors.get(form)?.clear();
}

const present = () => (data.persons ?? []).filter((person) => person.state !== "off");

function fillRefs(field, asked) {
  const list = field.querySelector("[data-refs]");
  const chosen = new Set(asked.length ? asked : present().length === 1 ? present().map(({ ref }) => ref) : []);
  list.replaceChildren(...present().map(({ ref }) => {
    const label = clone("ref-template");
    label.querySelector("input").value = ref;
    label.querySelector("input").checked = chosen.has(ref);
    part(label, "ref").textContent = ref;
    part(label, "name").textContent = nameOf(ref);
    return label;
  }));
  sayChosen(field);
}

function sayChosen(field) {
  const n = field.querySelectorAll("input:checked").length;
  field.querySelector("[data-refs-chosen]").textContent = tn("{n} chosen", "{n} chosen", n);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener && byId(opener.dataset.opens)) prepare(byId(opener.dataset.opens), opener);
  const all = event.target.closest("[data-refs-all], [data-refs-none]");
  if (all) {
    const field = all.closest('[data-type="refs"]');
    for (const input of field.querySelectorAll("input")) input.checked = "refsAll" in all.dataset;
    sayChosen(field);
  }
  const pane = event.target.closest("[data-show-pane]");
  if (pane) root.dataset.show = pane.dataset.showPane;
  const record = event.target.closest("[data-record]");
  if (record) editRecord(record.dataset.record);
}, true);
document.addEventListener("change", (event) => {
  const field = event.target.closest('[data-type="refs"]');
  if (field) sayChosen(field);
});

/** Acts whose receiving authority is that of the post chosen: asked once, not twice. */
const NAMES_THE_RECEIVER = new Set(["referral.propose", "plan", "depart", "handover.give"]);

function actOf(form) {
  const act = { act: form.dataset.act, v: 1 };
  for (const fixed of form.querySelectorAll("[data-fixed]")) act[fixed.name] = fixed.value;
  if (form.dataset.replyTo) act.reply_to = form.dataset.replyTo;
  Object.assign(act, readFields(form));
  if (NAMES_THE_RECEIVER.has(act.act)) act.to = form.querySelector('[name="post"]')?.selectedOptions[0]?.dataset.authority;
  const editor = editors.get(form);
  if (editor) act.persons = editor.coded();
  return act;
}

async function sign(form) {
  const room = await strongroom.open();
  const act = actOf(form);
  if (data.sight !== "content") {
    await signGuestAct(room, channel, act);
    return;
  }
  await (await openedStore()).actWith(act, editors.get(form)?.sealed() ?? []);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  clearErrors(form);
  const whole = [complete(form), editors.get(form)?.complete() ?? true];
  if (!whole.every(Boolean)) return;
  try {
    await busy(form.querySelector("[data-sign]"), () => sign(form));
    location.reload();
  } catch (error) {
    if (error.code !== "locked") showRefusal(form, say(error), error.fields);
  }
});

// --- Sealed records ------------------------------------------------------------------------------------------------------------

const recordForm = document.querySelector("[data-record-form]");

function editRecord(ref) {
  if (!store) {
    strongroom.open().catch(() => null);
    return;
  }
  recordForm.dataset.ref = ref;
  clearErrors(recordForm);
  const sort = ref === "case" ? "case" : "person";
  for (const group of recordForm.querySelectorAll("[data-record-fields]")) {
    group.hidden = group.dataset.recordFields !== sort;
    for (const field of group.querySelectorAll("[data-sealed-field]")) {
      const record = store.records.get(`${ref}/${field.dataset.sealedField}`);
      field.querySelector("input, textarea").value = record ? String(record.value) : "";
    }
  }
  byId("record-title").textContent = ref === "case" ? t("Sealed record of the case") : t("Sealed record of {ref}", { ref });
  byId("record").showModal();
}

recordForm?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { ref } = recordForm.dataset;
  const group = recordForm.querySelector(`[data-record-fields="${ref === "case" ? "case" : "person"}"]`);
  const written = new Map(readSealed(group));
  const fields = [...group.querySelectorAll("[data-sealed-field]")].map((field) => field.dataset.sealedField);
  const changed = fields
    .map((name) => [name, written.get(name) ?? ""])
    .filter(([name, value]) => value !== String(store.records.get(`${ref}/${name}`)?.value ?? ""));
  try {
    if (changed.length) await busy(recordForm.querySelector("[data-sign]"), () => store.record(ref, changed));
    byId("record").close();
    unseal();
  } catch (error) {
    showRefusal(recordForm, say(error), error.fields);
  }
});

// --- Following the case ----------------------------------------------------------------------------------------------------------

const typing = () => document.querySelector("dialog[open]") || document.querySelector("[data-conversation] textarea")?.value;

/** Somebody else moved the case: shown at once where nothing would be lost by it, else offered. */
function moved() {
  if (document.visibilityState === "hidden" || !typing()) location.reload();
  else part(root, "changed").hidden = false;
}

socket.addEventListener("case", ({ detail }) => {
  const frame = detail ?? {};
  if (frame.id === channel && frame.n > Number(root.dataset.version)) moved();
});
// A step taken between the rendering of this page and its socket's greeting, or while the line was gone.
socket.addEventListener("hello", ({ detail }) => {
  if ((detail?.heads?.[channel] ?? Infinity) > Number(root.dataset.version)) checkStatus();
});
// Officers who are asked but not in the channel hear of the case by their authority's board, and of being let in by their socket.
if (data.sight !== "content") {
  socket.addEventListener("board", () => checkStatus());
  socket.addEventListener("joined", ({ detail }) => detail?.channel === channel && moved());
}

let checking = 0;
function checkStatus() {
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const answer = await fetch(`/api/cases/${root.dataset.case}`, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).case.version > Number(root.dataset.version)) moved();
  }, 300);
}
