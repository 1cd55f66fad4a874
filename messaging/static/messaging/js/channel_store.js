// One channel, verified: its transcript, members, keys and opened messages. Holds the truth for whatever page shows it;
// knows no page. Order of opening (docs/protocol.md 5.3): key log, control events, ids, the events shown, the pin.

import { ApiError, get, post } from "liaison/api.js";
import { notMineSince } from "liaison/not_mine.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { refuseAbsentIn } from "messaging/calls.js";
import { Delivery, LATER } from "messaging/delivery.js";
import { hiddenChange } from "messaging/headers.js";
import { actOf, noteProposal } from "messaging/judge.js";
import { givenTo, historyFor, newKeyFor, pastAgainFor, pastFor } from "messaging/key_changes.js";
import { Rows } from "messaging/rows.js";
import { b64u, equal, unb64u, utf8 } from "sealed/bytes.js";
import { ChannelState, parseControl } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, EDIT, POST, REACTION, RECORD, REDACT, parse, parseReceipt, transcript, transcriptStart, verifyReceipt } from "sealed/events.js";
import { bodyOf } from "sealed/files.js";
import { mayForward } from "sealed/handling.js";
import * as message from "sealed/message.js";
import { Keyring } from "sealed/open_channel.js";
import { controlBody, signReceipt } from "sealed/open_events.js";

const PAGE = 60;
const CATCH_UP = 200;
const WHOLE = 500; // the most that the server gives at once
const ID_BYTES = 32;
const HEARD = ["events", "receipt", "beat", "hello", "left"];

/** Events: "change" (rows), "members", "title", "receipts", "problem" (see `problem`, `forks`). Rows: see messaging/rows.js. */
export class ChannelStore extends EventTarget {
  constructor(id, room) {
    super();
    this.id = id;
    this.room = room;
    this.channelId = unb64u(id);
    this.ids = [];
    this.places = new Map(); // b64u(event id) -> the first place where it stands
    this.ts = [];
    this.oldest = Infinity;
    this.problem = null;
    this.forks = new Set(); // kids that signed another past of this channel than the one shown here
    this.receipts = new Map();
    this.officers = new Map();
    this.opened = new Rows(this, () => this.say("title"));
    this.out = new Delivery(this);
    this.work = Promise.resolve();
    this.hear = this.#hear.bind(this);
  }

  get directory() {
    return this.room.directory;
  }

  /** The number of events verified here. */
  get head() {
    return this.ids.length;
  }

  get kind() {
    return this.state?.kind || "";
  }

  get title() {
    return this.opened.title;
  }

  get records() {
    return this.opened.records;
  }

  get rows() {
    return this.opened.byN;
  }

  /** Own role now: "o" | "w" | "r" | "c" | null. */
  get role() {
    return this.state?.members.get(this.replaced ?? this.room.kid) || null;
  }

  /** May this officer write here now? */
  get writable() {
    return !this.problem && !this.replaced && ["o", "w"].includes(this.role) && this.ring.secrets.has(this.state.epoch);
  }

  /** An earlier key of this officer that stands here where the newest should (see takeOwnPlace), or null. */
  get replaced() {
    if (!this.state || this.state.members.has(this.room.kid)) return null;
    return [...this.state.members.keys()].find((kid) => this.person(kid).subject === this.room.subject) ?? null;
  }

