// /authority/: the focal point's desk. Requests are vouched for here: the certificate is signed in this browser.

import { del, get, post } from "liaison/api.js";
import { avatar, badge, busy, byId, confirmed, fieldError, h, icon, part, sealedMark, skeletonRows, toast } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { brief, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { withStepUp } from "liaison/stepup.js";
import { strongroom } from "liaison/strongroom.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { FOCAL, LEFT, certify, makeRevocation, parseRequest } from "sealed/certs.js";
import { signedFor } from "sealed/keylog.js";
import * as safety from "sealed/safety.js";

const YEAR = 366 * 24 * 3600;
const root = document.querySelector("[data-authority-page]");

async function load() {
  const [{ requests }, { officers }, directory] = await Promise.all([get("/api/authority/requests"), get("/api/authority/officers"), get("/api/directory")]);
  const parsed = await Promise.all(requests.map(async (row) => ({ ...row, parsed: await parseRequest(unb64u(row.request)).catch(() => null) })));
  document.querySelector('[data-count="authority"]').textContent = requests.length || "";
  const home = part(root, "requests");
  home.removeAttribute("aria-busy");
  home.replaceChildren(parsed.length ? h("div", { class: "card card-flush" }, h("ul", { class: "rows" }, ...parsed.map((row) => h("li", {}, requestRow(row))))) : nobody());
  const me = document.querySelector(".whoami .avatar")?.dataset.authority;
  part(root, "officers").replaceChildren(...officers.map((one) => h("li", { class: "list-row" }, ...officerRow(one))));
  fillPosts(directory.posts.filter((post) => post.authority === me));
}

function officerRow(one) {
  const sub = [one.username, ...new Set(one.posts), one.organization].filter(Boolean).join(" · ");
  return [avatar(one.name, one.authority),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, h("span", { class: "text" }, one.name)), h("span", { class: "row-sub" }, h("span", { class: "text" }, sub))),
    h("span", { class: "row" }, officerState(one), one.active || one.kid ? officerMenu(one) : null)];
}

function officerState(one) {
  if (!one.active) return badge(t("Account ended"), "calm", "leave");
  if (one.kid) return badge(t("Vouched"), "good", "check");
  if (one.asks) return badge(t("Waits for your word"), "warn", "clock");
  return one.joined ? badge(t("No keys yet"), "calm", "key") : badge(t("Invited"), "calm", "clock");
}

const menuItem = (name, text, work) => h("button", { type: "button", class: "menu-item", onclick: (event) => {
  event.currentTarget.closest("details").open = false;
  work().catch((error) => ["declined", "locked"].includes(error.code) || toast(say(error), { tone: "bad" }));
} }, icon(name), text);

function officerMenu(one) {
  const items = one.active
    ? [menuItem("refresh", one.joined ? t("Lost password or phone") : t("New invitation"), () => inviteAgain(one)),
      one.joined ? menuItem("lock", t("Sign out everywhere"), () => endSessions(one)) : null,
      menuItem("leave", t("End the account"), () => endAccount(one))]
    : [menuItem("key", t("Revoke the key"), () => revoke(one))];
  return h("details", { class: "menu" }, h("summary", { class: "button button-icon", "aria-label": t("More about {name}", { name: one.name }) }, icon("more")),
    h("div", { class: "menu-list" }, ...items));
}

/** Identity is checked by the focal point, face to face: who gets this address gets the account (never what is sealed). */
async function inviteAgain(one) {
  const text = one.joined
    ? t("Make sure that it is this person who asks. Whoever opens the address gets the account; the seven words are still needed for what is sealed.")
    : t("The invitation made before stops working.");
  if (!(await confirmed({ title: t("New invitation for {name}?", { name: one.name }), text, yes: t("Make the invitation") }))) return;
  const made = await withStepUp(() => post(`/api/authority/officers/${one.id}/invitation`, {}));
  showInvitation(made.url);
  byId("invite").showModal();
}

async function endSessions(one) {
  const sure = await confirmed({ title: t("Sign {name} out everywhere?", { name: one.name }), text: t("For a lost or stolen computer. The officer can sign in again."), yes: t("Sign out everywhere"), danger: true });
  if (!sure) return;
  await withStepUp(() => post(`/api/authority/officers/${one.id}/end-sessions`, {}));
  toast(t("{name} is signed out everywhere.", { name: one.name }));
}

/** The account ends and, where there is a key, your signature in the key log takes it back: every country stops sealing to it. */
async function endAccount(one) {
  const text = one.kid
    ? t("The person is out at once and the key is revoked with your signature. What others wrote stays with the channels. This cannot be undone.")
    : t("The person is out at once. This cannot be undone.");
  if (!(await confirmed({ title: t("End the account of {name}?", { name: one.name }), text, yes: t("End the account"), danger: true }))) return;
  if (one.kid) await strongroom.open();
  await withStepUp(() => post(`/api/authority/officers/${one.id}/deactivate`, {}));
  if (one.kid) await revoke(one);
  else await load();
}

async function revoke(one) {
  const room = await strongroom.open();
  await post("/api/keylog/leaves", { leaf: b64u(await makeRevocation(unb64u(one.kid), room.identity, LEFT, Date.now())) });
  await load();
}

const nobody = () => h("p", { class: "muted" }, t("Nobody is waiting. When somebody you invited has made keys, they appear here with the digits to compare."));

function requestRow(row) {
  const name = row.parsed?.display || row.name;
  const same = row.parsed && row.parsed.display === row.name;
  return h("div", { class: "list-row" }, avatar(name, row.parsed?.authority || ""),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, name), h("span", { class: "row-sub" }, h("span", { class: "text" }, `${row.username} · ${t("asked {when}", { when: brief(row.at) })}`))),
    !same ? badge(t("Name differs"), "bad", "warn")
      : row.parsed.role === FOCAL ? badge(t("Needs the root key"), "warn", "key")
        : h("button", { type: "button", class: "button button-primary button-s", onclick: () => compare(row) }, t("Compare and vouch")));
}

