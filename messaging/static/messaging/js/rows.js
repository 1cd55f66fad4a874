// The events of one channel as rows to show: judged, opened, linked. Knows the form of what people write; no page, no network.
//
// A row: {key, n, at ISO, sentAt ms, state "ok"|"sending"|"waiting"|"refused"|"failed"|"closed", code, event, eventId, sender, own,
// kind "text"|"amendment"|"title"|"control"|"act"|"record"|"unknown", and by kind: text + message + replyId + replyTo + file + thumb + what
// amended.js tells · targetId · title · changes + newEpoch · act · ref + fields; hidden: not part of the conversation; closed and
// `lost`: its key was given, and did not arrive}.

import { Amended, fillAmendment } from "messaging/amended.js";
import { actOf, judge, noteProposal } from "messaging/judge.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { parseControl } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, FILE, POST, RECORD, parse } from "sealed/events.js";
import * as files from "sealed/files.js";
import * as message from "sealed/message.js";

const AT_ONCE = 64; // more at once only fill the memory
const CLEAR = new Set([CONTROL, ACT]);
const TITLES = new Set(["channel/title", "case/title"]);

export class Rows {
  /** `view`: the store, for state, directory, places, ts, pendingAt, problem, lost, ring, room, person. `titled()` when the title changed. */
  constructor(view, titled) {
    this.view = view;
    this.titled = titled;
    this.byN = new Map();
    this.records = new Map(); // "ref/field" -> {value, n, by, at}
    this.proposals = new Map();
    this.amended = new Amended(view);
    this.title = null;
    this.titleN = -1;
  }

  /** Shown order. */
  get list() {
    return [...this.byN.keys()].sort((one, other) => one - other).map((n) => this.byN.get(n));
  }

  /** Verify, open and keep one stored event {n, wire, at}; `event`: parsed already; `refusal`: the code why it is not opened all
   *  the same. -> its row. */
  async take(item, event = null, refusal = null) {
    const row = this.#filled(await this.#prove(item, event, refusal));
    this.byN.set(item.n, row);
    return row;
  }

  /** The same of a whole page, whose referrals are noted already (noteProposal): the cryptography of many at once, then each
   *  is filled in its turn, because what a record says depends on those before it. `events`: parsed, or null. */
  async takePage(items, events) {
    for (let at = 0; at < items.length; at += AT_ONCE) {
      const some = await Promise.all(items.slice(at, at + AT_ONCE).map((item, place) => this.#prove(item, events[at + place])));
      for (const proven of some) this.byN.set(proven.row.n, this.#filled(proven));
    }
  }

  /** Verify and open without keeping. */
  async open(item, event = null) {
    return this.#filled(await this.#prove(item, event));
  }

  /** -> {row, event, body} of an event that is what it claims to be and opens, or {row, error}. */
  async #prove({ n, wire, at }, parsed, refusal = null) {
    const row = { key: `n:${n}`, n, at, state: "ok", sender: { kid: "", name: "", authority: "" }, own: false };
    try {
      const event = parsed ?? (await parse(unb64u(wire)));
      this.#describe(row, event);
      if (this.#isBeyond(n)) throw new EnlaceError(this.view.problem.code);
      await judge(event, n, { ...viewOf(this.view), proposals: this.proposals });
      noteProposal(event, this.proposals);
      if (refusal) throw new EnlaceError(refusal);
      return { row, event, body: CLEAR.has(event.kind) ? null : await this.#opened(event) };
    } catch (error) {
      return { row, error };
    }
  }

  /** The body; what its author says of the key log is held against the log that is shown here. */
  async #opened(event) {
    const { body, told } = await this.view.ring.openTold(event);
    if (told) await this.view.room.hear(told);
    return body;
  }

  #filled({ row, event, body, error }) {
    try {
      if (error) throw error;
      this.#fill(row, event, body);
      if (row.own) row.key = keyOf(event);
    } catch (refusal) {
      if (!(refusal instanceof EnlaceError)) throw refusal;
      row.state = refusal.code === "missing_epoch_key" ? "closed" : "failed";
      row.code = refusal.code;
      row.lost = row.state === "closed" && this.view.lost(row.event.epoch);
      row.hidden = this.#isBeyond(row.n) && row.n > this.view.problem.n;
    }
    return row;
  }

  /** A row of this keyboard, before it has a place. */
  local(event, body, more) {
    const row = { key: keyOf(event), n: null, at: null, sentAt: event.sentMs, state: "sending", own: true, sender: this.view.person(this.view.room.kid), event, body, ...more };
    this.#fillOpened(row, event.kind, body);
    if (row.replyId) row.replyTo = quoteOf(this.list.find((other) => other.eventId === row.replyId), row.replyId);
    for (const other of this.byN.values()) if (row.targetId && other.eventId === row.targetId) other.changing = true;
    return row;
  }

  /** Nobody knows who is a member from the problem of the channel on. */
  #isBeyond(n) {
    return Boolean(this.view.problem) && n >= this.view.problem.n;
  }

  /** Nothing from the problem of the channel on is shown: its place says why, once. */
  stop() {
    for (const row of this.byN.values()) {
      if (this.#isBeyond(row.n)) Object.assign(row, { state: "failed", code: this.view.problem.code, hidden: row.n > this.view.problem.n, version: (row.version || 0) + 1 });
    }
  }

  /** A history grant may have opened what was closed. */
  async reopenClosed() {
    for (const [n, row] of this.byN) {
      if (row.state !== "closed") continue;
      const fresh = { ...row, state: "ok", code: undefined, version: (row.version || 0) + 1 };
      try {
        this.#fill(fresh, row.event, await this.#opened(row.event));
        this.byN.set(n, fresh);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error;
      }
    }
  }

  /** Messages show what became of them and who disowns them since; replies find what they answer; the newest own message carries the
   *  sign that it was sent. */
  link(pending) {
    for (const row of this.byN.values()) {
      if (!row.sender || row.repudiated === this.#disowned(row)) continue;
      row.repudiated = !row.repudiated;
      row.version = (row.version || 0) + 1;
    }
    this.amended.dress(this.byN.values(), pending);
    const byId = new Map([...this.byN.values()].filter((row) => row.eventId).map((row) => [row.eventId, row]));
    for (const row of [...this.byN.values(), ...pending]) if (row.replyId) row.replyTo = quoteOf(byId.get(row.replyId), row.replyId);
    const newest = this.list.findLast((row) => row.own && row.kind === "text" && row.state === "ok");
    for (const row of this.byN.values()) row.newestOwn = row === newest;
  }

  #describe(row, event) {
    row.event = event;
    row.eventId = b64u(event.eventId);
    row.sentAt = event.sentMs;
    row.sender = this.view.person(b64u(event.senderKid));
    row.own = this.view.room.identities.has(row.sender.kid);
    row.repudiated = this.#disowned(row);
  }

  #disowned({ n, sender }) {
    const from = this.view.state.repudiated.get(sender.kid);
    return from !== undefined && n >= from;
  }

  #fill(row, event, body) {
    if (event.kind === CONTROL) {
      const control = parseControl(event.payload);
      row.kind = "control";
      row.newEpoch = control.newEpoch !== null;
      row.changes = control.changes.map((change) => change.map(readable));
    } else if (event.kind === ACT) {
      row.kind = "act";
      row.act = actOf(event);
    } else {
      this.#fillOpened(row, event.kind, body);
      this.amended.take(row, event, body);
    }
  }