  /** Members who have a new key that their old one did not name: [{...person, anew: the new key}]. They read nothing new until somebody
   *  who has compared the digits confirms it. */
  get awaiting() {
    const others = this.members.filter(({ subject }) => subject !== this.room.subject).map((member) => ({ ...member, anew: this.#successor(member.kid) }));
    return others.filter(({ kid, anew }) => anew && !this.directory.continues(unb64u(kid), anew.kid));
  }

  /** Rows to show, oldest first, then what is on its way. */
  get shown() {
    return [...this.opened.list, ...this.out.pending];
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

  /** Verify and open the channel with its newest page of events, then listen. `given`: the host's answer where it was asked for many
   *  channels at once. Throws EnlaceError when it must not be shown. */
  async load({ live = true, page = PAGE, given = null } = {}) {
    if (live) this.listen();
    const loaded = this.#serial(async () => {
      const [detail, ids, newest] = given ? [given, given, given] : await Promise.all([
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
      await (known.at(-1)?.n === this.head - 1 ? this.#takePage(known, this.head) : this.#fetchPage(this.head, page));
      if (newest.head_n > this.head) await this.#catchUp();
      await this.#findTitle();
      await this.#takeReceipts(detail.receipts || []);
      await this.#pinHead();
      await this.out.restore();
      this.say("change", "members", "title", "receipts");
      return this;
    });
    loaded.then(() => live && this.#refuseUnnamed(), () => this.close()); // what arrives later has nothing to follow
    return loaded;
  }

  /** Resolves when every change of membership up to what was opened is known to be among those that were judged. */
  #refuseUnnamed() {
    this.named ??= hiddenChange(this.room, this.id, this.ids.slice(), new Set(this.controls)).then(
      (hidden) => hidden !== null && !(this.problem?.n <= hidden) && this.#stop("wrong_transcript", hidden),
      (error) => {
        this.named = null; // the line failed: asked again before anything is sealed
        if (error instanceof ApiError) throw error;
        this.#fail(error);
      });
    this.named.catch(() => null);
    return this.named;
  }

  listen() {
    for (const kind of HEARD) socket.addEventListener(kind, this.hear);
  }

  close() {
    for (const kind of HEARD) socket.removeEventListener(kind, this.hear);
    this.closed = true;
  }

  /** The page of events before the oldest shown. */
  loadOlder(size = PAGE) {
    if (!this.hasOlder || this.fetchingOlder) return this.fetchingOlder || Promise.resolve();
    this.fetchingOlder = this.#serial(async () => {
      try {
        await this.#fetchPage(this.oldest, size);
      } finally {
        this.fetchingOlder = null;
      }
      this.say("change");
    });
    return this.fetchingOlder;
  }

  /** Load until the event with this id is among the rows; the row or null. */
  async find(eventId) {
    const n = this.places.get(eventId);
    if (n === undefined) return null;
    while (n < this.oldest && this.hasOlder) await this.loadOlder();
    return this.rows.get(n) || null;
  }

  /** Load everything (a case page shows one timeline). */
  async loadAll() {
    while (this.hasOlder && !this.closed) await this.loadOlder(WHOLE);
  }

  /** Pull what is missing up to the server's head. */
  catchUp() {
    return this.#serial(() => this.#catchUp());
  }

  // --- Writing -------------------------------------------------------------------------------------------------------

  /** Post a text; `how`: {handling, evaluation, mentions} of sealed/message.js. Throws EnlaceError "call_not_member". Resolves when its row stands on the page; delivery goes on behind
   *  it and survives a reload. */
  async send(text, replyTo = null, how = {}) {
    refuseAbsentIn(this, how.mentions ?? []);
    return this.out.send(POST, message.bodyOf({ text, replyTo: replyTo ? unb64u(replyTo) : null, ...how }));
  }

  /** Share files that have arrived, [{file, thumb}]; `text` goes with the first, `how` as in send with each. Each stands on the page
   *  when this resolves. */
  async share(shared, text, how = {}) {
    refuseAbsentIn(this, how.mentions ?? []);
    for (const [at, { file, thumb }] of shared.entries()) {
      await this.out.share(bodyOf(at === 0 ? text : "", file, thumb, how), [file.fileId, ...(thumb ? [thumb.fileId] : [])]);
    }
  }

  /** Carry a message of another channel, the store `from`, into this one, its handling code with it. Throws "handling_forbids" where
   *  that keeps it from somebody here. */
  async bringIn(row, from) {
    const { handling, evaluation } = row.message;
    const origin = from.opened.amended.originOf(row);
    const here = [...this.state.members.keys()].map((kid) => this.person(kid).authority);
    if (!mayForward(handling, origin, here)) throw new EnlaceError("handling_forbids");
    await this.out.post(message.bodyOf({ text: row.text, handling, evaluation, origin }));
  }

  /** Say a message anew; `how` as in send, else as it stands. The words before stay to be read. Throws EnlaceError, and sends nothing, where readers would refuse it. */
  async edit(row, text, how = {}) {
    refuseAbsentIn(this, how.mentions ?? []);
    return this.#amend(EDIT, [unb64u(row.eventId), message.bodyOf({ ...row.message, ...how, text })]);
  }

  /** Withdraw a message: an own one, or as a coordinator. `reason`: one of REASONS of sealed/amend.js. */
  withdraw(row, reason) {
    return this.#amend(REDACT, [unb64u(row.eventId), reason]);
  }

  /** Give a mark of sealed/amend.js, or take it back. */
  react(row, mark, given) {
    return this.#amend(REACTION, [unb64u(row.eventId), mark, given]);
  }

  async #amend(kind, body) {
    this.opened.amended.check(kind, body);
    return this.out.send(kind, body);
  }

  /** Seal field values about a person or object of a case: [[field, value], ...]; last writer wins. */
  record(ref, fields) {
    return this.out.send(RECORD, ["rec", ref, fields]);
  }

  rename(title) {
    return this.record("channel", [["title", title]]);
  }

  retry(row) {
    return this.out.retry(row);
  }

  discard(row) {
    return this.out.discard(row);
  }

  /** Sign and send one act, a plain object of coded values. Throws ApiError with `fields` when refused. */
  act(act) {
    return this.actWith(act, []);
  }

  /** The same with sealed records [[ref, [[field, value]]]] that belong to it, all or nothing. */
  actWith(act, records) {
    return this.out.sign(async () => ({ kind: ACT, body: utf8(JSON.stringify(act)), grants: [], records }));
  }

  /** Add officers' keys. history "all": every epoch held here in which nothing is kept from them by its handling code, which needs
   *  everything to be read first; "none": a new key, earlier messages stay closed. */
  async addAll(kids, role, history) {
    const { title } = this;
    if (history !== "none") await this.loadAll();
    await this.#control(async () => {
      const fresh = kids.filter((kid) => !this.state.members.has(kid));
      const adds = fresh.map((kid) => ["add", unb64u(kid), role]);
      if (history === "none") return this.#withNewEpoch(adds, new Set([...this.state.members.keys(), ...fresh]));
      const given = await Promise.all(fresh.map((kid) => historyFor(this, kid)));
      return { changes: [...adds, ...given.map((one) => one.change)], newEpoch: null, grants: given.map((one) => one.grant) };
    });
    if (history === "none" && title && this.kind !== "direct") await this.rename(title);
  }

