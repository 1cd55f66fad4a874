// The list of channels: sealed titles opened in place, newest first, unread marks. Titles and last lines are kept in
// this browser sealed by a key of the vault, so that the list stands at once and only what changed is opened again.

import { ApiError, get } from "liaison/api.js";
import { avatar, h, icon, skeletonRows } from "liaison/dom.js";
import { brief, full, t, tn } from "liaison/i18n.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { Calls } from "messaging/calls.js";
import { ChannelStore } from "messaging/channel_store.js";
import { titleOf } from "messaging/conversation.js";
import { callsInTitle } from "messaging/page_title.js";
import { kindName, preview } from "messaging/sentences.js";
import { AMENDMENTS } from "sealed/amend.js";
import { unb64u } from "sealed/bytes.js";
import { parse } from "sealed/events.js";

const COUNTED = 200; // of the unread messages of a channel, so many are looked through for calls
const AT_ONCE = 2; // channels opened at the same time while the list fills

export class ChannelList {
  /** `root` [data-channel-list], `filter` input, `kinds` the buttons all | talk | case, `onopen(id)` when a row is chosen. */
  constructor(root, filter, kinds, onopen) {
    Object.assign(this, { root, filter, kinds, onopen, rows: [], known: new Map(), current: null, shown: "all" });
    filter.addEventListener("input", () => this.#draw());
    for (const button of kinds) button.addEventListener("click", () => this.#showKind(button.dataset.listKind));
    for (const kind of ["events", "joined", "left"]) socket.addEventListener(kind, ({ detail }) => this.#changed(detail));
    for (const kind of ["hello", "presence"]) socket.addEventListener(kind, () => this.#draw());
    strongroom.addEventListener("open", () => this.#openTitles());
    strongroom.addEventListener("lock", () => {
      this.known.clear();
      callsInTitle(0);
      this.#draw();
    });
    root.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("keydown", (event) => this.#keyed(event));
  }

  #showKind(kind) {
    this.shown = kind;
    for (const button of this.kinds) button.setAttribute("aria-pressed", String(button.dataset.listKind === kind));
    this.#draw();
  }

  async load() {
    if (!this.rows.length) this.root.replaceChildren(...skeletonRows(6));
    const { channels } = await get("/api/channels");
    this.rows = channels;
    this.root.removeAttribute("aria-busy");
    this.#draw();
    if (await strongroom.resume()) await this.#openTitles();
  }

  setCurrent(id) {
    this.current = id;
    this.#draw();
  }

  /** The conversation open on this page has verified more than this list: take title and last line from its store. */
  async take(store) {
    const known = await knownOf(store);
    const before = this.known.get(store.id);
    if (before && before.title === known.title && before.line === known.line && before.n === known.n && before.calls === known.calls) return;
    if (!this.#know(store.room, store.id, known)) return;
    this.#draw();
    await store.room.remember(`list/${store.id}`, [known.title, known.line, known.n, known.calls]);
  }

  /** What was opened by keys that are locked away by now is not shown: a title may be a victim's name. */
  #know(room, id, known) {
    if (strongroom.room !== room) return false;
    this.known.set(id, known);
    return true;
  }

  /** Everything up to now was read here. */
  markRead(id) {
    const row = this.rows.find((one) => one.id === id);
    if (!row?.unread) return;
    row.unread = 0;
    row.unread_from = row.head_n;
    this.#draw();
  }

  move(step) {
    const links = [...this.root.querySelectorAll(".list-row")];
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  }

  #clicked(event) {
    const link = event.target.closest(".list-row");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.onopen(link.dataset.id);
  }

  #keyed(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  async #changed(frame) {
    const row = this.rows.find((one) => one.id === frame.channel);
    if (frame.t === "left" || !row) {
      clearTimeout(this.again);
      this.again = setTimeout(() => this.load().catch(() => null), 400);
      return;
    }
    if (frame.t !== "events") return;
    const head = frame.head ?? frame.from + frame.wires.length;
    if (head <= row.head_n) return;
    const known = row.head_n;
    row.head_n = head;
    row.last_at = frame.wires.at(-1)?.at || new Date().toISOString();
    const away = this.current !== row.id || document.visibilityState !== "visible";
    const added = head - known - (await amendingIn(frame, known));
    if (away) row.unread = (row.unread || 0) + added;
    this.rows.sort((one, other) => (one.last_at < other.last_at ? 1 : -1));
    this.#draw();
    if (strongroom.room && row.id !== this.current) this.#openOne(strongroom.room, row);
  }

  // --- Opening titles ------------------------------------------------------------------------------------------------

  async #openTitles() {
    const { room } = strongroom;
    if (!room || this.opening) return;
    this.opening = true;
    try {
      for (const row of this.rows) {
        const kept = await room.recall(`list/${row.id}`);
        if (kept) this.#know(room, row.id, { title: kept[0], line: kept[1], n: kept[2], calls: kept[3] || 0 });
      }
      this.#draw();
      const stale = this.rows.filter((row) => row.id !== this.current && (this.known.get(row.id)?.n ?? -1) < row.head_n);
      const workers = Array.from({ length: AT_ONCE }, async () => {
        while (stale.length && strongroom.room === room) await this.#openOne(room, stale.shift());
      });
      await Promise.all(workers);
    } finally {
      this.opening = false;
    }
  }

  async #openOne(room, row) {
    const head = row.head_n;
    try {
      const store = await new ChannelStore(row.id, room).load({ live: false, page: Math.min(COUNTED, Math.max(8, head - row.unread_from)) });
      const known = await knownOf(store);
      if (this.#know(room, row.id, known)) await room.remember(`list/${row.id}`, [known.title, known.line, known.n, known.calls]);
    } catch (error) {
      if (!(error instanceof ApiError)) this.#know(room, row.id, { ...this.known.get(row.id), broken: error.code || "unexpected", n: head });
    }
    this.#draw();
  }

  // --- Drawing ---------------------------------------------------------------------------------------------------------

  #draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    if (this.root.getAttribute("aria-busy")) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const words = this.filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = this.rows.filter((row) => {
      const text = [this.known.get(row.id)?.title, row.case?.code, kindName(row.kind), ...row.members.flatMap((one) => [one.name, one.authority])].join(" ").toLocaleLowerCase();
      const wanted = this.shown === "all" || (this.shown === "case") === (row.kind === "case");
      return wanted && words.every((word) => text.includes(word));
    });
    for (const button of this.kinds) {
      const waiting = this.rows.filter((row) => row.id !== this.current && row.unread && (button.dataset.listKind === "case") === (row.kind === "case")).length;
      button.querySelector(".count")?.replaceChildren(waiting && button.dataset.listKind !== "all" ? String(waiting) : "");
    }
    callsInTitle(this.rows.reduce((sum, row) => sum + (row.unread && row.id !== this.current ? this.known.get(row.id)?.calls || 0 : 0), 0));
    this.root.replaceChildren(this.rows.length ? h("ul", { class: "rows" }, ...found.map((row) => h("li", {}, this.#row(row)))) : nothingYet());
    if (this.rows.length && !found.length) this.root.append(h("p", { class: "empty" }, t("No channel fits.")));
    if (focused) this.root.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  #row(row) {
    const known = this.known.get(row.id);
    const current = row.id === this.current;
    const unread = current ? 0 : row.unread;
    return h("a", { class: "list-row", href: `/channels/${row.id}/`, "data-id": row.id, "data-unread": unread > 0, "aria-current": current ? "page" : null },
      mark(row),
      h("span", { class: "row-main" },
        h("span", { class: "row-title" }, known?.title ? h("span", { class: "text" }, known.title) : h("span", { class: "sealed" }, h("span", { class: "visually-hidden" }, t("Sealed title")))),
        h("span", { class: "row-sub" }, row.case?.code && known?.title !== row.case.code ? h("span", { class: "code" }, row.case.code) : null,
          h("span", { class: "text" }, known?.broken ? t("Not opened: a check failed") : known?.line || row.case?.stage_label || kindName(row.kind)))),
      h("span", { class: "row-side" }, h("time", { datetime: row.last_at, title: full(row.last_at) }, brief(row.last_at)),
        unread && known?.calls ? h("span", { class: "count count-call", "aria-label": tn("{n} call to you", "{n} calls to you", known.calls) }, `@${known.calls}`) : null,
        unread ? h("span", { class: "count", "aria-label": tn("{n} new", "{n} new", unread) }, unread > 99 ? "99+" : String(unread)) : null));
  }
}

const KIND_ICONS = { network: "network", corridor: "corridor", case: "cases", direct: "me" };

function mark(row) {
  const other = row.kind === "direct" ? row.members.find((one) => one.subject !== ownSubject) : null;
  if (!other) return h("span", { class: "avatar avatar-icon", "aria-hidden": "true" }, icon(KIND_ICONS[row.kind] || "channels"));
  const node = avatar(other.name, other.authority);
  if (other.officer && socket.isOnline(other.officer)) node.append(h("span", { class: "dot avatar-dot", "data-state": "here" }));
  return node;
}

const ownSubject = document.querySelector('meta[name="officer"]')?.content;

/** How many events of a frame, from `known` on, only change a message or mark one. A frame too large to be sent along counts none. */
async function amendingIn({ wires }, known) {
  const fresh = wires.filter(({ n }) => n >= known);
  const kinds = await Promise.all(fresh.map(({ wire }) => parse(unb64u(wire)).then((event) => event.kind, () => null)));
  return kinds.filter((kind) => AMENDMENTS.has(kind)).length;
}

/** What the list shows of an opened channel. */
async function knownOf(store) {
  const last = store.shown.findLast((row) => row.kind === "text" && row.state !== "failed");
  const { waiting } = await Calls.of(store);
  return { title: titleOf(store), line: preview(last), n: store.head, calls: waiting };
}

const nothingYet = () => h("div", { class: "empty" }, icon("channels", "icon-l"), h("h2", {}, t("No channel yet")),
  h("p", {}, t("Write to one colleague, open a corridor between desks, or a theme for many countries. What is said is sealed for the members alone.")),
  h("button", { type: "button", class: "button button-primary", "data-new-channel": true }, icon("plus"), t("New channel")));
