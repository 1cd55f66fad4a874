// /me/: own fingerprint, ways to unlock, places signed in.

import { del, get, post } from "liaison/api.js";
import { badge, confirmed, fact, h, icon, part, toast } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { brief, date, full, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { showWays, wireWays } from "liaison/slots/ways.js";
import { tried } from "liaison/stepup.js";
import { strongroom } from "liaison/strongroom.js";
import { b64u } from "sealed/bytes.js";
import { STOLEN, makeRevocation } from "sealed/certs.js";
import * as safety from "sealed/safety.js";

const root = document.querySelector("[data-me]");

async function load() {
  await showWays();
  const { sessions } = await get("/api/me/sessions");
  part(root, "sessions").replaceChildren(...sessions.map(sessionRow));
}

async function showKey() {
  const room = await strongroom.resume();
  if (!room) return;
  showDigits(part(root, "fingerprint"), await safety.fingerprint(room.identity.kid));
  part(root, "key-state").replaceChildren(room.vouched ? badge(t("Vouched"), "good", "check") : badge(t("Not vouched"), "warn", "warn"));
  const key = room.directory.key(room.identity.kid);
  part(root, "key-facts").replaceChildren(
    fact(t("Key number"), String(room.identity.generation + 1)),
    ...(key ? [fact(t("Vouched for until"), date(key.exp * 1000))] : []),
    ...(room.next ? [fact(t("The next key"), t("waits for your focal point"))] : []));
  root.querySelector("[data-revoke]").hidden = !room.vouched;
}

/** At once, by the key itself: whoever has it can seal and sign nothing more in this name. What it wrote before stays. */
async function revokeOwn() {
  const room = await strongroom.open().catch(() => null);
  if (!room) return;
  const sure = await confirmed({
    title: t("Revoke your key now?"),
    text: t("Every country stops sealing to it at once, and you too can write nothing with it. A new key is then a reset: a colleague in each channel must confirm it. If you still have your computer, take a new key first and say there that somebody may have the old one."),
    yes: t("Revoke my key"), danger: true,
  });
  if (!sure) return;
  await post("/api/keylog/leaves", { leaf: b64u(await makeRevocation(room.identity.kid, room.identity, STOLEN, Date.now())) });
  location.assign("/keys/?next");
}

function sessionRow(session) {
  return h("li", { class: "list-row" }, icon("me"),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, session.current ? [t("This browser"), session.device].filter(Boolean).join(" · ") : session.device || t("Another browser")),
      h("span", { class: "row-sub" }, h("span", { class: "text" }, t("since {when}", { when: brief(session.created) })))),
    session.current ? badge(t("Here"), "good") : h("button", { type: "button", class: "button button-quiet button-s", title: full(session.created), onclick: (event) =>
      tried(event.currentTarget, async () => {
        await del(`/api/me/sessions/${session.id}`);
        await load();
      }) }, t("End")));
}

root.querySelector("[data-revoke]").addEventListener("click", (event) => tried(event.currentTarget, revokeOwn));
wireWays(root);
strongroom.addEventListener("open", showKey);
showKey();
load().catch((error) => toast(say(error), { tone: "bad" }));
