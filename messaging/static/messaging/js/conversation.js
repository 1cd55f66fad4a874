// A conversation on a page: wires one ChannelStore to the markup of messaging/_conversation.html. Used alone in
// /channels/ and beside a case. `mount(id)` opens a channel in place, `unmount()` leaves it.

import { get } from "liaison/api.js";
import { banner, busy, byId, confirmed, fieldError, h, icon, part, sealedMark, skeletonRows, toast } from "liaison/dom.js";
import { list, t, tn } from "liaison/i18n.js";
import { codeOf, say } from "liaison/say.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { Calling } from "messaging/calling.js";
import { Calls } from "messaging/calls.js";
import { ChannelStore } from "messaging/channel_store.js";
import { Attaching } from "messaging/attaching.js";
import { ChannelView } from "messaging/channel_view.js";
import { departureSentence } from "messaging/departures.js";
import { FileCards } from "messaging/file_card.js";
import { showAdding, showConfirming, showMembers } from "messaging/members.js";
import { MessageMenu } from "messaging/message_menu.js";
import { firstName, kindName, membersLine } from "messaging/sentences.js";
import { nameWindow } from "messaging/page_title.js";
import { WritingHow } from "messaging/writing_how.js";
import { b64u } from "sealed/bytes.js";
import * as message from "sealed/message.js";

const TYPING_SAID = 3000;
const TYPING_SHOWN = 5000;
const DRAFT_AFTER = 600;

