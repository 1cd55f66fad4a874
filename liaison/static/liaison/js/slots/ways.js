// The ways to unlock on /me/: what there is, what its owner calls it, a security key more, and a lock less. A lock that is taken away
// goes together with the vault key that it opened (docs/adr/0026-a-lock-goes-with-its-key.md).

import { get, post, put } from "liaison/api.js";
import { busy, byId, confirmed, fieldError, h, icon, part, toast } from "liaison/dom.js";
import { brief, full, language, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import * as device from "liaison/slots/device.js";
import * as securityKey from "liaison/slots/security_key.js";
import { tried, withStepUp } from "liaison/stepup.js";
import { strongroom } from "liaison/strongroom.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { PASSKEY, sealPasskeySlot } from "sealed/passkey.js";
import { PASSPHRASE, RECOVERY, newRecoveryCode, openSlot, openSlotName, passphraseWords, sealPassphraseSlot, sealRecoverySlot, sealSlotName, showRecoveryCode, slotHeader } from "sealed/slots.js";

const SYMBOLS = { [PASSPHRASE]: "key", [RECOVERY]: "print", [PASSKEY]: "sign" };
const kindOf = ({ type }) => ({ [PASSPHRASE]: t("Seven words"), [RECOVERY]: t("Recovery code"), [PASSKEY]: t("Security key") })[type];
const LONGEST_NAME = 60;

let root;
let rows = [];

/** Show them in `home`'s [data-part="slots"] and wire its buttons. */
export function wireWays(home) {
  root = home;
  for (const button of root.querySelectorAll("[data-renew]")) button.addEventListener("click", () => tried(button, () => change(button.dataset.renew)));
  const add = root.querySelector("[data-add-key]");
  add.hidden = !securityKey.possible();
  add.addEventListener("click", () => tried(add, addKey));
  strongroom.addEventListener("open", () => show());
  strongroom.addEventListener("lock", () => show());
}

export async function showWays() {
  ({ slots: rows } = await get("/api/me"));
  await show();
}

async function show() {
  const [ways, until] = [await Promise.all(rows.map(wayRow)), await device.until()];
  part(root, "slots").replaceChildren(...ways, ...(until ? [deviceRow(until)] : []));
}

/** What was chosen here, for here: no other browser shows it. */
function deviceRow(until) {
  const forget = async () => {
    await device.forget();
    await show();
    toast(t("From now on this browser locks after 15 minutes without a touch."));
  };
  return h("li", { class: "list-row" }, icon("clock"),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, t("This browser")),
      h("span", { class: "row-sub" }, t("opens without words until {when}", { when: full(until) }))),
    h("button", { type: "button", class: "button button-quiet button-s", onclick: (event) => tried(event.currentTarget, forget) }, t("Forget")));
}

/** What its owner calls it; "" while locked, or where there is no name that opens. */
async function nameOf(row, vaultKey = strongroom.room?.vaultKey) {
  if (!vaultKey || !row.name) return "";
  try {
    return (await openSlotName(vaultKey, slotHeader(unb64u(row.slot)).slotId, unb64u(row.name))) ?? "";
  } catch {
    return "";
  }
}

async function wayRow(row) {
  const name = await nameOf(row);
  const made = t("Made {when}", { when: brief(row.created) });
  const action = (text, work) => h("button", { type: "button", class: "button button-quiet button-s", "aria-label": `${text}: ${name || kindOf(row)}`, onclick: (event) => tried(event.currentTarget, work) }, text);
  return h("li", { class: "list-row", "data-slot": row.id }, icon(SYMBOLS[row.type]),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, name || kindOf(row)),
      h("span", { class: "row-sub" }, name ? `${kindOf(row)} · ${made}` : made)),
    h("span", { class: "stack-s" }, action(t("Name it"), () => rename(row)), row.type === PASSKEY ? action(t("Remove"), () => change("key", row)) : null));
}

// --- Names and new keys ----------------------------------------------------------------------------------------------

const sealedName = async (vaultKey, slotId, name) => (name ? b64u(await sealSlotName(vaultKey, slotId, name)) : "");

/** The dialog that takes a name; `work(name)` runs when it is said. An error of it is told there, and the dialog stays. */
function askName({ title, text, yes, name = "" }, work) {
  const dialog = byId("slot-name");
  const input = byId("slot-name-text");
  byId("slot-name-title").textContent = title;
  part(dialog, "about").textContent = text;
  dialog.querySelector("[data-yes]").textContent = yes;
  input.value = name;
  fieldError(input, null);
  dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    try {
      await busy(dialog.querySelector("[data-yes]"), () => work([...input.value.trim()].slice(0, LONGEST_NAME).join("")));
      dialog.close();
    } catch (error) {
      if (error.code !== "declined") fieldError(input, say(error));
    }
  };
  dialog.showModal();
}

