// Draws a conversation. One renderer for messages from the store, from the line and from this keyboard: a row is drawn
// the same wherever it came from. Knows no key, no fetch.

import { authorityMark, avatar, clone, h, icon, time } from "liaison/dom.js";
import { day, full, hour, list, t, tn } from "liaison/i18n.js";
import { say, sayAsRead } from "liaison/say.js";
import { marksLine } from "messaging/reactions.js";
import { controlSentences, firstName } from "messaging/sentences.js";
import { editedMark, tombstone } from "messaging/versions.js";
import { howMarks } from "messaging/writing_how.js";

const TOGETHER = 5 * 60_000; // messages of one person within five minutes read as one
const NEAR = 80; // px from the end that still count as "reading the newest"

export class ChannelView {
  /**
   * `log`: the scrolling element. `hooks`: name(kid) -> display name; tools(row) -> the buttons beside a message; mark(row) -> how
   * to give or take back a mark, null for who only reads; quoted(id): go to the message that is answered;
   * called(mention) -> a name; calledOwn(row): does it call this officer?; callSentence(row): whom it calls; retry(row); discard(row); older(); file(row) -> its file as a node; read() when the newest is on screen; actLine(row) -> the sentence of an act of a case, or null.
   */
  constructor(log, hooks) {
    this.log = log;
    this.hooks = hooks;
    this.drawn = new Map();
    this.unreadFrom = null;
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(log);
    this.stuck = true;
  }