export class Conversation extends EventTarget {
  /** `root`: the [data-conversation] element. `options.actLine(row, store)`: how a case shows its acts. */
  constructor(root, options = {}) {
    super();
    this.root = root;
    this.options = options;
    this.typing = new Map();
    const names = ["log", "composer", "text", "send", "banners", "reply", "jump"];
    for (const name of names) this[name] = part(root, name);
    this.how = new WritingHow(part(root, "how"), () => this.store);
    this.calling = new Calling(this.text, part(root, "calling"), part(root, "calling-told"), () => this.calls);
    this.menu = new MessageMenu({ store: () => this.store, reply: (row) => this.#replyTo(row), edit: (row) => this.#edit(row) });
    this.files = new FileCards(() => this.store);
    this.attaching = new Attaching(root, () => this.store, () => this.#typed(false));
    this.view = new ChannelView(this.log, {
      name: (kid) => (kid === this.store?.room.kid ? this.store.person(kid).name : this.store?.person(kid).name || "?"),
      tools: (row) => this.menu.tools(row),
      mark: (row) => (this.store?.writable ? (mark, given) => this.menu.react(row, mark, given) : null),
      file: (row) => this.files.card(row),
      called: (mention) => this.calls?.name(mention) ?? "",
      calledOwn: (row) => Boolean(this.calls?.own(row.message)),
      callSentence: (row) => this.calls?.sentence(row.message) ?? "",
      quoted: (id) => this.goTo(id),
      retry: (row) => this.store.retry(row),
      discard: (row) => this.store.discard(row),
      older: () => this.#older(),
      read: () => this.#read(),
      moved: (atEnd) => this.#showJump(!atEnd),
      actLine: (row) => this.options.actLine?.(row, this.store) || this.steps?.get(row.n) || null,
    });
    this.#wire();
  }

  /** Open a channel here. Shows the sealed state when locked, and opens by itself after unlocking. */
  async mount(id) {
    this.unmount();
    this.id = id;
    this.root.hidden = false;
    this.root.dataset.channel = id;
    part(this.root, "title").replaceChildren(sealedMark());
    part(this.root, "subtitle").textContent = "";
    this.log.setAttribute("aria-busy", "true");
    const room = await strongroom.resume();
    if (this.id !== id || this.store) return; // the strongroom's "open" may have been faster
    if (room) await this.#open(id, room);
    else this.#showSealed();
  }

  unmount() {
    this.#keepDraft();
    this.attaching.clear();
    this.files.clear();
    this.#write(""); // or the next channel would be offered what was meant for this one
    this.store?.close();
    this.store = null;
    this.calls = null;
    this.id = null;
    this.#replyTo(null);
    this.#setHow();
    this.typing.clear();
    this.view.clear();
    this.view.unreadFrom = null;
    this.composer.hidden = true;
    part(this.root, "mute").hidden = true;
    this.banners.replaceChildren();
  }

  async #open(id, room) {
    this.view.clear();
    this.log.append(...skeletonRows(5));
    const store = new ChannelStore(id, room);
    this.store = store;
    try {
      await store.load();
    } catch (error) {
      if (this.store === store) this.#showFailure(error);
      return;
    }
    const calls = await Calls.of(store);
    if (this.store !== store) return;
    this.calls = calls;
    this.steps = await stepsOf(this.options.beside ? null : store.case);
    this.acknowledged = new Set(await store.room.recall("resets-read"));
    // Before anybody can write: restored later it would wipe what was typed meanwhile.
    const draft = await store.room.recall(`draft/${id}`);
    if (this.store !== store) return;
    const written = message.isText(draft) ? message.parse(draft) : { text: "" };
    this.#write(written.text);
    this.#setHow(written);
    this.log.replaceChildren();
    this.log.removeAttribute("aria-busy");
    this.view.unreadFrom = store.ownRead && store.ownRead < store.head ? store.ownRead : null;
    this.#listen(store);
    this.#render();
    this.#head();
    this.#standing();
    this.view.toEnd();
    this.#read();
    if (store.replaced) this.#takeOwnPlace(store);
    this.dispatchEvent(new CustomEvent("opened", { detail: store }));
  }

  #listen(store) {
    store.addEventListener("change", () => {
      this.#whoeverWroteIsDone();
      this.#render();
    });
    store.addEventListener("receipts", () => this.#render());
    store.addEventListener("title", () => this.#head());
    store.addEventListener("members", () => {
      this.#head();
      this.#standing();
    });
    store.addEventListener("problem", () => this.#standing());
  }

  /** Put the cursor where one writes; not on a touch screen, where that would raise the keyboard over the messages. */
  focus() {
    if (matchMedia("(pointer: fine)").matches && !this.composer.hidden) this.text.focus();
    else this.log.focus({ preventScroll: true });
  }

  // --- Drawing -------------------------------------------------------------------------------------------------------

  #render() {
    const { store } = this;
    if (!store || this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      if (this.store !== store) return;
      this.#draw(store);
      if (this.view.stuck) this.#read();
      else this.#showJump(true);
      this.dispatchEvent(new CustomEvent("drawn", { detail: store }));
    });
  }

  #draw(store) {
    this.view.render(closedTogether(store.shown), { more: store.hasOlder, seen: store.seenMarks() });
  }

  /** Bring a message into view, whatever has to be loaded for it. `id`: of its event. */
  async goTo(id) {
    const { store } = this;
    this.view.stuck = false; // what is loaded meanwhile must not pull the reader back to the newest
    const row = await store.find(id).catch((error) => toast(say(error), { tone: "bad" }));
    if (this.store !== store || row === undefined) return;
    this.#draw(store);
    if (!row || !this.view.show(row.key)) toast(t("The message it answers was not shared with you, or is not in this channel."));
  }

  #head() {
    const { store } = this;
    if (!store?.state) return;
    const title = titleOf(store);
    part(this.root, "title").textContent = title;
    if (!this.options.beside) nameWindow(`${title} · Enlace`);
    this.#presence();
    this.#caseLink();
    part(this.root, "sealed-for").textContent = tn("Sealed for {n} member", "Sealed for {n} members", store.state.members.size);
    const mayChange = store.role === "o" && !store.problem;
    part(this.root, "add").hidden = !mayChange || store.kind === "direct";
    part(this.root, "rename").hidden = !store.writable || store.kind === "direct";
    part(this.root, "leave").hidden = !store.role || store.state.members.size < 2;
  }

