// One channel, verified: its transcript, members, keys and opened messages. Holds the truth for whatever page shows it;
// knows no page. Order of opening (docs/protocol.md 5.3): key log, control events, ids, the events shown, the pin.

import { ApiError, get, post } from "liaison/api.js";
import * as outbox from "liaison/outbox.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { actOf, judge, noteProposal } from "messaging/judge.js";
import { b64u, equal, unb64u, utf8 } from "sealed/bytes.js";
import { ChannelState, channelIdOf, parseControl } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, POST, RECORD, parse, parseReceipt, transcript, transcriptStart, verifyReceipt } from "sealed/events.js";
import { Keyring } from "sealed/open_channel.js";
import { Author, controlBody, signReceipt } from "sealed/open_events.js";
import { randomBytes, sha256 } from "sealed/suite.js";

const PAGE = 60;
const CATCH_UP = 200;
const ID_BYTES = 32;
const TRIES = 4;
const AGAIN = new Set(["stale_epoch", "wrong_epoch", "rekey_pending", "unknown_head", "wrong_transcript", "stale_head"]);
const LATER = new Set(["too_fast", "busy", "unavailable", "server_error", "offline"]);

const TITLES = new Set(["channel/title", "case/title"]);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Events: "change" (rows), "members", "title", "receipts", "problem" (see `problem`).
 * Rows are plain objects in the order of the channel; see #row for their shape.
 */
export class ChannelStore extends EventTarget {
  constructor(id, room) {
    super();
    this.id = id;
    this.room = room;
    this.channelId = unb64u(id);
    this.rows = new Map();
    this.pending = [];
    this.receipts = new Map();
    this.records = new Map();
    this.proposals = new Map();
    this.officers = new Map();
    this.ids = [];
    this.ts = [];
    this.gaps = [];
    this.oldest = Infinity;
    this.problem = null;
    this.title = null;
    this.author = new Author(room.identity, randomBytes(8));
    this.work = Promise.resolve();
    this.hear = this.#hear.bind(this);
  }

  get directory() {
    return this.room.directory;
  }

  get head() {
    return this.ids.length;
  }

  get kind() {
    return this.state?.kind || "";
  }

  /** Own role now: "o" | "w" | "r" | "c" | null. */
  get role() {
    return this.state?.members.get(this.room.kid) || null;
  }

  /** May this officer write here now? */
  get writable() {
    return !this.problem && ["o", "w"].includes(this.role);
  }

  /** Rows to show, oldest first, then what is on its way. */
  get shown() {
    return [...[...this.rows.keys()].sort((a, b) => a - b).map((n) => this.rows.get(n)), ...this.pending];
  }

  get hasOlder() {
    return this.oldest > 0 && this.oldest !== Infinity;
  }

  /** Members now: [{kid, name, authority, role, officer, vouched, own, verified, subject}], coordinators first. */
  get members() {
    const order = "owrc";
    return [...this.state.members].map(([kid, role]) => ({ ...this.person(kid), role }))
      .sort((one, other) => order.indexOf(one.role) - order.indexOf(other.role) || one.name.localeCompare(other.name));
  }

  /** Who holds a key, by the certificate in the key log and not by what the server says. */
  person(kid) {
    const key = this.directory.key(unb64u(kid));
    return {
      kid,
      name: key?.display || "?",
      authority: key?.authority || "?",
      subject: key ? b64u(key.subject) : null,
      officer: this.officers.get(kid) || null,
      vouched: Boolean(key) && this.directory.vouched(key.kid),
      reset: Boolean(key?.reset),
      own: this.room.identities.has(kid),
      verified: this.room.pins.isVerified(this.room.kid, kid),
    };
  }

  // --- Opening -------------------------------------------------------------------------------------------------------

