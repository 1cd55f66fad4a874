// /directory/: people and posts. Works while locked (names as the server lists them); unlocked, the key log has the word.

import { authorityMark, avatar, badge, byId, h, icon, part, skeletonRows } from "liaison/dom.js";
import { showDigits } from "liaison/digits.js";
import { t, tn } from "liaison/i18n.js";
import { directoryOf } from "liaison/people.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { unb64u } from "sealed/bytes.js";
import * as safety from "sealed/safety.js";

const root = document.querySelector("[data-directory]");
const home = part(root, "list");
const filter = root.querySelector("[data-filter]");
let data = null;
let kind = "officers";

async function load() {
  const room = await strongroom.resume();
  data = await directoryOf(room);
  home.removeAttribute("aria-busy");
  draw();
}

function draw() {
  if (!data) return;
  const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => text.includes(word));
  const groups = new Map();
  const put = (code, node) => groups.set(code, [...(groups.get(code) || []), node]);
  if (kind === "officers") for (const one of data.people) has(one.search) && put(one.authority, personRow(one));
  else for (const one of data.posts) has(postSearch(one)) && put(one.authority, postRow(one));
  const found = [...groups.values()].reduce((sum, rows) => sum + rows.length, 0);
  part(root, "found").textContent = tn("{n} found", "{n} found", found);
  home.replaceChildren(...[...groups].map(([code, rows]) =>
    h("section", { class: "stack-s" }, h("h2", { class: "rows-head row" }, authorityMark(code), data.authorities.get(code)?.name || code),
      h("ul", { class: "rows" }, ...rows.map((row) => h("li", {}, row))))));
  if (!found) home.append(h("div", { class: "empty" }, icon("directory", "icon-l"), h("h2", {}, t("Nobody fits these words")), h("p", {}, t("Search by name, country, city, post or language."))));
}

const postSearch = (post) => [post.name, post.city, post.country, data.authorities.get(post.authority)?.name, post.authority].join(" ").toLocaleLowerCase();

function personRow(one) {
  return h("button", { type: "button", class: "list-row button-wide", onclick: () => showPerson(one) },
    avatar(one.name, one.authority),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, h("span", { class: "text" }, one.own ? t("{name} (you)", { name: one.name }) : one.name)),
      h("span", { class: "row-sub" }, h("span", { class: "text" }, [roleOf(one.role), one.postLine].filter(Boolean).join(" · ")))),
    h("span", { class: "row-side" }, strongroom.room && !one.usable ? badge(t("Not trusted"), "bad", "warn") : badge(t("Vouched"), "good", "check")));
}

const roleOf = (role) => ({ officer: t("Officer"), supervisor: t("Supervisor"), focal: t("Focal point"), secretariat: t("Secretariat"), bot: t("System") })[role] || role;

function postRow(post) {
  return h("div", { class: "list-row" }, h("span", { class: "avatar avatar-icon", "aria-hidden": "true" }, icon("post")),
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, h("span", { class: "text" }, post.name)),
      h("span", { class: "row-sub" }, h("span", { class: "text" }, [kindOf(post.kind), post.city].filter(Boolean).join(" · ")))),
    h("span", { class: "row-side" }, post.open === undefined ? null : badge(post.open ? t("Open now") : t("Closed now"), post.open ? "good" : "calm", "clock"), localTime(post.tz)));
}

const kindOf = (name) => ({ desk: t("Desk"), border: t("Border post"), consulate: t("Consulate"), shelter: t("Shelter") })[name] || name;

function localTime(zone) {
  if (!zone) return null;
  try {
    return h("span", {}, t("{time} there", { time: new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date()) }));
  } catch {
    return null; // a zone this browser does not know
  }
}

async function showPerson(one) {
  const dialog = byId("officer");
  byId("officer-name").textContent = one.name;
  const digits = h("p", { class: "digits" });
  showDigits(digits, await safety.fingerprint(unb64u(one.kid)));
  part(dialog, "officer").replaceChildren(
    h("div", { class: "person" }, avatar(one.name, one.authority, "avatar-l"), h("div", {}, h("b", {}, one.authorityName), h("small", {}, roleOf(one.role)))),
    h("dl", { class: "facts" },
      ...one.served.map((post) => h("div", {}, h("dt", {}, kindOf(post.kind) || t("Post")), h("dd", {}, post.name))),
      one.languages?.length ? h("div", {}, h("dt", {}, t("Languages")), h("dd", {}, one.languages.join(", ").toUpperCase())) : null),
    h("div", { class: "stack-s" }, h("h3", {}, t("Fingerprint of the key")), digits));
  const write = part(dialog, "write");
  write.hidden = one.own;
  write.href = `/channels/?with=${one.kid}`;
  dialog.showModal();
}

for (const button of root.querySelectorAll("[data-shows-kind]")) {
  button.addEventListener("click", () => {
    kind = button.dataset.showsKind;
    for (const other of root.querySelectorAll("[data-shows-kind]")) other.setAttribute("aria-pressed", String(other === button));
    draw();
  });
}
filter.addEventListener("input", draw);
strongroom.addEventListener("open", () => load().catch(() => null));
home.append(...skeletonRows(6));
load().catch((error) => home.replaceChildren(h("p", { class: "error" }, say(error))));
