// /channels/ and /channels/<id>/: the list and one conversation, changed in place without loading the page again.

import { banner, pageData, toast } from "liaison/dom.js";
import { say } from "liaison/say.js";
import { t, tn } from "liaison/i18n.js";
import { strongroom } from "liaison/strongroom.js";
import { ChannelList } from "messaging/channel_list.js";
import { Conversation } from "messaging/conversation.js";
import { showCreating } from "messaging/creating.js";
import { nameWindow } from "messaging/page_title.js";
import { behind, takeOwnPlaces } from "messaging/own_place.js";

const panes = document.querySelector("[data-panes]");
const nothing = document.querySelector("[data-nothing-open]");
const filter = document.querySelector("[data-channel-filter]");
const conversation = new Conversation(document.querySelector("[data-conversation]"));
const channels = new ChannelList(document.querySelector("[data-channel-list]"), filter, document.querySelectorAll("[data-list-kind]"), (id) => open(id));

function show(id) {
  panes.dataset.show = id ? "second" : "first";
  nothing.hidden = Boolean(id);
  channels.setCurrent(id);
  if (id) conversation.mount(id).catch((error) => toast(say(error), { tone: "bad" }));
  else {
    conversation.unmount();
    conversation.root.hidden = true;
    nameWindow(`${t("Channels")} · Enlace`);
  }
}

function open(id, { replace = false } = {}) {
  if (conversation.id === id) {
    panes.dataset.show = "second";
    return;
  }
  history[replace ? "replaceState" : "pushState"]({}, "", id ? `/channels/${id}/` : "/channels/");
  show(id);
}

const fromPath = () => location.pathname.match(/^\/channels\/([\w-]{43})\//)?.[1] || null;

function create(preset = null) {
  showCreating((id) => {
    channels.load().catch(() => null);
    open(id);
  }, preset);
}

/** Single keys, only while nobody is typing. */
function key(event) {
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "n") {
    event.preventDefault();
    create();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.closest("[data-part=log], .list-row")) {
    event.preventDefault();
    channels.move(event.key === "ArrowDown" ? 1 : -1);
  }
}

conversation.addEventListener("opened", () => conversation.focus());
conversation.addEventListener("escape", () => document.querySelector(".list-row[aria-current]")?.focus());
conversation.addEventListener("drawn", ({ detail: store }) => channels.take(store));
conversation.addEventListener("read", ({ detail }) => channels.markRead(detail.id));
conversation.addEventListener("left", () => {
  open(null, { replace: true });
  channels.load().catch(() => null);
});
conversation.root.querySelector("[data-part=back]").addEventListener("click", (event) => {
  event.preventDefault();
  open(null);
});
document.addEventListener("click", (event) => event.target.closest("[data-new-channel]") && create());
document.addEventListener("keydown", key);
addEventListener("popstate", () => show(fromPath()));

const first = pageData("page-channel") || fromPath();
if (first) show(first);
const filled = channels.load().catch((error) => toast(say(error), { tone: "bad" }));
const wanted = new URLSearchParams(location.search).get("with");
if (pageData("page-start") === "new" || wanted) {
  history.replaceState({}, "", "/channels/");
  create(wanted && /^[\w-]{43}$/.test(wanted) ? wanted : null);
}

/** Officers who got a new key find it in all their channels without opening each. */
async function moveOwnKey() {
  await filled;
  const { room } = strongroom;
  const rows = room ? behind(room, channels.rows).filter(({ id }) => id !== conversation.id) : [];
  if (!rows.length) return;
  const home = document.querySelector("[data-moving]");
  const said = (done, of) => home.replaceChildren(banner("seal", "key", t("Your new key goes into your channels: {done} of {of}.", { done, of })));
  said(0, rows.length);
  const waiting = await takeOwnPlaces(room, rows, said);
  const text = tn("In {n} channel a colleague must confirm your new key. Open it and see who is there to call.", "In {n} channels a colleague must confirm your new key. Open one and see who is there to call.", waiting.length);
  home.replaceChildren(...(waiting.length ? [banner("warn", "key", text)] : []));
  await channels.load();
}

strongroom.addEventListener("open", () => moveOwnKey().catch((error) => toast(say(error), { tone: "bad" })));
strongroom.resume();