  /** Verify and open the channel with its newest page of events, then listen. Throws EnlaceError when it must not be shown. */
  async load({ live = true, page = PAGE } = {}) {
    if (live) this.listen();
    return this.#serial(async () => {
      const [detail, ids, newest] = await Promise.all([
        get(`/api/channels/${this.id}`),
        get(`/api/channels/${this.id}/ids?after=0`),
        get(`/api/channels/${this.id}/events?before=${Number.MAX_SAFE_INTEGER}&limit=${page}`),
      ]);
      if (detail.log_size > this.directory.size) await strongroom.syncDirectory();
      await this.#extendIds(detail.head_n, unb64u(ids.ids));
      if (b64u(this.ts[detail.head_n]) !== detail.head_t) throw new EnlaceError("wrong_transcript");
      this.#checkPin();
      await this.#replay(detail.control);
      this.#placeAtHead();
      await this.#takeGrants(detail.grants);
      this.#meet(detail.members);
      this.case = detail.case || null;
      const known = newest.events.filter(({ n }) => n < this.head); // the three answers may be moments apart
      await (known.length ? this.#takePage(known) : this.#fetchPage(this.head, page));
      if (newest.head_n > this.head) await this.#catchUp();
      await this.#findTitle();
      await this.#takeReceipts(detail.receipts || []);
      await this.#pinHead();
      await this.#restorePending();
      this.#say("change", "members", "title", "receipts");
      return this;
    });
  }

  listen() {
    for (const kind of ["events", "receipt", "beat", "hello", "left"]) socket.addEventListener(kind, this.hear);
  }

  close() {
    for (const kind of ["events", "receipt", "beat", "hello", "left"]) socket.removeEventListener(kind, this.hear);
    this.closed = true;
  }

  /** The page of events before the oldest shown. */
  loadOlder() {
    if (!this.hasOlder || this.fetchingOlder) return this.fetchingOlder || Promise.resolve();
    this.fetchingOlder = this.#serial(async () => {
      await this.#fetchPage(this.oldest, PAGE);
      this.fetchingOlder = null;
      this.#say("change");
    });
    return this.fetchingOlder;
  }

  /** Load until the event with this id is among the rows; the row or null. */
  async find(eventId) {
    const n = this.ids.findIndex((id) => b64u(id) === eventId);
    if (n < 0) return null;
    while (n < this.oldest && this.hasOlder) await this.loadOlder();
    return this.rows.get(n) || null;
  }

  /** Load everything (a case page shows one timeline). */
  async loadAll() {
    while (this.hasOlder && !this.closed) await this.loadOlder();
  }

  /** Pull what is missing up to the server's head. */
  catchUp() {
    return this.#serial(() => this.#catchUp());
  }

  // --- Writing -------------------------------------------------------------------------------------------------------

  /** Post a text. Resolves when the row stands on the page; delivery goes on behind it and survives a reload. */
  async send(text, replyTo = null) {
    return this.sealed(POST, ["text", text, replyTo ? unb64u(replyTo) : null]);
  }

  /** Seal any body of kinds 1 to 6 and send it. -> the local row. */
  async sealed(kind, body) {
    const wire = await this.#seal(kind, body);
    const event = await parse(wire);
    const item = { subject: this.room.subject, channel: this.id, wire: b64u(wire), at: Date.now() };
    const key = await outbox.keep(item);
    const row = await this.#localRow(key, item, event, body);
    this.pending.push(row);
    this.#say("change");
    this.#deliver(row);
    return row;
  }

  /** Sealed wires of several bodies, in order, to go along with a control or act in one request. */
  async record(ref, fields) {
    return this.sealed(RECORD, ["rec", ref, fields]);
  }

  /** Try a refused or waiting row again. */
  retry(row) {
    row.state = "sending";
    this.#say("change");
    return this.#deliver(row);
  }

  async discard(row) {
    await outbox.done(row.outboxKey);
    this.pending = this.pending.filter((other) => other !== row);
    this.#say("change");
  }

  /** Sign and send one act. `act` is a plain object of coded values. Throws ApiError with `fields` when refused. */
  async act(act) {
    return this.#clearly(async () => ({ kind: ACT, body: utf8(JSON.stringify(act)), grants: [] }));
  }

  /** Sign an act together with sealed records that belong to it, all or nothing. */
  async actWith(act, records) {
    return this.#clearly(async () => ({ kind: ACT, body: utf8(JSON.stringify(act)), grants: [], then: records }));
  }

  /** Add an officer's key. history "all": every epoch this officer holds; "none": a new key, earlier messages stay closed. */
  async add(kid, role, history) {
    await this.addAll([kid], role, history);
  }

  async addAll(kids, role, history) {
    const title = this.title;
    await this.#control(async () => {
      const fresh = kids.filter((kid) => !this.state.members.has(kid));
      const adds = fresh.map((kid) => ["add", unb64u(kid), role]);
      if (history === "none") return this.#withNewEpoch(adds, new Set([...this.state.members.keys(), ...fresh]));
      const given = await Promise.all(fresh.map((kid) => this.#history(kid)));
      return { changes: [...adds, ...given.map((one) => one.change)], newEpoch: null, grants: given.map((one) => one.grant) };
    });
    if (history === "none" && title && this.kind !== "direct") await this.rename(title);
  }

  /** Remove a member and change the key in the same signed step. */
  async remove(kid) {
    await this.#control(() => {
      const left = new Set([...this.state.members.keys()].filter((other) => other !== kid));
      return this.#withNewEpoch([["remove", unb64u(kid), null]], left);
    });
  }

  /** Leave. The next member who opens the channel changes its key. */
  async leave() {
    await this.#control(async () => ({ changes: [["remove", unb64u(this.room.kid), null]], newEpoch: null, grants: [], last: true }));
    this.close();
  }

  async setRole(kid, role) {
    await this.#control(async () => ({ changes: [["role", unb64u(kid), role]], newEpoch: null, grants: [] }));
  }

  async rename(title) {
    await this.sealed(RECORD, ["rec", "channel", [["title", title]]]);
  }

  /** Change the key where a departure left that to the remaining members. */
  async rotate() {
    await this.#control(() => this.#withNewEpoch([], new Set(this.state.members.keys())));
  }

  // --- Reading marks -------------------------------------------------------------------------------------------------

  get ownRead() {
    return this.receipts.get(this.room.kid)?.n || 0;
  }

  /** Say, signed, that everything so far was read. */
  async markRead() {
    const n = this.head;
    if (!this.role || this.problem || n <= this.ownRead || n <= (this.marked || 0)) return;
    this.marked = n;
    const receipt = await signReceipt(this.room.identity, this.channelId, n, this.ts[n], Date.now());
    this.receipts.set(this.room.kid, { n, at: new Date().toISOString() });
    const text = b64u(receipt);
    if (!socket.send({ t: "receipt", channel: this.id, receipt: text })) {
      await post(`/api/channels/${this.id}/receipt`, { receipt: text }).catch(() => (this.marked = 0));
    }
    this.#say("receipts");
  }

  /** Map row.key -> [{name, at}]: under which own message each reader's mark is shown (the newest that they have read). */
  seenMarks() {
    const own = this.shown.filter((row) => row.own && row.state === "ok" && row.kind === "text");
    const marks = new Map();
    for (const [kid, { n, at }] of this.receipts) {
      if (this.room.identities.has(kid) || !this.state.members.has(kid)) continue;
      const row = own.findLast((mine) => mine.n < n);
      if (row) marks.set(row.key, [...(marks.get(row.key) || []), { name: this.person(kid).name, at }]);
    }
    return marks;
  }

  // --- Inside: transcript and members ----------------------------------------------------------------------------------

  #serial(work) {
    const run = this.work.then(work);
    this.work = run.catch(() => null);
    return run;
  }

  #say(...kinds) {
    if (!this.closed) for (const kind of kinds) this.dispatchEvent(new Event(kind));
  }

  async #extendIds(upTo, first) {
    if (!this.ts.length) this.ts.push(await transcriptStart(this.channelId));
    for (let bytes = first; this.head < upTo; bytes = null) {
      bytes ??= unb64u((await get(`/api/channels/${this.id}/ids?after=${this.head}`)).ids);
      if (!bytes.length) throw new EnlaceError("wrong_transcript", "the server has fewer ids than it said");
      for (let at = 0; at < bytes.length && this.head < upTo; at += ID_BYTES) await this.#pushId(bytes.slice(at, at + ID_BYTES));
    }
  }

  async #pushId(id) {
    this.ts.push(await transcript(this.ts[this.head], id));
    this.ids.push(id);
  }

  /** The host showed this officer a longer or another past before: stop, and say so. */
  #checkPin() {
    const pin = this.room.pins.channels.get(this.id);
    if (!pin) return;
    if (pin.n > this.head) throw new EnlaceError("channel_rollback");
    if (!equal(pin.t, this.ts[pin.n])) throw new EnlaceError("wrong_transcript", "not the past seen before");
  }

  async #replay(controls) {
    this.state = new ChannelState(this.channelId);
    this.pendingSpans = [];
    for (const { n, wire, at } of controls) await this.#applyControl(n, await parse(unb64u(wire)), at);
    if (!this.state.members.size && !this.problem) throw new EnlaceError("bad_genesis");
  }

  /** After a control event that fails nobody knows who is a member: nothing more is applied and nothing more is written. */
  async #applyControl(n, event, at) {
    if (this.problem) return;
    try {
      if (!equal(event.eventId, this.ids[n])) throw new EnlaceError("wrong_transcript");
      await this.#placeBefore(n);
      await this.state.applyControl(event, this.directory);
      const span = this.pendingSpans.at(-1);
      if (this.state.rekeyPending && (!span || span[1] !== null)) this.pendingSpans.push([n + 1, null]);
      if (!this.state.rekeyPending && span && span[1] === null) span[1] = n + 1;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      this.problem = { code: error.code, n, at };
      this.#say("problem");
    }
  }

  async #placeBefore(n) {
    this.state.place(n, this.ts[n]);
  }

  #placeAtHead() {
    if (!this.problem) this.state.place(this.head, this.ts[this.head]);
  }

  pendingAt(n) {
    return this.pendingSpans.some(([from, to]) => from <= n && (to === null || n < to));
  }

  async #takeGrants(grants) {
    this.ring ??= new Keyring(this.room.identity, this.channelId);
    const blobs = grants.map(({ n, blob }) => [n, unb64u(blob)]);
    for (const identity of this.room.identities.values()) {
      if (identity === this.room.identity) {
        this.badGrants = await this.ring.takeAll(this.state, blobs);
      } else {
        const older = new Keyring(identity, this.channelId);
        await older.takeAll(this.state, blobs);
        for (const [epoch, secret] of older.secrets) if (!this.ring.secrets.has(epoch)) this.ring.secrets.set(epoch, secret);
      }
    }
  }

  /** Officer ids of the server, for presence and typing only: names and authorities come from certificates. */
  #meet(members) {
    for (const { kid, officer } of members || []) if (officer) this.officers.set(kid, officer);
  }

  async #pinHead() {
    if (this.problem) return;
    await strongroom.pin((pins) => pins.moveHead(this.id, this.head, this.ts[this.head]));
  }

  // --- Inside: events --------------------------------------------------------------------------------------------------

  async #fetchPage(before, size) {
    if (before <= 0) {
      this.oldest = 0;
      return;
    }
    await this.#takePage((await get(`/api/channels/${this.id}/events?before=${before}&limit=${size}`)).events);
  }

  async #takePage(events) {
    if (!events.length) throw new EnlaceError("wrong_transcript", "the server left out events");
    await this.#ensureProposals(events);
    for (const item of events) this.rows.set(item.n, await this.#open(item));
    this.oldest = events[0].n;
    this.#linkReplies();
  }

  /** An answer of a guest can only be judged knowing the referral it answers, which may be on an older page. */
  async #ensureProposals(items) {
    for (const { wire } of items) {
      const event = await parse(unb64u(wire)).catch(() => null);
      if (!event) continue;
      noteProposal(event, this.proposals);
      const asked = event.kind === ACT ? actOf(event).reply_to : null;
      if (!asked || this.proposals.has(asked)) continue;
      const n = this.ids.findIndex((id) => b64u(id) === asked);
      if (n < 0) continue;
      const { events } = await get(`/api/channels/${this.id}/events?after=${n}&limit=1`);
      const proposal = await parse(unb64u(events[0].wire));
      if (equal(proposal.eventId, this.ids[n])) noteProposal(proposal, this.proposals);
    }
  }

  /** One stored event as a row: verified and opened, or with the code of the check that failed. */
  async #open({ n, wire, at }) {
    const row = { key: `n:${n}`, n, at, state: "ok", sender: { kid: "", name: "", authority: "" }, own: false };
    try {
      const event = await parse(unb64u(wire));
      row.event = event;
      row.eventId = b64u(event.eventId);
      row.sentAt = event.sentMs;
      row.sender = this.person(b64u(event.senderKid));
      row.own = this.room.identities.has(row.sender.kid);
      if (event.kind === CONTROL && this.problem && n >= this.problem.n) throw new EnlaceError(this.problem.code);
      await judge(event, n, this);
      noteProposal(event, this.proposals);
      this.#markRepudiated(row);
      await this.#fillBody(row, event);
      row.key = row.own ? `c:${b64u(event.clientId)}:${event.clientSeq}` : row.key;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      row.state = error.code === "missing_epoch_key" ? "closed" : "failed";
      row.code = error.code;
    }
    return row;
  }

  #markRepudiated(row) {
    const from = this.state.repudiated.get(row.sender.kid);
    row.repudiated = from !== undefined && row.n >= from;
  }

  async #fillBody(row, event) {
    if (event.kind === CONTROL) {
      const control = parseControl(event.payload);
      row.kind = "control";
      row.newEpoch = control.newEpoch !== null;
      row.changes = control.changes.map((change) => change.map(readable));
    } else if (event.kind === ACT) {
      row.kind = "act";
      row.act = actOf(event);
    } else {
      this.#fillOpened(row, event.kind, await this.ring.open(event));
    }
  }

  #fillOpened(row, kind, body) {
    row.kind = "unknown";
    if (!Array.isArray(body)) return;
    if (kind === POST && body[0] === "text" && typeof body[1] === "string") {
      row.kind = "text";
      row.text = body[1];
      row.replyId = body[2] instanceof Uint8Array ? b64u(body[2]) : null;
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
    for (const [field, value] of row.fields) {
      const name = `${ref}/${field}`;
      const known = this.records.get(name);
      if (!known || (row.n ?? Infinity) >= known.n) this.records.set(name, { value, n: row.n ?? Infinity, by: row.sender, at: row.at });
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
    if (this.titleN !== undefined && n < this.titleN) return;
    this.titleN = n;
    this.title = title;
    this.#say("title");
  }

  /** The title stands right after genesis unless somebody renamed it since. */
  async #findTitle() {
    if (this.title !== null || this.head < 2) return;
    const { events } = await get(`/api/channels/${this.id}/events?after=1&limit=2`);
    for (const item of events) if (!this.rows.has(item.n)) await this.#open(item);
  }

  #linkReplies() {
    const byId = new Map([...this.rows.values()].filter((row) => row.eventId).map((row) => [row.eventId, row]));
    for (const row of [...this.rows.values(), ...this.pending]) {
      if (!row.replyId) continue;
      const target = byId.get(row.replyId);
      row.replyTo = target ? { sender: target.sender, text: target.text, key: target.key } : { sender: null, text: null, id: row.replyId };
    }
    const newest = this.shown.findLast((row) => row.own && row.kind === "text" && row.state === "ok");
    for (const row of this.rows.values()) row.newestOwn = row === newest;
  }

  // --- Inside: the line --------------------------------------------------------------------------------------------------

  #hear({ type, detail }) {
    const mine = type === "beat" || type === "hello" ? detail.heads?.[this.id] !== undefined : detail.channel === this.id;
    if (!mine && type !== "hello") return;
    if (type === "events") this.#serial(() => this.#takeFrame(detail)).catch((error) => this.#fail(error));
    else if (type === "receipt") this.#serial(() => this.#takeReceipts([detail])).then(() => this.#say("receipts"));
    else if (type === "left") this.#gone();
    else if ((detail.heads?.[this.id] ?? 0) > this.head) this.catchUp().catch((error) => this.#fail(error));
    if (type === "hello") this.flush();
  }

  #gone() {
    this.close();
    this.closed = false;
    this.removed = true;
    this.problem = { code: "no_longer_member", n: this.head };
    this.#say("problem", "members");
  }

  #fail(error) {
    if (error instanceof ApiError && (LATER.has(error.code) || error.code === "not_found")) return;
    if (error instanceof EnlaceError) {
      this.problem = { code: error.code, n: this.head };
      this.#say("problem");
    } else throw error;
  }

  async #takeFrame({ from, wires, head }) {
    if (!this.state) return;
    const fresh = wires.filter(({ n }) => n >= this.head);
    if (from > this.head || (fresh.length && fresh[0].n !== this.head)) await this.#catchUp();
    else if (fresh.length) await this.#append(fresh);
    if ((head ?? 0) > this.head) await this.#catchUp();
  }

  async #catchUp() {
    for (;;) {
      const { events, head_n: head } = await get(`/api/channels/${this.id}/events?after=${this.head}&limit=${CATCH_UP}`);
      if (events.length) await this.#append(events);
      if (!events.length || this.head >= head) return;
    }
  }

  /** Take events that follow the head: extend the transcript, apply, open, pin. */
  async #append(items) {
    await this.#ensureProposals(items);
    for (const item of items) {
      const event = await parse(unb64u(item.wire));
      await this.#pushId(event.eventId);
      if (event.kind === CONTROL) await this.#takeControl(item.n, event, item.at);
      this.#placeAtHead();
      if (!this.directory.key(event.senderKid)) await strongroom.syncDirectory();
      const row = await this.#open(item);
      this.#forgetPending(event);
      this.rows.set(item.n, row);
      if (this.oldest === Infinity) this.oldest = item.n;
    }
    this.#linkReplies();
    await this.#pinHead();
    this.#say("change");
  }

  async #takeControl(n, event, at) {
    if (parseControl(event.payload).logSize > this.directory.size) await strongroom.syncDirectory();
    await this.#applyControl(n, event, at);
    const before = this.ring.secrets.size;
    if (this.state.members.has(this.room.kid)) {
      const detail = await get(`/api/channels/${this.id}`);
      await this.#takeGrants(detail.grants);
      this.#meet(detail.members);
    }
    if (this.ring.secrets.size > before) await this.#reopenClosed();
    this.#say("members");
  }

  /** A history grant may have opened what was closed. */
  async #reopenClosed() {
    for (const [n, row] of this.rows) {
      if (row.state !== "closed") continue;
      const fresh = { ...row, state: "ok", code: undefined, version: (row.version || 0) + 1 };
      try {
        await this.#fillBody(fresh, row.event);
        this.rows.set(n, fresh);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error;
      }
    }
  }

  async #takeReceipts(list) {
    for (const { receipt } of list) {
      try {
        const mark = parseReceipt(unb64u(receipt));
        const kid = b64u(mark.kid);
        const key = this.directory.key(mark.kid);
        const known = key && equal(mark.channelId, this.channelId) && this.ts[mark.n] && equal(this.ts[mark.n], mark.t);
        if (!known || (this.receipts.get(kid)?.n ?? -1) >= mark.n) continue;
        await verifyReceipt(mark, key.sigPub);
        this.receipts.set(kid, { n: mark.n, at: new Date(mark.atMs).toISOString() });
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error; // a receipt that does not verify says nothing about who has read
      }
    }
  }

  // --- Inside: sending ---------------------------------------------------------------------------------------------------

  async #seal(kind, body, seq) {
    if (this.state.rekeyPending) await this.rotate();
    const { epoch } = this.state;
    const author = seq === undefined ? this.author : new Author(this.room.identity, seq.clientId, seq.clientSeq);
    return author.seal(this.ring.secret(epoch), ...this.#place(kind), body);
  }

  async #localRow(key, item, event, body) {
    const row = {
      key: `c:${b64u(event.clientId)}:${event.clientSeq}`, n: null, at: null, sentAt: event.sentMs, state: "sending", own: true,
      sender: this.person(this.room.kid), event, outboxKey: key, wire: item.wire, wireKind: event.kind, body,
    };
    this.#fillOpened(row, event.kind, body);
    row.hidden = row.kind === "record";
    if (row.replyId) row.replyTo = await this.#replyOf(row.replyId);
    return row;
  }

  async #replyOf(id) {
    const target = [...this.rows.values()].find((row) => row.eventId === id);
    return target ? { sender: target.sender, text: target.text, key: target.key } : { sender: null, text: null, id };
  }

  #forgetPending(event) {
    const key = `c:${b64u(event.clientId)}:${event.clientSeq}`;
    const row = this.pending.find((one) => one.key === key);
    if (!row) return;
    this.pending = this.pending.filter((one) => one !== row);
    outbox.done(row.outboxKey);
  }

  /** What an earlier page left on its way: opened from its own ciphertext, shown, and sent. */
  async #restorePending() {
    for (const [key, item] of await outbox.waiting(this.room.subject, this.id)) {
      if (this.pending.some((row) => row.outboxKey === key)) continue;
      try {
        const event = await parse(unb64u(item.wire));
        if (this.ids.some((id) => equal(id, event.eventId))) {
          await outbox.done(key);
          continue;
        }
        const row = await this.#localRow(key, item, event, await this.ring.open(event));
        this.pending.push(row);
        this.#deliver(row);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error; // sealed under a key this vault no longer has: kept, not shown
      }
    }
  }

  /** Send again everything that waits, in order. */
  flush() {
    for (const row of this.pending) if (row.state === "waiting") this.#deliver(row);
  }

  /** Until it is acknowledged, refused, or the line is gone: then it waits for the next hello. */
  async #deliver(row) {
    for (let tries = 0; tries < TRIES && !this.closed; tries += 1) {
      row.state = "sending";
      const answer = socket.state === "open" ? await socket.post(this.id, row.wire) : null;
      if (answer === null) break;
      if (answer.t === "ack") return this.#acknowledged(row, answer);
      if (AGAIN.has(answer.code)) {
        if (!(await this.#sealAgain(row))) break;
      } else if (LATER.has(answer.code)) {
        await pause((answer.retry_after || 2 ** tries) * 1000);
      } else {
        row.state = "refused";
        row.code = answer.code;
        return this.#say("change");
      }
    }
    if (this.pending.includes(row)) {
      row.state = "waiting";
      this.#say("change");
      if (socket.state === "open" && !this.closed) setTimeout(() => row.state === "waiting" && this.#deliver(row), 5000);
    }
    return null;
  }

  #acknowledged(row, { n, at }) {
    outbox.done(row.outboxKey);
    if (n < this.head || !this.pending.includes(row)) return; // the event itself came first
    row.at = at;
    row.acked = true;
    this.#say("change");
    if (n > this.head) this.catchUp().catch((error) => this.#fail(error));
  }

  /** The channel moved on (new key, other head) before the post arrived: the same post, sealed for today. */
  async #sealAgain(row) {
    try {
      await this.catchUp();
      const wire = await this.#seal(row.wireKind, row.body, { clientId: row.event.clientId, clientSeq: row.event.clientSeq });
      row.wire = b64u(wire);
      row.event = await parse(wire);
      const old = row.outboxKey;
      row.outboxKey = await outbox.keep({ subject: this.room.subject, channel: this.id, wire: row.wire, at: Date.now() });
      await outbox.done(old);
      return true;
    } catch (error) {
      if (error instanceof ApiError && LATER.has(error.code)) return false;
      if (!(error instanceof EnlaceError)) throw error;
      row.state = "refused";
      row.code = error.code;
      return false;
    }
  }

  /** Sign a clear event at the head and post it; when somebody was faster, judge anew and sign again. */
  async #clearly(build) {
    for (let tries = 1; ; tries += 1) {
      await this.catchUp();
      if (this.problem) throw new EnlaceError(this.problem.code);
      const made = await build();
      const wires = await this.#wires(made);
      try {
        const answer = await post(`/api/channels/${this.id}/events`, { wires: wires.map(b64u), grants: made.grants.map(([kid, blob]) => [kid, b64u(blob)]) });
        if (!made.last) await this.catchUp(); // who has just left reads nothing more
        return answer;
      } catch (error) {
        if (error.code === "rekey_pending" && made.kind !== CONTROL) await this.rotate();
        else if (!AGAIN.has(error.code) || tries >= TRIES) throw error;
      }
    }
  }

  /** The clear wire, then the sealed bodies that go with it, each on the transcript as it will then stand. */
  async #wires(made) {
    const wires = [await this.author.clear(...this.#place(made.kind), made.body)];
    const secret = made.then?.length ? this.ring.secret(this.state.epoch) : null;
    for (const [ref, fields] of made.then || []) {
      wires.push(await this.author.seal(secret, ...this.#place(RECORD), ["rec", ref, fields]));
    }
    return wires;
  }

  /** What an author signs besides the body: channel, epoch, kind, the transcript as verified here, the time. */
  #place(kind) {
    return [this.channelId, this.state.epoch, kind, this.head, this.ts[this.head], Date.now()];
  }

  #control(build) {
    return this.#clearly(async () => {
      await strongroom.syncDirectory();
      const { changes, newEpoch, grants, last = false } = await build();
      return { kind: CONTROL, body: controlBody(this.directory.size, changes, newEpoch), grants, last };
    });
  }

  /** A new key for exactly these members, in the same event as the changes. It is made on a ring of its own: another
   *  member may be faster, and then this secret must not stand in the place of theirs. */
  async #withNewEpoch(changes, kids) {
    const keys = new Map();
    for (const kid of kids) keys.set(kid, this.#sealableKey(kid).kemPub);
    const [newEpoch, grants] = await new Keyring(this.room.identity, this.channelId).newEpoch(this.state.epoch + 1, keys);
    return { changes, newEpoch, grants: [...grants] };
  }

  /** Nothing is sealed to a key that its authority does not vouch for today. */
  #sealableKey(kid) {
    const key = this.directory.key(unb64u(kid));
    if (!key || !this.directory.vouched(key.kid)) throw new EnlaceError("not_vouched");
    if (key.exp * 1000 < Date.now()) throw new EnlaceError("key_expired");
    return key;
  }

  async #history(kid) {
    let from = this.state.epoch;
    while (from > 0 && this.ring.secrets.has(from - 1)) from -= 1;
    const key = this.#sealableKey(kid);
    const blob = await this.ring.grantTo(key.kid, key.kemPub, from, this.state.epoch);
    return { change: ["hist", key.kid, from, this.state.epoch, await sha256(blob)], grant: [kid, blob] };
  }
}