  get atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.stuck = true;
  }

  /** Show `rows` in order. `more` = there are older ones to fetch. `seen` = Map key -> [{name, at}] for own messages. */
  render(rows, { more = false, seen = new Map() } = {}) {
    const stay = this.stuck;
    const anchor = stay ? null : this.#anchor();
    const items = this.#items(rows, more, seen);
    const keep = new Set(items.map((item) => item.key));
    for (const [key, drawn] of this.drawn) {
      if (keep.has(key)) continue;
      drawn.node.remove();
      this.drawn.delete(key);
    }
    const nodes = items.map((item) => this.#draw(item));
    let next = this.log.firstElementChild;
    for (const node of nodes) {
      if (node === next) next = next.nextElementSibling;
      else this.log.insertBefore(node, next);
    }
    while (next) {
      const stale = next;
      next = next.nextElementSibling;
      stale.remove();
    }
    if (stay) this.toEnd();
    else if (anchor && this.drawn.has(anchor.key)) this.log.scrollTop += this.drawn.get(anchor.key).node.getBoundingClientRect().top - anchor.top;
  }

  clear() {
    this.drawn.clear();
    this.log.replaceChildren();
    this.stuck = true;
  }

  /** Bring one message into view and mark it for a moment. */
  show(key) {
    const node = this.drawn.get(key)?.node;
    if (!node) return false;
    this.stuck = false;
    node.scrollIntoView({ block: "center" });
    node.dataset.found = "true";
    node.focus({ preventScroll: true });
    setTimeout(() => delete node.dataset.found, 2000);
    return true;
  }

  #scrolled() {
    this.stuck = this.atEnd;
    if (this.stuck) this.hooks.read?.();
    if (this.log.scrollTop < 200) this.hooks.older?.();
    this.hooks.moved?.(this.stuck);
  }

  /** The first message on screen and where it stands, so that it stays put while older ones are added above. */
  #anchor() {
    const top = this.log.getBoundingClientRect().top;
    for (const node of this.log.children) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top && /^[nc]:/.test(node.dataset.key || "")) return { key: node.dataset.key, top: box.top };
    }
    return null;
  }

  #items(rows, more, seen) {
    const items = more ? [{ key: "older", make: () => olderMark() }] : [];
    let shownDay = "";
    let before = null;
    const firstUnread = this.unreadFrom === null ? null : rows.find((row) => !row.hidden && row.n !== null && row.n >= this.unreadFrom);
    rows.forEach((row, place) => {
      if (row.hidden) return;
      const when = row.at || row.sentAt;
      const dayText = day(when);
      if (dayText !== shownDay) {
        shownDay = dayText;
        before = null;
        items.push({ key: `day:${new Date(when).toDateString()}`, version: dayText, make: () => h("div", { class: "day" }, dayText) });
      }
      if (row === firstUnread && !row.own) {
        before = null;
        items.push({ key: "unread", make: () => h("div", { class: "unread-mark", role: "separator" }, t("New")) });
      }
      const after = rows.slice(place + 1).find((next) => !next.hidden);
      const first = !together(before, row);
      const last = !together(row, after);
      items.push({ key: row.key, version: versionOf(row, first, last, seen.get(row.key)), make: () => this.#make(row, first, last, seen.get(row.key)) });
      before = row;
    });
    return items;
  }

  #draw(item) {
    const known = this.drawn.get(item.key);
    if (known && known.version === item.version) return known.node;
    const node = item.make();
    node.dataset.key = item.key;
    known?.node.remove();
    this.drawn.set(item.key, { node, version: item.version });
    return node;
  }

  #make(row, first, last, seers) {
    if (row.state === "failed") return this.#broken(row);
    if (row.state === "closed") return closedMark(row);
    if (row.kind === "text") return this.#message(row, first, last, seers);
    if (row.kind === "act") return notice("cases", this.hooks.actLine?.(row) || t("A step of the case was signed"), row);
    if (row.kind === "control") return notice(controlIcon(row), controlSentences(row, this.hooks.name).join(". "), row);
    if (row.kind === "amendment") return h("div", { class: "notice" }, icon("edit", "icon-s"), t("Your change of a message"), h("div", { class: "message-foot" }, ...this.#foot(row)));
    if (row.kind === "title") return notice("edit", t("{who} named the channel “{title}”", { who: row.sender.name, title: row.title }), row);
    return notice("info", row.line || t("Something of a newer version of Enlace. Reload to see it."), row);
  }

  #message(row, first, last, seers) {
    const node = clone("message-template");
    Object.assign(node.dataset, { own: row.own, first, last, state: row.state });
    if (row.message && !row.own && !row.withdrawn && this.hooks.calledOwn(row)) node.dataset.called = "true";
    if (!row.own) node.prepend(avatar(row.sender.name, row.sender.authority));
    node.querySelector(".message-head").append(
      h("b", {}, row.sender.name), authorityMark(row.sender.authority), time(row.at || row.sentAt, hour(row.at || row.sentAt), full(row.at || row.sentAt)));
    const bubble = node.querySelector(".bubble");
    if (row.replyTo) bubble.append(this.#quote(row));
    if (row.withdrawn) bubble.append(tombstone(row));
    else if (row.file) bubble.append(this.hooks.file(row), ...(row.text ? [h("span", { class: "caption" }, row.text)] : []));
    else bubble.append(...this.#words(row));
    const marks = marksLine(row, this.hooks.mark(row));
    if (marks) node.querySelector(".message-foot").before(marks);
    node.querySelector(".message-foot").append(...this.#foot(row, seers));
    if (!first) node.setAttribute("aria-label", `${row.sender.name}, ${hour(row.at || row.sentAt)}`);
    if (row.state === "ok") node.querySelector(".bubble-row").append(this.hooks.tools(row) || "");
    return node;
  }

  /** The text, with whom it calls marked in it. */
  #words(row) {
    const names = (row.message?.mentions || []).map((one) => `@${this.hooks.called(one)}`).filter((name) => row.text.includes(name));
    if (!names.length) return [row.text];
    const pieces = row.text.split(new RegExp(`(${names.sort((one, other) => other.length - one.length).map(RegExp.escape ?? escaped).join("|")})`, "u"));
    return pieces.map((piece, at) => (at % 2 ? h("span", { class: "call" }, piece) : piece));
  }

  /** What is answered, as a way to it: loaded or not. */
  #quote({ replyId, replyTo }) {
    const words = !replyTo.sender ? [t("An earlier message")] : [h("b", {}, replyTo.sender.name), replyTo.withdrawn ? t("A withdrawn message") : replyTo.text || replyTo.file || ""];
    return h("button", { type: "button", class: "quote", title: t("Go to the message it answers"), onclick: () => this.hooks.quoted(replyId) }, ...words);
  }

  #foot(row, seers) {
    if (row.state === "sending") return [icon("clock"), h("span", { class: "visually-hidden" }, t("Sending"))];
    if (row.state === "waiting") return [icon("clock"), t("Waiting for the connection")];
    if (row.state === "refused") {
      return [icon("warn"), h("span", {}, say({ code: row.code })),
        h("button", { type: "button", onclick: () => this.hooks.retry(row) }, t("Send again")),
        h("button", { type: "button", onclick: () => this.hooks.discard(row) }, t("Discard"))];
    }
    const foot = [this.#callMark(row), ...howMarks(row), editedMark(row)].filter(Boolean);
    if (row.changing) foot.push(icon("clock"), t("A change is on its way"));
    if (row.repudiated) foot.push(icon("warn"), t("The author says: not mine"));
    if (seers?.length) foot.push(seenBy(seers));
    else if (row.own && row.newestOwn) foot.push(icon("check"), h("span", {}, t("Sent")));
    return foot;
  }

  #callMark(row) {
    if (!row.message?.mentions.length || row.withdrawn) return null;
    return h("span", { class: "call-mark" }, this.hooks.calledOwn(row) ? t("Calls you") : this.hooks.callSentence(row));
  }

  /** Says which check failed and keeps the place: never a blank, never a guess. */
  #broken(row) {
    const who = row.sender?.name ? t("Position {n}, under the key of {who}.", { n: row.n, who: row.sender.name }) : t("Position {n}.", { n: row.n });
    return h("article", { class: "message-broken", tabindex: "-1", role: "note" }, icon("warn"),
      h("div", {}, h("b", {}, sayAsRead(row.code)), h("p", {}, who, " ", h("code", {}, row.code))));
  }
}

