// /keys/: a new officer's keys. The browser makes them, shows the words once, checks the paper, stores the sealed vault,
// asks the focal point to vouch, and waits until that has happened.

import { get, post, put } from "liaison/api.js";
import { busy, fieldError, byId, h, part } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { language, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { showProblem, showStep } from "liaison/steps.js";
import { strongroom } from "liaison/strongroom.js";
import { wireUnlock } from "liaison/unlocking.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { makeRequest, parse } from "sealed/certs.js";
import { Identity } from "sealed/keys.js";
import * as safety from "sealed/safety.js";
import { newRecoveryCode, normalise, passphraseWords, sealPassphraseSlot, sealRecoverySlot, showRecoveryCode } from "sealed/slots.js";
import { randomBytes } from "sealed/suite.js";
import * as vault from "sealed/vault.js";

const ROLES = { officer: 0, supervisor: 1, focal: 2, bot: 4 };
const LOOK_AGAIN = 4000;

const root = document.querySelector("[data-keys]");
let made = null;

async function begin() {
  const me = await get("/api/me");
  if (me.officer.kid) return location.replace("/");
  if (me.vault) return waitForVouching(me);
  const chosen = root.querySelector(`input[name="words"][value="${language}"]`);
  (chosen || root.querySelector('input[name="words"]')).checked = true;
  showStep(root, "explain", "keys");
  return null;
}

/** The own authority's root as the host's key log names it; the officer compares its digits with the onboarding sheet. */
async function ownRoot(authority) {
  const { leaves } = await get("/api/keylog?from=0");
  for (const leaf of leaves) {
    const parsed = await parse(unb64u(leaf)).catch(() => null);
    if (parsed?.type === "root" && parsed.authority === authority) return parsed.public;
  }
  return null;
}

async function makeKeys() {
  const me = await get("/api/me");
  const words = passphraseWords(7, root.querySelector('input[name="words"]:checked').value);
  const code = newRecoveryCode();
  made = {
    me, words, code,
    identity: await Identity.create(),
    vaultKey: randomBytes(32),
    root: await ownRoot(me.officer.authority),
  };
  part(root, "words").replaceChildren(...words.map((word) => h("li", {}, word)));
  part(root, "recovery").textContent = (await showRecoveryCode(code)).replaceAll("-", " ");
  part(root, "sheet-name").textContent = `${me.officer.name} · ${me.officer.authority_name || me.officer.authority}`;
  showDigits(part(root, "sheet-fingerprint"), await safety.fingerprint(made.identity.kid));
  showStep(root, "words", "keys");
}

function askTwoWords() {
  const [first, second] = [...randomBytes(2)];
  const one = first % 7;
  const other = (one + 1 + (second % 6)) % 7;
  made.asked = [Math.min(one, other), Math.max(one, other)];
  for (const [place, name] of made.asked.map((at, index) => [at, "ab"[index]])) {
    part(root, `ask-${name}`).textContent = t("Word {n}", { n: place + 1 });
    byId(`word-${name}`).value = "";
    fieldError(byId(`word-${name}`), null);
  }
  showStep(root, "confirm", "keys");
  byId("word-a").focus();
}

async function confirm(event) {
  event.preventDefault();
  const wrong = made.asked.filter((place, index) => {
    const input = byId(`word-${"ab"[index]}`);
    const good = normalise(input.value) === normalise(made.words[place]);
    fieldError(input, good ? null : t("That is not the word on your sheet."));
    return !good;
  });
  if (wrong.length) return;
  try {
    await busy(event.target.querySelector(".button-primary"), store);
    showProblem(root, null);
  } catch (error) {
    showProblem(root, say(error));
  }
}

/** Seal the vault by both slots, hand in the ciphertext, ask for the certificate. The words stay on this page. */
async function store() {
  const { me, identity, vaultKey, words, code } = made;
  const subject = unb64u(me.officer.subject);
  const pins = [made.root, 0, null, [], []];
  const sealed = await vault.seal(vaultKey, subject, 1, { seeds: [[0, identity.userSeed]], pins });
  const slots = [
    { slot: b64u(await sealPassphraseSlot(words.join(" "), vaultKey)), name: t("Seven words") },
    { slot: b64u(await sealRecoverySlot(code, vaultKey)), name: t("Recovery code") },
  ];
  await put("/api/me/vault", { vault: b64u(sealed), slots });
  const { authority, name, role } = me.officer;
  const request = await makeRequest(identity, { authority, subject, display: name, role: ROLES[role] ?? 0 });
  await post("/api/me/certificate-request", { request: b64u(request) });
  const now = await get("/api/me");
  await strongroom.enterNew(now, vaultKey);
  words.fill("");
  part(root, "words").replaceChildren();
  part(root, "recovery").textContent = "";
  await waitForVouching(now);
}

async function waitForVouching(me) {
  const room = await strongroom.resume();
  if (!room) return showStep(root, "unlock", "vouching");
  if (!me.request && !me.officer.kid) await askAgain(room);
  showDigits(part(root, "fingerprint"), await safety.fingerprint(room.identity.kid));
  showDigits(part(root, "root"), await safety.rootFingerprint(room.pins.ownRoot));
  showStep(root, "vouching");
  look();
  return null;
}

/** The request may have been lost between two pages: it can be made again from the vault. */
async function askAgain(room) {
  const { authority, name, role } = room.officer;
  const request = await makeRequest(room.identity, { authority, subject: unb64u(room.subject), display: name, role: ROLES[role] ?? 0 });
  await post("/api/me/certificate-request", { request: b64u(request) });
}

async function look() {
  try {
    const me = await get("/api/me");
    if (me.officer.kid) return welcome();
  } catch {
    // No answer now: ask again.
  }
  setTimeout(look, LOOK_AGAIN);
  return null;
}

function welcome() {
  part(root, "waiting").replaceChildren(h("b", {}, t("You are vouched for. Welcome.")));
  setTimeout(() => location.replace("/"), 1200);
}

root.querySelector("[data-make]").addEventListener("click", (event) =>
  busy(event.currentTarget, makeKeys).catch((error) => showProblem(root, say(error))));
root.querySelector('[data-step="words"] [data-next]').addEventListener("click", askTwoWords);
root.querySelector("[data-back]").addEventListener("click", () => showStep(root, "words", "keys"));
root.querySelector('[data-form="confirm"]').addEventListener("submit", confirm);
wireUnlock(root.querySelector("[data-unlock]"), () => begin().catch((error) => showProblem(root, say(error))));
begin().catch((error) => showProblem(root, say(error)));