/** What kind of key it is that waits: the first, the same with a later date, the next, or one after all was lost. */
async function kindOf(request, directory) {
  const known = directory.key(request.kid);
  if (known) return known.revokedAt === null ? "renewal" : "revoked";
  if (request.gen === 0) return "first";
  return (await signedFor(directory, request)) ? "next" : "reset";
}

const KINDS = {
  first: () => ["calm", "key", t("The first key of this person.")],
  renewal: () => ["calm", "clock", t("The same key as before, which you or a colleague vouched for already: it is only given more time. Make sure that the person still serves.")],
  next: () => ["calm", "refresh", t("A new key. The one in use until now names it, so colleagues go on without being asked. Compare the digits all the same.")],
  reset: () => ["bad", "warn", t("Key reset: the old key does not name this one. Everything was lost, or somebody passes for this person. See the person face to face before you vouch; everybody will see that it was reset.")],
  revoked: () => ["bad", "warn", t("This key was revoked. Refuse it: the person must make a new one.")],
};

async function compare(row) {
  const room = await strongroom.open().catch(() => null);
  if (!room) return;
  const dialog = byId("vouch");
  const [tone, symbol, text] = KINDS[await kindOf(row.parsed, room.directory)]();
  part(dialog, "kind").replaceChildren(h("div", { class: "banner", "data-tone": tone }, icon(symbol), h("p", {}, text)));
  byId("vouch-title").textContent = t("Vouch for {name}", { name: row.parsed.display });
  showDigits(part(dialog, "digits"), await safety.fingerprint(row.parsed.kid));
  const sure = byId("vouch-sure");
  sure.checked = false;
  fieldError(sure, null);
  dialog.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    vouch(row, room, dialog, sure);
  };
  dialog.querySelector("[data-refuse]").onclick = () => refuse(row, dialog);
  dialog.showModal();
}

async function vouch(row, room, dialog, sure) {
  if (!sure.checked) return fieldError(sure, t("Compare the digits first, then tick the box."));
  fieldError(sure, null);
  try {
    await busy(dialog.querySelector(".button-primary"), async () => {
      const now = Math.floor(Date.now() / 1000);
      const leaf = await certify(row.parsed, room.identity, { nbf: now - 3600, exp: now + YEAR });
      await post("/api/keylog/leaves", { leaf: b64u(leaf) });
    });
    dialog.close();
    toast(t("You vouch for {name}. Every country can see it in the key log.", { name: row.parsed.display }));
    await load();
  } catch (error) {
    fieldError(sure, say(error));
  }
  return null;
}

async function refuse(row, dialog) {
  const sure = await confirmed({ title: t("Refuse these keys?"), text: t("The digits did not match: somebody may stand between you. The person must make new keys."), yes: t("Refuse"), danger: true });
  if (!sure) return;
  try {
    await del(`/api/authority/requests/${row.id}`);
    dialog.close();
    await load();
  } catch (error) {
    toast(say(error), { tone: "bad" });
  }
}

function fillPosts(posts) {
  byId("invite-post").replaceChildren(h("option", { value: "" }, t("None yet")), ...posts.map((post) => h("option", { value: post.id }, post.name)));
}

async function showRoot() {
  const room = await strongroom.resume();
  if (room) showDigits(part(root, "root"), await safety.rootFingerprint(room.pins.ownRoot));
  else part(root, "root").replaceChildren(sealedMark());
}

function showInvitation(url) {
  const dialog = byId("invite");
  const host = document.documentElement.dataset.host ?? location.origin; // under `enlace open` the page itself stands on this machine
  part(dialog, "invite-url").textContent = url ? new URL(url, host).href : "";
  part(dialog, "invite-form").hidden = Boolean(url);
  part(dialog, "invite-done").hidden = !url;
  part(dialog, "invite-send").hidden = Boolean(url);
}

function wireInvite() {
  const dialog = byId("invite");
  const form = dialog.querySelector("form");
  dialog.addEventListener("close", () => {
    form.reset();
    showInvitation("");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { name, username, role, post: postField } = form.elements;
    const networks = [...form.querySelectorAll("input[name=network]:checked")].map((input) => input.value);
    const posts = postField.value ? (networks.length ? networks : ["consular"]).map((network) => ({ post: postField.value, network })) : [];
    for (const input of [name, username]) fieldError(input, input.value.trim() ? null : t("Write it here."));
    if (!name.value.trim() || !username.value.trim()) return;
    try {
      const made = await busy(part(dialog, "invite-send"), () =>
        post("/api/authority/invitations", { name: name.value.trim(), username: username.value.trim(), role: role.value, posts, languages: [document.documentElement.lang] }));
      showInvitation(made.url);
      await load();
    } catch (error) {
      for (const [field, text] of Object.entries(error.fields || {})) {
        const input = byId(`invite-${field}`);
        if (input) fieldError(input, [text].flat().join(" "));
      }
      const line = byId("invite-error");
      line.replaceChildren(icon("warn", "icon-s"), say(error));
      line.hidden = Object.keys(error.fields || {}).length > 0;
    }
  });
}

wireInvite();
part(root, "requests").append(...skeletonRows(2));
strongroom.addEventListener("open", showRoot);
showRoot();
load().catch((error) => toast(say(error), { tone: "bad" }));
setInterval(() => document.visibilityState === "visible" && !document.querySelector("dialog[open], details[open]") && load().catch(() => null), 15_000);
