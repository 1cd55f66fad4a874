// /keys/: an officer's keys. The browser makes them, shows the words once, checks the paper, stores the sealed vault, asks the focal
// point to vouch, and waits until that has happened. Three ways lead here: a new officer; ?next, a new key that the one in use names; and
// ?lost, new keys after words and code are gone.

import { get, put } from "liaison/api.js";
import { busy, fieldError, byId, h, part } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { language, t } from "liaison/i18n.js";
import { rememberNotMine } from "liaison/not_mine.js";
import { ask } from "liaison/renewal.js";
import { say } from "liaison/say.js";
import { showProblem, showStep } from "liaison/steps.js";
import { withStepUp } from "liaison/stepup.js";
import { strongroom } from "liaison/strongroom.js";
import { wireUnlock } from "liaison/unlocking.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { replay } from "sealed/keylog.js";
import { Identity } from "sealed/keys.js";
import * as safety from "sealed/safety.js";
import { newRecoveryCode, normalise, passphraseWords, sealPassphraseSlot, sealRecoverySlot, showRecoveryCode } from "sealed/slots.js";
import { randomBytes } from "sealed/suite.js";
import * as vault from "sealed/vault.js";

const LOOK_AGAIN = 4000;
const asked = new URLSearchParams(location.search);
const way = asked.has("next") ? "next" : asked.has("lost") ? "lost" : "first";

const root = document.querySelector("[data-keys]");
let made = null;

async function begin() {
  const me = await get("/api/me");
  if (way === "first" && me.officer.kid) return location.replace("/");
  if (way === "first" && me.vault) return waitForVouching(me);
  if (way === "next") {
    const room = await strongroom.resume();
    if (!room) return showStep(root, "unlock", "vouching");
    if (room.next) return waitForVouching(me);
  }
  for (const node of root.querySelectorAll("[data-way]")) node.hidden = node.dataset.way !== way;
  const chosen = root.querySelector(`input[name="words"][value="${language}"]`);
  (chosen || root.querySelector('input[name="words"]')).checked = true;
  showStep(root, "explain", "keys");
  return null;
}

/** What the new keys begin with: the vault in use, or, where there is none to open, an empty one after the stored one. */
async function beginning(me) {
  const room = way === "next" ? await strongroom.open() : null;
  if (room) return { seeds: room.seeds, pins: room.pins.toArray(), counter: room.counter, gen: Math.max(...room.seeds.map(([gen]) => gen)) + 1, previous: room };
  const { leaves } = await get("/api/keylog?from=0");
  const directory = await replay(leaves.map(unb64u));
  const gens = directory.keysOf(unb64u(me.officer.subject)).map(({ gen }) => gen);
  const pins = [directory.roots.get(me.officer.authority) ?? null, 0, null, [], []];
  return { seeds: [], pins, counter: me.vault ? vault.counterOf(unb64u(me.vault)) : 0, gen: Math.max(-1, ...gens) + 1, previous: null };
}

async function makeKeys() {
  const missing = byId("lost-it").checked && !byId("lost-since").value;
  fieldError(byId("lost-since"), missing ? t("Write since when. If you are not sure, take the earliest moment.") : null);
  if (missing) return;
  const me = await get("/api/me");
  const words = passphraseWords(7, root.querySelector('input[name="words"]:checked').value);
  const code = newRecoveryCode();
  made = {
    me, words, code,
    identity: await Identity.create(),
    vaultKey: randomBytes(32),
    from: await beginning(me),
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
  const { me, identity, vaultKey, words, code, from } = made;
  const seeds = [...from.seeds, [from.gen, identity.userSeed]];
  const sealed = await vault.seal(vaultKey, unb64u(me.officer.subject), from.counter + 1, { seeds, pins: from.pins });
  const slots = [{ slot: b64u(await sealPassphraseSlot(words.join(" "), vaultKey)) }, { slot: b64u(await sealRecoverySlot(code, vaultKey)) }];
  await withStepUp(() => put("/api/me/vault", { vault: b64u(sealed), slots }));
  const previous = from.previous && !from.previous.directory.revoked(from.previous.identity.kid) ? from.previous.identity : null;
  await ask({ officer: me.officer, subject: me.officer.subject }, identity, from.gen, previous);
  const now = await get("/api/me");
  await strongroom.enterNew(now, vaultKey);
  await rememberSince();
  words.fill("");
  part(root, "words").replaceChildren();
  part(root, "recovery").textContent = "";
  await waitForVouching(now);
}

/** "Somebody else may have had it since ...": what the old key wrote from then on is disowned when the new one takes its place. */
async function rememberSince() {
  const since = Date.parse(byId("lost-since").value);
  if (byId("lost-it").checked && !Number.isNaN(since)) await rememberNotMine(strongroom.room, since);
}

async function waitForVouching(me) {
  const room = await strongroom.resume();
  if (!room) return showStep(root, "unlock", "vouching");
  const newest = room.next ?? room.identity;
  if (!me.request && me.officer.kid !== b64u(newest.kid)) await ask(room, newest, newest.generation, room.next ? room.identity : null);
  showDigits(part(root, "fingerprint"), await safety.fingerprint(newest.kid));
  showDigits(part(root, "root"), await safety.rootFingerprint(room.pins.ownRoot));
  showStep(root, "vouching");
  part(root, "not-waiting").hidden = !room.next;
  look(b64u(newest.kid));
  return null;
}

async function look(kid) {
  try {
    const me = await get("/api/me");
    if (me.officer.kid === kid) return welcome();
  } catch {
    // No answer now: ask again.
  }
  setTimeout(look, LOOK_AGAIN, kid);
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
byId("lost-it").addEventListener("change", ({ target }) => (part(root, "lost-since").hidden = !target.checked));
wireUnlock(root.querySelector("[data-unlock]"), () => begin().catch((error) => showProblem(root, say(error))));
begin().catch((error) => showProblem(root, say(error)));