const escaped = (words) => words.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const together = (one, other) =>
  Boolean(one && other && one.kind === "text" && other.kind === "text" && one.sender.kid === other.sender.kid && one.state !== "failed" && other.state !== "failed" &&
    Math.abs(new Date(other.at || other.sentAt) - new Date(one.at || one.sentAt)) < TOGETHER &&
    day(one.at || one.sentAt) === day(other.at || other.sentAt));

const versionOf = (row, first, last, seers) =>
  [row.version || 0, row.state, row.code, row.n, first, last, row.newestOwn, row.sender?.name, row.replyTo?.text, row.amended, row.changing, (seers || []).map((one) => one.name + one.at)].join("|");

function seenBy(seers) {
  const latest = seers.reduce((newest, one) => (one.at > newest ? one.at : newest), seers[0].at);
  const names = list(seers.map((one) => firstName(one.name)));
  const title = seers.map((one) => `${one.name}: ${full(one.at)}`).join("\n");
  const text = seers.length > 4 ? t("Seen by {n}, {time}", { n: seers.length, time: hour(latest) }) : t("Seen by {names}, {time}", { names, time: hour(latest) });
  return h("span", { class: "seen-by", title }, icon("checks"), text);
}

const olderMark = () => h("p", { class: "older muted text-s" }, h("span", { class: "spinner" }), " ", t("Earlier messages…"));

const closedMark = (row) =>
  h("div", { class: "message-closed" }, icon("lock", "icon-s"), closedLine(row));

const closedLine = ({ many = 1, lost }) => {
  if (lost) return tn("{n} message stays closed: its key did not arrive", "{n} messages stay closed: their key did not arrive", many);
  return many > 1 ? t("{n} earlier messages were not shared with you", { n: many }) : t("An earlier message was not shared with you");
};

const notice = (symbol, text, row) => h("div", { class: "notice" }, icon(symbol, "icon-s"), text, " ", time(row.at, hour(row.at), full(row.at)));

function controlIcon(row) {
  const first = row.changes[0]?.[0];
  return { genesis: "channels", add: "person-add", remove: row.changes[0]?.[1] === row.sender.kid ? "leave" : "person-remove", hist: "key", role: "authority", policy: "edit" }[first] || "refresh";
}