async function rename(row) {
  const room = await strongroom.open();
  const { slotId } = slotHeader(unb64u(row.slot));
  askName({ title: kindOf(row), text: "", yes: t("Keep this name"), name: await nameOf(row) }, async (name) => {
    await put(`/api/me/slots/${row.id}`, { name: await sealedName(room.vaultKey, slotId, name) });
    await showWays();
  });
}

async function addKey() {
  const room = await strongroom.open();
  const text = t("It opens your keys at {host} only, and signs nobody in. The server learns nothing from it. Take two, and keep one somewhere else.", { host: location.hostname });
  askName({ title: t("Add a security key"), text, yes: t("Touch it now") }, async (name) => {
    const { slotId, slot } = await securityKey.enrol(room.vaultKey, rows);
    await withStepUp(async () => post("/api/me/slots", { slot: b64u(slot), name: await sealedName(room.vaultKey, slotId, name) }));
    await showWays();
    toast(t("This key opens your keys from now on."));
  });
}

// --- Other locks -----------------------------------------------------------------------------------------------------

const TITLES = {
  passphrase: () => t("Your new seven words and recovery code"),
  recovery: () => t("Your new recovery code"),
  key: () => t("Remove this security key"),
};

/** `kind` "passphrase": new words and a new code; "recovery": a new code; "key": the same without the security key `gone`. The words
 *  that stay are asked for: the new vault key must be sealed under them, and nobody kept them. */
async function change(kind, gone = null) {
  await strongroom.open();
  await showWays();
  const dialog = byId("renewed");
  const [words, code] = [kind === "passphrase" ? passphraseWords(7, language) : null, newRecoveryCode()];
  const kept = securityKey.keysHere(rows).filter(({ row }) => row.id !== gone?.id);
  const input = byId("renewed-words");
  byId("renewed-title").textContent = TITLES[kind]();
  part(dialog, "renewed").replaceChildren(
    ...(words ? [h("ol", { class: "words" }, ...words.map((word) => h("li", {}, word)))] : []),
    h("h3", {}, t("Recovery code")), h("p", { class: "recovery" }, (await showRecoveryCode(code)).replaceAll("-", " ")));
  part(dialog, "typed").hidden = Boolean(words);
  part(dialog, "touch").hidden = !kept.length;
  input.value = "";
  fieldError(input, null);
  dialog.addEventListener("close", () => {
    part(dialog, "renewed").replaceChildren();
    input.value = "";
  }, { once: true });
  dialog.querySelector("[data-renewed]").onclick = (event) => tried(event.currentTarget, async () => {
    const passphrase = words ? words.join(" ") : await typedWords(input);
    if (passphrase === null) return;
    await relock({ passphrase, code, keys: await touched(kept) });
    dialog.close();
    await showWays();
    toast(t("The new one works from now on."));
  });
  dialog.showModal();
}

/** The words, when they are those that open now; else null, and the field says so. A slip of the pen would lock their owner out. */
async function typedWords(input) {
  for (const row of rows.filter(({ type }) => type === PASSPHRASE)) {
    if (await openSlot(unb64u(row.slot), input.value)) return input.value;
  }
  fieldError(input, say(new EnlaceError("bad_passphrase")));
  input.focus();
  return null;
}

/** Each key that stays is touched once more, for its new slot. One that is not at hand goes, if its owner says so. */
async function touched(kept) {
  const opened = [];
  for (const one of kept) {
    const name = (await nameOf(one.row)) || kindOf(one.row);
    try {
      opened.push(await securityKey.open([one]));
    } catch (error) {
      const text = t("{name} did not answer. Without it at hand it must be removed too; you can add it again later.", { name });
      if (!(await confirmed({ title: t("Go on without this key?"), text, yes: t("Go on without it"), danger: true }))) throw new EnlaceError("declined");
    }
  }
  return opened;
}

async function relock({ passphrase, code, keys }) {
  const called = async (type) => nameOf(rows.find((row) => row.type === type) ?? {}, strongroom.room.vaultKey);
  const names = { [PASSPHRASE]: await called(PASSPHRASE), [RECOVERY]: await called(RECOVERY) };
  for (const { row } of keys) names[row.id] = await nameOf(row);
  const seal = async (vaultKey) => {
    const named = async (slot, name) => ({ slot: b64u(slot), name: await sealedName(vaultKey, slotHeader(slot).slotId, name) });
    return [
      await named(await sealPassphraseSlot(passphrase, vaultKey), names[PASSPHRASE]),
      await named(await sealRecoverySlot(code, vaultKey), names[RECOVERY]),
      ...(await Promise.all(keys.map(async ({ row, passkey, answer }) => named(await sealPasskeySlot(passkey, answer, vaultKey), names[row.id])))),
    ];
  };
  await strongroom.changeLocks(seal, withStepUp);
}
