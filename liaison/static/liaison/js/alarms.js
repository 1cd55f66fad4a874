// What an officer is told at once, on every page, about the keys: a log that is not the one seen before (with the proof to save), a
// key in the own name that somebody else holds, a witness that has gone quiet, a certificate that runs out.

import { banner, h } from "liaison/dom.js";
import { date, full, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";

const WARN = 30 * 24 * 3600_000;

/** Show them in the page's [data-alarms], now and whenever they change. */
export function wireAlarms() {
  const home = document.querySelector("[data-alarms]");
  strongroom.addEventListener("refused", ({ detail }) => home.replaceChildren(refused(detail.error)));
  const judge = () => home.replaceChildren(...[...strongroom.strangers.map(stranger), strongroom.witnessStale && stale(), runningOut()].filter(Boolean));
  strongroom.addEventListener("open", judge);
  strongroom.addEventListener("directory", judge);
}

const refused = (error) => banner("bad", "warn", say(error), error.proof ? proofButton(error.proof) : null);

/** Two heads that the host signed and that cannot both be true: anybody can check them without this browser. */
function proofButton(proof) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(proof)], { type: "application/json" }));
  return h("a", { class: "button button-s", href: address, download: `enlace-${proof.code}.json` }, t("Save the proof"));
}

function stranger(key) {
  const issuer = strongroom.room.directory.key(key.issuerKid)?.display ?? key.authority;
  return banner("bad", "warn", t("A key was issued in your name on {date} by {issuer}, and this vault does not hold it. Whoever has it can pass for you. Call your focal point now and have it revoked; warn your contacts by another way.", { date: full(key.nbf * 1000), issuer }));
}

/** The own certificate, a month before its end: the focal point has the request by then (renewal.js). */
function runningOut() {
  const { room } = strongroom;
  const key = room?.vouched && room.directory.key(room.identity.kid);
  const left = key ? key.exp * 1000 - Date.now() : Infinity;
  if (left > WARN) return null;
  return left > 0
    ? banner("warn", "clock", t("Your key is vouched for until {date}. Your focal point has your request to renew it. Remind them.", { date: date(key.exp * 1000) }))
    : banner("bad", "clock", t("Your key was vouched for until {date}. Nobody can bring you into another channel until your focal point has renewed it. Where you are already, you go on.", { date: date(key.exp * 1000) }));
}

const stale = () => banner("warn", "clock", t("The witness of your authority has not confirmed the key log for three days. The server could be hiding a revoked key; before you trust a new key, compare its digits. Tell your focal point."));