const readable = (value) => (value instanceof Uint8Array ? b64u(value) : Array.isArray(value) ? value.map(readable) : value);

/**
 * Make a channel: genesis, its title, and whatever sealed or clear events open it, in one request.
 *
 * `members` [{kid, role}] without the own key; `title` text or null; `extra(author, secret, place)` may add wires for a
 * case. -> channel id. Throws EnlaceError.
 */
export async function createChannel({ kind, members, title, k = 1 }) {
  const room = await strongroom.open();
  await strongroom.syncDirectory();
  const made = await beginChannel(room, { kind, members, k });
  if (title) await made.seal(POST, ["title", title, ""]);
  const { channel } = await post("/api/channels", made.request());
  return channel;
}

/** The first events of a channel on this desk, before anything is sent: seal, act, then request() for the POST body. */
export async function beginChannel(room, { kind, members, k = 1, historyRule = 0 }) {
  const { directory, identity } = room;
  const all = [{ kid: room.kid, role: "o" }, ...members];
  const keys = new Map(all.map(({ kid }) => {
    const key = directory.key(unb64u(kid));
    if (!key || !directory.vouched(key.kid)) throw new EnlaceError("not_vouched");
    return [kid, key.kemPub];
  }));
  const genesis = ["genesis", randomBytes(16), [k, historyRule, kind, false], all.map(({ kid, role }) => [unb64u(kid), role])];
  const channelId = await channelIdOf(genesis);
  const ring = new Keyring(identity, channelId);
  const [newEpoch, grants] = await ring.newEpoch(0, keys);
  const author = new Author(identity, randomBytes(8));
  const wires = [];
  let n = 0;
  let t = await transcriptStart(channelId);
  const push = async (wire) => {
    wires.push(wire);
    t = await transcript(t, (await parse(wire)).eventId);
    n += 1;
    return wire;
  };
  const place = (sort) => [channelId, 0, sort, n, t, Date.now()];
  await push(await author.clear(...place(CONTROL), controlBody(directory.size, [genesis], newEpoch)));
  return {
    channelId: b64u(channelId),
    seal: async (sort, body) => push(await author.seal(ring.secret(0), ...place(sort), body)),
    act: async (act) => push(await author.clear(...place(ACT), utf8(JSON.stringify(act)))),
    request: () => ({ wires: wires.map(b64u), grants: [...grants].map(([kid, blob]) => [kid, b64u(blob)]) }),
  };
}