  /** Open the past to a member who lacks it, or to whom somebody gave a key that does not open. */
  async giveHistory(kid) {
    await this.loadAll();
    await this.readyToSeal();
    await this.#control(async () => ({ ...(await pastAgainFor(this, kid)), newEpoch: null }));
  }

  /** Remove a member and change the key in the same signed step. */
  async remove(kid) {
    await this.#control(() => this.#without([kid]));
  }

  /** Leave. The next member who writes changes the key. */
  async leave() {
    await this.#control(async () => ({ changes: [["remove", unb64u(this.room.kid), null]], newEpoch: null, grants: [], last: true }));
    this.close();
  }

  async setRole(kid, role) {
    await this.#control(async () => ({ changes: [["role", unb64u(kid), role]], newEpoch: null, grants: [] }));
  }

  /** Change the key where a departure left that to the remaining members. */
  async rotate() {
    await this.#control(() => this.#renewed(this.revokedMembers()));
  }

  /** This officer's newest key takes the place of the one before; what the old one wrote in other hands is disowned. Throws
   *  "not_confirmed" after a key reset: then a colleague must confirm it. */
  async takeOwnPlace() {
    await navigator.locks.request(`enlace.own-place/${this.id}`, async () => { // another window may be at it
      await this.catchUp();
      const old = this.replaced;
      if (!old || this.problem) return;
      if (!this.directory.continues(unb64u(old), this.room.identity.kid)) throw new EnlaceError("not_confirmed");
      const since = await notMineSince(this.room);
      const first = since === null ? null : await this.#firstSince(since);
      await this.#control(() => this.#inPlaceOf(old, this.room.identity.kid, first));
    });
  }