  #fillOpened(row, kind, body) {
    row.kind = "unknown";
    if (fillAmendment(row, kind, body) || !Array.isArray(body)) return;
    if (kind === POST && message.isText(body)) {
      row.message = message.parse(body);
      row.kind = "text";
      row.text = row.message.text;
      row.replyId = row.message.replyTo && b64u(row.message.replyTo);
    } else if (kind === FILE) {
      const { message: said, file, thumb } = files.parseBody(body);
      Object.assign(row, { kind: "text", message: said, text: said.text, file, thumb });
    } else if (kind === POST && body[0] === "title" && typeof body[1] === "string") {
      row.kind = "title";
      this.#takeTitle(row, body[1]);
    } else if (kind === RECORD && body[0] === "rec" && typeof body[1] === "string" && Array.isArray(body[2])) {
      this.#takeRecord(row, body[1], body[2]);
    }
  }

  /** Last writer per (ref, field), by the order of the channel. */
  #takeRecord(row, ref, fields) {
    row.kind = "record";
    row.ref = ref;
    row.fields = fields.filter((pair) => Array.isArray(pair) && typeof pair[0] === "string");
    row.hidden = true;
    const n = row.n ?? Infinity;
    for (const [field, value] of row.fields) {
      const name = `${ref}/${field}`;
      const known = this.records.get(name);
      if (!known || n >= known.n) this.records.set(name, { value, n, by: row.sender, at: row.at });
      if (TITLES.has(name) && typeof value === "string" && value) {
        row.kind = "title";
        row.hidden = ref === "case" || value === this.title; // said on the case page, or again for somebody who came later
        this.#takeTitle(row, value);
      }
    }
  }

  #takeTitle(row, title) {
    row.title = title;
    const n = row.n ?? Infinity;
    if (n < this.titleN) return;
    this.titleN = n;
    this.title = title;
    this.titled();
  }
}

/** One sending, whether it stands in the channel or is on its way. */
export const keyOf = (event) => `c:${b64u(event.clientId)}:${event.clientSeq}`;

const quoteOf = (target, id) => (target ? { sender: target.sender, text: target.text, file: target.file?.name, key: target.key, withdrawn: Boolean(target.withdrawn) } : { sender: null, text: null, id });

const readable = (value) => (value instanceof Uint8Array ? b64u(value) : Array.isArray(value) ? value.map(readable) : value);

const viewOf = (store) => ({ state: store.state, directory: store.directory, places: store.places, ts: store.ts, pendingAt: (n) => store.pendingAt(n) });
