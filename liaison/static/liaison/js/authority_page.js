// /authority/: the focal point's desk. Requests are vouched for here: the certificate is signed in this browser.

import { del, get, post } from "liaison/api.js";
import { avatar, badge, busy, byId, confirmed, fieldError, h, icon, part, sealedMark, skeletonRows, toast } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { brief, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { FOCAL, certify, parseRequest } from "sealed/certs.js";
import * as safety from "sealed/safety.js";

const YEAR = 366 * 24 * 3600;
const root = document.querySelector("[data-authority-page]");

async function load() {
  const [{ requests }, directory] = await Promise.all([get("/api/authority/requests"), get("/api/directory")]);
  const parsed = await Promise.all(requests.map(async (row) => ({ ...row, parsed: await parseRequest(unb64u(row.request)).catch(() => null) })));
  document.querySelector('[data-count="authority"]').textContent = requests.length || "";
  const home = part(root, "requests");
  home.removeAttribute("aria-busy");
  home.replaceChildren(parsed.length ? h("div", { class: "card card-flush" }, h("ul", { class: "rows" }, ...parsed.map((row) => h("li", {}, requestRow(row))))) : nobody());
  const me = document.querySelector(".whoami .avatar")?.dataset.authority;
  const posts = new Map(directory.posts.map((post) => [post.id, post]));
  const mine = directory.officers.filter((one) => one.authority === me);
  part(root, "officers").replaceChildren(...mine.map((one) => h("li", { class: "list-row" }, avatar(one.name, one.authority),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, one.name), h("span", { class: "row-sub" }, one.posts.map((id) => posts.get(id)?.name).filter(Boolean).join(" · "))),
    badge(t("Vouched"), "good", "check"))));
  fillPosts(directory.posts.filter((post) => post.authority === me));
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

async function compare(row) {
  const room = await strongroom.open().catch(() => null);
  if (!room) return;
  const dialog = byId("vouch");
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

function wireInvite() {
  const dialog = byId("invite");
  const form = dialog.querySelector("form");
  const show = (done) => {
    part(dialog, "invite-form").hidden = done;
    part(dialog, "invite-done").hidden = !done;
    part(dialog, "invite-send").hidden = done;
  };
  dialog.addEventListener("close", () => {
    form.reset();
    part(dialog, "invite-url").textContent = "";
    show(false);
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
      part(dialog, "invite-url").textContent = new URL(made.url, location.origin).href;
      show(true);
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
setInterval(() => document.visibilityState === "visible" && !document.querySelector("dialog[open]") && load().catch(() => null), 15_000);