  #caseLink() {
    const link = part(this.root, "case");
    const { code } = this.store.case || {};
    link.hidden = !code || this.options.beside;
    if (!code) return;
    link.href = `/cases/${code}/`;
    link.querySelector("span").textContent = t("Open the case");
  }

  #presence() {
    const { store } = this;
    if (!store?.state) return;
    const here = store.members.filter((member) => !member.own && member.officer && socket.isOnline(member.officer));
    const words = here.length === 0 ? "" : here.length <= 2 ? t("{names} here now", { names: list(here.map((member) => firstName(member.name))) }) : t("{n} here now", { n: here.length });
    part(this.root, "subtitle").replaceChildren(
      ...(here.length ? [h("span", { class: "dot", "data-state": "here" }), h("span", {}, words), h("span", { "aria-hidden": "true" }, "·")] : []),
      h("span", {}, store.kind === "direct" ? kindName("direct") : membersLine(store.members)));
  }

  /** What stands in the way of writing, and what the officer should know about the people here. */
  #standing() {
    const { store } = this;
    const notes = [];
    if (store.problem && !store.removed) {
      notes.push(banner("bad", "warn", [t("From position {n} on this channel is not shown.", { n: store.problem.n }), say(store.problem),
        t("What stands before is whole. Do not write here: ask a colleague by phone what they see, and tell your focal point.")].join(" ")));
    }
    for (const { granter, code } of store.problem ? [] : store.badKeys) {
      const { name } = store.person(granter);
      notes.push(banner("bad", "key", [code === "missing_epoch_key" ? t("A key that {name} gave you for this channel did not arrive as it was given.", { name }) : t("A key that {name} gave you for this channel does not open.", { name }),
        t("Messages stay closed, and none is lost. Ask any member to open the earlier messages to you again.")].join(" "),
      store.writable ? h("button", { type: "button", class: "button button-s", onclick: () => this.#ask(name) }, t("Ask here")) : null));
    }
    if (store.state?.rekeyPending && !store.problem) {
      notes.push(banner("seal", "key", t("Somebody left. The key changes before the next message."),
        store.writable ? h("button", { type: "button", class: "button button-s", onclick: () => this.#rotate() }, t("Change it now")) : null));
    }
    for (const kid of store.forks) {
      if (store.room.identities.has(kid)) notes.push(banner("bad", "warn", t("You have read another past of this channel than the one the server shows now. Nothing of yours was lost; do not write here, ask a colleague by phone what they see, and tell your focal point.")));
      else notes.push(banner("bad", "warn", t("{name} has signed another past of this channel than the one you see. Speak by phone: the server may be showing each of you something else.", { name: store.person(kid).name })));
    }
    const resets = store.problem ? [] : resetsOf(store);
    for (const reset of resets) notes.push(this.#resetBanner(reset));
    this.banners.replaceChildren(...notes);
    const mute = part(this.root, "mute");
    this.composer.hidden = !store.writable || resets.some(({ kid }) => !this.acknowledged.has(kid));
    mute.hidden = store.writable || store.badKeys.length > 0 || Boolean(store.problem && !store.removed);
    mute.textContent = whyMute(store);
  }

  /** A new key that the old one did not name: nobody writes on before a person has read that, and confirming it is another's act. */
  #resetBanner({ kid, name, inChannel }) {
    const text = inChannel
      ? t("{name} has a new key that the old one did not confirm. Speak with {name} by phone before you write.", { name })
      : t("Key reset: {name} has a new key that the old one did not confirm. Either everything was lost, or somebody passes for {name}. Speak face to face or by a phone number you already know: until one of you has compared the digits and confirms the key, it opens nothing here.", { name });
    const check = h("button", { type: "button", class: "button button-s", onclick: () => (inChannel ? showMembers(this.store, kid) : showConfirming(this.store, kid)) }, inChannel ? t("Compare digits") : t("Compare and confirm"));
    const seen = h("button", { type: "button", class: "button button-s button-quiet", onclick: () => this.#acknowledge(kid) }, t("I know. Write on"));
    const node = banner("bad", "warn", text, [check, this.acknowledged.has(kid) ? null : seen]);
    node.dataset.reset = kid;
    return node;
  }

  async #acknowledge(kid) {
    this.acknowledged.add(kid);
    this.#standing();
    this.focus();
    await this.store.room.remember("resets-read", [...this.acknowledged]);
  }

  /** A new key of one's own takes its place here before anything is written. */
  async #takeOwnPlace(store) {
    try {
      await store.takeOwnPlace();
    } catch (error) {
      if (error.code !== "not_confirmed") toast(say(error), { tone: "bad" });
    }
  }

  #showSealed() {
    this.view.clear();
    this.log.removeAttribute("aria-busy");
    this.log.append(h("div", { class: "sealed-block" }, icon("lock", "icon-l"), h("p", {}, t("This conversation is sealed. Your passphrase opens it, in this browser only.")),
      h("button", { type: "button", class: "button button-primary", "data-action": "unlock" }, icon("unlock"), t("Unlock"))));
  }

  #showFailure(error) {
    this.view.clear();
    this.log.removeAttribute("aria-busy");
    this.log.replaceChildren(h("div", { class: "empty" }, icon("warn", "icon-l"), h("h2", {}, t("This channel is not opened")), h("p", {}, say(error)), h("code", {}, codeOf(error)),
      h("button", { type: "button", class: "button", onclick: () => this.mount(this.id) }, icon("refresh"), t("Try again"))));
    this.dispatchEvent(new CustomEvent("failed", { detail: error }));
  }

  #showJump(on) {
    this.jump.hidden = !on;
    const unread = this.store ? this.store.shown.filter((row) => row.n !== null && row.n >= this.store.ownRead && !row.own && row.kind === "text").length : 0;
    part(this.root, "jump-text").textContent = unread ? tn("{n} new message", "{n} new messages", unread) : t("Newest");
  }

  // --- Acting --------------------------------------------------------------------------------------------------------

  #wire() {
    this.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.#typed());
    this.jump.addEventListener("click", () => this.view.toEnd());
    part(this.root, "reply-cancel").addEventListener("click", () => this.#replyTo(null));
    part(this.root, "people").addEventListener("click", () => this.store?.state && showMembers(this.store));
    part(this.root, "add").addEventListener("click", () => showAdding(this.store));
    part(this.root, "rename").addEventListener("click", () => this.#rename());
    part(this.root, "leave").addEventListener("click", () => this.#leave());
    socket.addEventListener("typing", ({ detail }) => this.#heardTyping(detail));
    for (const kind of ["presence", "hello"]) socket.addEventListener(kind, () => this.#presence());
    strongroom.addEventListener("open", () => this.id && !this.store && this.#open(this.id, strongroom.room));
    strongroom.addEventListener("lock", () => this.#locked());
    document.addEventListener("visibilitychange", () => this.#read());
    addEventListener("focus", () => this.#read());
    addEventListener("pagehide", () => this.#keepDraft());
  }

  #locked() {
    if (!this.id) return;
    const { id } = this;
    clearTimeout(this.draftTimer);
    this.store?.close();
    this.store = null;
    this.calls = null;
    this.attaching.clear();
    this.files.clear(); // opened pictures are content, too, and so is the quote above the box
    this.#replyTo(null);
    this.#write("");
    this.#setHow();
    this.composer.hidden = true;
    this.banners.replaceChildren();
    this.id = id;
    for (const name of ["members", "safety", "adding", "renaming", "message-acts", "forwarding", "versions", "withdrawing", "writing-how"]) byId(name)?.close();
    part(this.root, "title").replaceChildren(sealedMark());
    part(this.root, "subtitle").textContent = "";
    this.#showSealed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      if (this.replying || this.editing) this.#replyTo(null);
      else this.dispatchEvent(new Event("escape"));
    } else if (event.key === "ArrowUp" && !this.text.value) {
      const last = this.store?.shown.findLast((row) => row.kind === "text" && !row.own && row.state === "ok" && !row.withdrawn);
      if (last) {
        event.preventDefault();
        this.#replyTo(last);
      }
    }
  }

  async #submit() {
    const text = this.text.value.trim();
    if ((!text && !this.attaching.any) || !this.store?.writable) return;
    if (this.attaching.any && !this.editing) return this.#share(text);
    const { replying, editing } = this;
    const how = this.#how();
    if (!editing) {
      this.#write("");
      this.#setHow();
    }
    this.#replyTo(null); // where a message was edited, what was being written before comes back
    this.typedAt = 0; // the message itself ends "writing…"; what is typed next says so again
    this.#typed(false);
    this.view.stuck = true;
    this.view.unreadFrom = null;
    try {
      if (editing) await this.#change(editing, text, how);
      else await this.store.send(text, replying?.eventId, how);
      this.store.room.forget(`draft/${this.id}`);
    } catch (error) {
      if (editing) this.#edit(editing);
      this.text.value = text; // nothing that was typed is lost
      this.#setHow(how);
      this.#typed(false);
      toast(say(error), { tone: "bad" });
    }
  }

  /** Files leave with the text, once they have arrived; an answer goes before them as its own message. */
  async #share(text) {
    const { store, replying } = this;
    const how = this.#how();
    const send = part(this.root, "send");
    try {
      await busy(send, async () => {
        const shared = await this.attaching.take();
        if (replying && text) await store.send(text, replying.eventId, how);
        await store.share(shared, replying ? "" : text, how);
      });
      if (this.store !== store) return;
      this.#write("");
      this.#setHow();
      this.#replyTo(null);
      this.view.toEnd();
      store.room.forget(`draft/${this.id}`);
    } catch (error) {
      toast(say(error), { tone: "bad" });
    }
    this.#typed(false);
  }

  #replyTo(row) {
    if (this.editing) {
      this.#write(this.setAside.text);
      this.#setHow(this.setAside);
    }
    this.editing = null;
    this.replying = row;
    this.#above(row && row.sender.name, row);
  }

  /** The words of an own message come into the box, to be sent in their place; what was being written there comes back after. */
  #edit(row) {
    this.setAside = this.#written();
    this.replying = null;
    this.editing = row;
    this.#setHow(row.message);
    this.#above(t("You edit"), row);
    this.#write(row.text);
  }

  #change(row, text, how) {
    const { handling, evaluation } = row.message;
    const same = text === row.text && JSON.stringify([how.handling, how.evaluation]) === JSON.stringify([handling, evaluation]);
    return same ? null : this.store.edit(row, text, how);
  }

  #above(who, row) {
    this.reply.hidden = !row;
    part(this.root, "reply-who").textContent = who || "";
    part(this.root, "reply-text").textContent = row?.text || "";
    if (row) this.text.focus();
  }

  #typed(say = true) {
    part(this.root, "send").disabled = !this.text.value.trim() && !this.attaching.any;
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.#keepDraft(), DRAFT_AFTER);
    const now = Date.now();
    if (say && this.text.value && now - (this.typedAt || 0) > TYPING_SAID && socket.send({ t: "typing", channel: this.id })) this.typedAt = now;
  }

  #heardTyping({ channel, officer }) {
    if (channel !== this.id || !this.store?.state) return;
    const member = this.store.members.find((one) => one.officer === String(officer) && !one.own);
    if (!member) return;
    clearTimeout(this.typing.get(member.kid)?.timer);
    this.typing.set(member.kid, { name: firstName(member.name), from: this.store.head, timer: setTimeout(() => this.#stoppedTyping(member.kid), TYPING_SHOWN) });
    this.#showTyping();
  }

  #stoppedTyping(kid) {
    clearTimeout(this.typing.get(kid)?.timer);
    this.typing.delete(kid);
    this.#showTyping();
  }

  #whoeverWroteIsDone() {
    for (const [kid, { from }] of this.typing) {
      if ([...this.store.rows.values()].some((row) => row.n >= from && row.sender.kid === kid)) this.#stoppedTyping(kid);
    }
  }

  #showTyping() {
    const names = [...this.typing.values()].map((one) => one.name);
    part(this.root, "typing").textContent = names.length ? t("{names} writing…", { names: list(names) }) : "";
  }

  #read() {
    if (!this.store?.state || document.visibilityState !== "visible" || !document.hasFocus() || !this.view.atEnd) return;
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => this.store?.markRead().then(() => this.dispatchEvent(new CustomEvent("read", { detail: { id: this.id } }))).catch(() => null), 300);
  }

  #older() {
    this.store?.state && this.store.loadOlder()?.catch((error) => toast(say(error), { tone: "bad" }));
  }

  async #rotate() {
    await this.store.rotate().catch((error) => toast(say(error), { tone: "bad" }));
  }

  #rename() {
    const dialog = byId("renaming");
    const input = byId("rename-title");
    input.value = this.store.title || "";
    fieldError(input, null);
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      const title = input.value.trim();
      if (!title) return fieldError(input, t("Write a title."));
      dialog.close();
      return this.store.rename(title).catch((error) => toast(say(error), { tone: "bad" }));
    };
    dialog.showModal();
    input.select();
  }

  /** Put the request into the box: the person sends it, or adds to it. */
  #ask(name) {
    this.text.value = t("A key that {name} gave me for this channel does not open. Could somebody give me the history? Members, my name, Give history.", { name });
    this.text.dispatchEvent(new Event("input"));
    this.focus();
  }

  async #leave() {
    const warning = departureSentence(this.store, this.store.room.kid);
    const sure = await confirmed({
      title: t("Leave this channel?"),
      text: [warning, t("You will not read what comes after. The others change the key. A coordinator can add you again.")].filter(Boolean).join(" "),
      yes: warning ? t("Leave all the same") : t("Leave"), danger: true,
    });
    if (!sure) return;
    try {
      const { id } = this.store;
      await this.store.leave();
      this.dispatchEvent(new CustomEvent("left", { detail: { id } }));
    } catch (error) {
      toast(say(error), { tone: "bad" });
    }
  }

  // --- Drafts: sealed in this browser, gone with the vault ------------------------------------------------------------

  #keepDraft() {
    clearTimeout(this.draftTimer);
    const room = this.store?.room;
    if (!room || !this.id || !strongroom.room) return;
    const name = `draft/${this.id}`;
    const written = this.#written();
    (written.text.trim() ? room.remember(name, message.bodyOf(written)) : room.forget(name)).catch(() => null);
  }

  /** What is being written anew, how it is to be handled with it: a draft that comes back must not come back open. */
  #written() {
    return this.editing ? this.setAside : { text: this.text.value, ...this.#how() };
  }

  /** What goes beside the words: {handling, evaluation, mentions}. */
  #how() {
    return { ...this.how.value, mentions: this.calling.value };
  }

  #setHow(how = {}) {
    this.how.set(how);
    this.calling.set(how.mentions);
  }

  #write(text) {
    this.text.value = text;
    part(this.root, "send").disabled = !text.trim();
  }
}