  /** As another member, after the digits were compared: the new key of a member takes the old one's place, and gets the epochs that
   *  the old one had and this officer holds. */
  async confirm(kid) {
    await this.#control(async () => {
      const anew = this.#successor(kid);
      if (!anew) throw new EnlaceError("not_vouched");
      const past = await this.#whatItHad(kid, anew);
      const changed = await this.#inPlaceOf(kid, anew.kid, null, past.changes);
      return { ...changed, grants: [...changed.grants, ...past.grants] };
    });
  }

  /** Before anything is sealed: neither somebody whom the host did not name nor a revoked or departed key may be able to open it. */
  async readyToSeal() {
    await this.#refuseUnnamed();
    if (this.problem) throw new EnlaceError(this.problem.code);
    if (this.state.rekeyPending || this.revokedMembers().length) await this.rotate();
  }

  /** What an author signs besides the body: channel, epoch, kind, the transcript as verified here, the time. */
  place(kind) {
    return [this.channelId, this.state.epoch, kind, this.head, this.ts[this.head], Date.now()];
  }

  /** Tell the page. */
  say(...kinds) {
    if (!this.closed) for (const kind of kinds) this.dispatchEvent(new Event(kind));
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

  async #extendIds(upTo, first) {
    if (!this.ts.length) this.ts.push(await transcriptStart(this.channelId));
    for (let bytes = first; this.head < upTo; bytes = null) {
      bytes ??= unb64u((await get(`/api/channels/${this.id}/ids?after=${this.head}`)).ids);
      if (!bytes.length) throw new EnlaceError("wrong_transcript", "the server has fewer ids than it said");
      for (let at = 0; at < bytes.length && this.head < upTo; at += ID_BYTES) this.#pushId(bytes.slice(at, at + ID_BYTES));
    }
  }

  #pushId(id) {
    const name = b64u(id);
    if (!this.places.has(name)) this.places.set(name, this.head);
    this.ts.push(transcript(this.ts[this.head], id));
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
    this.controls = []; // their places, as far as judged
    this.pendingSpans = [];
    for (const { n, wire, at } of controls) await this.#applyControl(n, await parse(unb64u(wire)), at);
    if (!this.state.members.size && !this.problem) throw new EnlaceError("bad_genesis");
  }

  /** After a control event that fails nobody knows who is a member: nothing more is applied and nothing more is written. */
  async #applyControl(n, event, at) {
    this.controls.push(n);
    if (this.problem) return;
    try {
      if (!equal(event.eventId, this.ids[n])) throw new EnlaceError("wrong_transcript");
      this.state.place(n, this.ts[n]);
      await this.state.applyControl(event, this.directory);
      const span = this.pendingSpans.at(-1);
      if (this.state.rekeyPending && (!span || span[1] !== null)) this.pendingSpans.push([n + 1, null]);
      if (!this.state.rekeyPending && span && span[1] === null) span[1] = n + 1;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      // Whoever changes a channel saw all that stands before: another head here is another past.
      this.#stop(error.code === "stale_head" ? "wrong_transcript" : error.code, n, at);
    }
  }

  #placeAtHead() {
    if (!this.problem) this.state.place(this.head, this.ts[this.head]);
  }

  /** Was the key waiting to be changed at this place? Then nothing but that change may stand there. */
  pendingAt(n) {
    return this.pendingSpans.some(([from, to]) => from <= n && (to === null || n < to));
  }

  async #takeGrants(grants) {
    this.ring ??= new Keyring(this.room.identity, this.channelId, this.room.identities.values());
    this.badGrants = await this.ring.takeAll(this.state, grants.map(({ n, blob }) => [n, unb64u(blob)]));
  }

  /** Keys that were given to this officer, of which the server shows none that opens: [{granter, code}], each giver once. */
  get badKeys() {
    const missing = (this.badGrants || []).filter(({ grant }) => !this.ring.holds(grant));
    return [...new Map(missing.map(({ grant, code }) => [b64u(grant.granter), { granter: b64u(grant.granter), code }])).values()];
  }

  /** Was the key of this epoch given to this officer, and did not arrive? */
  lost(epoch) {
    return (this.badGrants || []).some(({ grant }) => grant.first <= epoch && epoch <= grant.last);
  }

  /** Officer ids of the server, for presence and typing only: names and authorities come from certificates. */
  #meet(members) {
    for (const { kid, officer } of members || []) if (officer) this.officers.set(kid, officer);
  }

  async #pinHead() {
    if (this.problem) return;
    await strongroom.pin((pins) => pins.moveHead(this.id, this.head, this.ts[this.head]));
  }

  // --- Inside: pages of events -------------------------------------------------------------------------------------------

  async #fetchPage(before, size) {
    if (before <= 0) {
      this.oldest = 0;
      return;
    }
    await this.#takePage((await get(`/api/channels/${this.id}/events?before=${before}&limit=${size}`)).events, before);
  }

  /** `before`: where the page ends. */
  async #takePage(events, before) {
    const first = before - events.length;
    if (!events.length || events.some(({ n }, at) => n !== first + at)) throw new EnlaceError("wrong_transcript", "the server left out events");
    const parsed = await parseAll(events);
    await this.#ensureProposals(parsed);
    await this.opened.takePage(events, parsed);
    this.#refuseHidden(events);
    this.oldest = events[0].n;
    this.opened.link(this.out.pending);
  }

  /** A change of membership that the server did not name among the changes: from there on nobody knows who reads. */
  #refuseHidden(events) {
    const hidden = events.map(({ n }) => this.rows.get(n)).find((row) => row.event?.kind === CONTROL && row.state === "failed");
    if (hidden && !(this.problem?.n <= hidden.n)) this.#stop(hidden.code, hidden.n, hidden.at);
  }

  #stop(code, n, at) {
    this.problem = { code, n, at };
    this.opened.stop();
    this.say("problem", "change");
  }

  /** An answer of a guest can only be judged knowing the referral it answers, which may be on an older page. */
  async #ensureProposals(parsed) {
    const { proposals } = this.opened;
    for (const event of parsed) {
      if (event?.kind !== ACT) continue;
      noteProposal(event, proposals);
      const asked = actOf(event).reply_to;
      const n = asked && !proposals.has(asked) ? this.places.get(asked) : undefined;
      if (n === undefined) continue;
      const { events } = await get(`/api/channels/${this.id}/events?after=${n}&limit=1`);
      const proposal = await parse(unb64u(events[0].wire));
      if (equal(proposal.eventId, this.ids[n])) noteProposal(proposal, proposals);
    }
  }

  /** The title stands right after genesis unless somebody renamed it since. */
  async #findTitle() {
    if (this.title !== null || this.head < 2) return;
    const { events } = await get(`/api/channels/${this.id}/events?after=1&limit=2`);
    for (const item of events) if (!this.rows.has(item.n)) await this.opened.open(item);
  }

  // --- Inside: the line --------------------------------------------------------------------------------------------------

  #hear({ type, detail }) {
    if (this.closed) return;
    const mine = type === "beat" || type === "hello" ? detail.heads?.[this.id] !== undefined : detail.channel === this.id;
    if (!mine && type !== "hello") return;
    if (type === "events") this.#serial(() => this.#takeFrame(detail)).catch((error) => this.#fail(error));
    else if (type === "receipt" && detail.kid !== this.room.kid) this.#serial(() => this.#takeReceipts([detail])).then(() => this.say("receipts"));
    else if (type === "left") this.#gone();
    else if ((detail.heads?.[this.id] ?? 0) > this.head) this.catchUp().catch((error) => this.#fail(error));
    if (type === "hello") this.out.flush();
  }

  #gone() {
    this.close();
    this.closed = false;
    this.removed = true;
    this.problem = { code: "no_longer_member", n: this.head };
    this.say("problem", "members");
  }

  #fail(error) {
    if (error instanceof ApiError && (LATER.has(error.code) || error.code === "not_found")) return;
    if (error instanceof EnlaceError) {
      this.problem = { code: error.code, n: this.head };
      this.say("problem");
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
      if (this.head >= head) return;
      if (!events.length) throw new EnlaceError("wrong_transcript", "the server announces more than it shows");
    }
  }

  /** Take events that follow the head: extend the transcript, apply, open, pin. */
  async #append(items) {
    await this.#ensureProposals(await parseAll(items));
    for (const item of items) {
      if (item.n !== this.head) throw new EnlaceError("wrong_transcript", "not the next event");
      const event = await parse(unb64u(item.wire));
      this.#pushId(event.eventId);
      if (event.kind === CONTROL) await this.#takeControl(item.n, event, item.at);
      this.#placeAtHead();
      if (!this.directory.key(event.senderKid)) await strongroom.syncDirectory();
      await this.opened.take(item, event, this.directory.revoked(event.senderKid) ? "key_revoked" : null);
      this.out.arrived(event);
      if (this.oldest === Infinity) this.oldest = item.n;
    }
    this.opened.link(this.out.pending);
    await this.#pinHead();
    this.say("change");
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
    if (this.ring.secrets.size > before) await this.opened.reopenClosed();
    this.say("members");
  }

  async #takeReceipts(list) {
    for (const { receipt } of list) {
      try {
        await this.#takeReceipt(parseReceipt(unb64u(receipt)));
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error; // a receipt that does not verify says nothing about who has read
      }
    }
  }

  /** A read mark is also a signed word about the past. Another past than ours means that the host shows us two. */
  async #takeReceipt(mark) {
    const kid = b64u(mark.kid);
    const key = this.directory.key(mark.kid);
    const fits = key && equal(mark.channelId, this.channelId) && mark.n < this.ts.length && (this.receipts.get(kid)?.n ?? -1) < mark.n;
    if (!fits) return;
    await verifyReceipt(mark, key.sigPub);
    if (equal(this.ts[mark.n], mark.t)) {
      this.receipts.set(kid, { n: mark.n, at: new Date(mark.atMs).toISOString() });
    } else if (this.state.members.has(kid)) {
      this.forks.add(kid);
      this.say("problem");
    }
  }

  // --- Inside: changes of the membership -----------------------------------------------------------------------------------

  #control(build) {
    return this.out.sign(async () => {
      await strongroom.syncDirectory();
      const { changes, newEpoch, grants, last = false } = await build();
      return { kind: CONTROL, body: controlBody(this.directory.size, changes, newEpoch), grants, last };
    });
  }

  revokedMembers() {
    return [...this.state.members.keys()].filter((kid) => this.directory.revoked(unb64u(kid)));
  }

  /** -> {changes, staying}: a revoked member goes on with the next key that the revoked one named in time; else he is removed. */
  without(revoked) {
    const staying = new Set([...this.state.members.keys()].filter((kid) => !revoked.includes(kid)));
    const changes = revoked.map((kid) => {
      const anew = this.#successor(kid);
      const goesOn = anew && this.directory.continues(unb64u(kid), anew.kid) && !staying.has(b64u(anew.kid));
      if (goesOn) staying.add(b64u(anew.kid));
      return goesOn ? ["rekey", unb64u(kid), anew.kid, null] : ["remove", unb64u(kid), null];
    });
    return { changes, staying };
  }

  /** The key that the holder of `kid` has now, where it is another one, or null. */
  #successor(kid) {
    const key = this.directory.key(unb64u(kid));
    const current = key && this.directory.current(key.subject);
    return current && !equal(current.kid, key.kid) ? current : null;
  }

  #inPlaceOf(old, kid, repudiateFrom, more = []) {
    const staying = [...this.state.members.keys()].filter((one) => one !== old);
    return this.#withNewEpoch([["rekey", unb64u(old), kid, repudiateFrom], ...more], new Set([...staying, b64u(kid)]));
  }

  #renewed(revoked) {
    const { changes, staying } = this.without(revoked);
    return this.#withNewEpoch(changes, staying);
  }

  /** The first place written at or after that moment, null where there is none. */
  async #firstSince(moment) {
    while (this.hasOlder && Date.parse(this.opened.list[0].at) >= moment) await this.loadOlder(WHOLE);
    return this.opened.list.find(({ at }) => Date.parse(at) >= moment)?.n ?? null;
  }

  /** -> {changes, grants}: the epochs that one key was given, for another; none where this officer may not open the past. */
  async #whatItHad(kid, anew) {
    if (this.state.policy[1] === 1 && !["o", "c"].includes(this.role)) return { changes: [], grants: [] };
    return pastFor(this, b64u(anew.kid), givenTo(this.state, new Set([kid])));
  }

  #without(kids) {
    const left = new Set([...this.state.members.keys()].filter((kid) => !kids.includes(kid)));
    return this.#withNewEpoch(kids.map((kid) => ["remove", unb64u(kid), null]), left);
  }

  /** A new key for exactly these members, in the same event as the changes. */
  async #withNewEpoch(changes, kids) {
    const { newEpoch, grants } = await newKeyFor(this, kids);
    return { changes, newEpoch, grants };
  }
}

/** Of each item its event, or null where the host gave something that is none. */
const parseAll = (items) => Promise.all(items.map(({ wire }) => parse(unb64u(wire)).catch(() => null)));