/** What each act of a case says, by its place; empty where the case page beside it already knows, or nothing answers. */
async function stepsOf(row) {
  if (!row) return new Map();
  const { timeline } = await get(`/api/cases/${row.code}`).catch(() => ({ timeline: [] }));
  return new Map(timeline.map(({ n, sentence }) => [n, sentence]));
}

/** The sealed title; for a direct channel the other person's name; for a case without one, its code. */
export function titleOf(store) {
  if (store.kind === "case" && !store.title && store.case) return store.case.code;
  if (store.kind === "direct" || !store.title) {
    const others = store.members.filter((member) => !member.own).map((member) => member.name);
    if (store.kind === "direct" || others.length) return others.length ? list(others.slice(0, 4)) : t("Only you");
  }
  return store.title || t("Untitled");
}

/** New keys that a person should know of: [{kid, name, inChannel: is it the member here already?}]. */
const resetsOf = (store) => [
  ...store.members.filter((member) => !member.own && member.reset && !member.verified).map(({ kid, name }) => ({ kid, name, inChannel: true })),
  ...store.awaiting.map(({ name, anew }) => ({ kid: b64u(anew.kid), name, inChannel: false })),
];

function whyMute(store) {
  if (store.removed || !store.role) return t("You are no longer a member. What is written from now on is not sealed for you.");
  if (store.replaced) return t("Your new key waits here until a colleague compares the digits with you and confirms it. Call one of them.");
  return t("You read here. Writing is for writers and coordinators.");
}

/** Runs of messages that were not shared with this reader become one line. */
function closedTogether(rows) {
  const shown = [];
  for (const row of rows) {
    const last = shown.at(-1);
    if (row.state === "closed" && last?.state === "closed" && row.lost === last.lost) {
      shown[shown.length - 1] = { ...last, many: (last.many || 1) + 1, version: (last.many || 1) + 1 };
    } else shown.push(row);
  }
  return shown;
}
