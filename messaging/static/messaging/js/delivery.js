// The way out of one channel. Sealed posts go by the socket through an outbox that survives a reload; clear events
// (control, acts) go by HTTP and are signed again when somebody was faster.

import { ApiError, post } from "liaison/api.js";
import * as outbox from "liaison/outbox.js";
import { socket } from "liaison/socket.js";
import { keyOf } from "messaging/rows.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { CONTROL, FILE, POST, RECORD, parse } from "sealed/events.js";
import { Author } from "sealed/open_events.js";
import { randomBytes } from "sealed/suite.js";

const TRIES = 4;
const TRY_LATER = 5000;
/** The channel moved on meanwhile: take its newest state, seal or sign again. */
export const AGAIN = new Set(["wrong_epoch", "rekey_pending", "unknown_head", "wrong_transcript", "stale_head"]);
/** Nothing is wrong with what was sent. */
export const LATER = new Set(["too_fast", "busy", "unavailable", "server_error", "offline"]);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Delivery {
  /** `store`: the channel; its say, catchUp, readyToSeal and rotate are used. */
  constructor(store) {
    this.store = store;
    this.pending = []; // local rows in the order written
    this.author = new Author(store.room.identity, randomBytes(8));
  }

  /** Seal a body and send it. -> the local row, which stands at once. */
  async send(kind, body) {
    const wire = await this.#seal(this.author, kind, body);
    const event = await parse(wire);
    const row = this.store.opened.local(event, body, { wire: b64u(wire), outboxKey: await this.#keep(wire) });
    this.pending.push(row);
    this.store.say("change");
    this.#deliver(row);
    return row;
  }

  retry(row) {
    const delivered = this.#deliver(row);
    this.store.say("change");
    return delivered;
  }

  async discard(row) {
    await outbox.done(row.outboxKey);
    this.#drop(row);
    this.store.say("change");
  }

  /** The event stands in the channel: its local row has done its work. */
  arrived(event) {
    const row = this.pending.find((one) => one.key === keyOf(event));
    if (!row) return;
    this.#drop(row);
    outbox.done(row.outboxKey);
  }

  /** Send again everything that waits, in order. */
  flush() {
    for (const row of this.pending) if (row.state === "waiting") this.#deliver(row);
  }

  /** What an earlier page left on its way: opened from its own ciphertext, shown, and sent. */
  async restore() {
    for (const [key, item] of await outbox.waiting(this.store.room.subject, this.store.id)) {
      if (this.pending.some((row) => row.outboxKey === key)) continue;
      try {
        await this.#restoreOne(key, item);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error; // sealed under a key this vault no longer has: kept, not shown
      }
    }
  }

  /**
   * Sign a clear event at the head and post it with its grants and sealed records, all or nothing.
   *
   * `build()` -> {kind, body bytes, grants [[kid, blob]], records [[ref, fields]], last}, made anew for each try, because
   * what was true at the old head may not be at the new one. Throws ApiError with `fields` when the server refuses.
   */
  sign(build) {
    return this.#commit(async () => {
      const made = await build();
      return { ...made, wires: await this.#wires(made), files: [] };
    });
  }

  /** A message into a channel that no page follows. */
  post(body) {
    return this.#commit(async () => ({ kind: POST, wires: [await this.#seal(this.author, POST, body)], grants: [], files: [] }));
  }

  /** A message with a file: over HTTP, where it and its file stand or fall together. `body` of kind FILE. */
  share(body, fileIds) {
    return this.#commit(async () => ({ kind: FILE, wires: [await this.#seal(this.author, FILE, body)], grants: [], files: fileIds }));
  }

  async #commit(make) {
    const { store } = this;
    for (let tries = 1; ; tries += 1) {
      await store.catchUp();
      if (store.problem) throw new EnlaceError(store.problem.code);
      const made = await make();
      const request = { wires: made.wires.map(b64u), grants: made.grants.map(([kid, blob]) => [kid, b64u(blob)]), files: made.files.map(b64u) };
      try {
        const answer = await post(`/api/channels/${store.id}/events`, request);
        if (!made.last) await store.catchUp(); // who has just left reads nothing more
        return answer;
      } catch (error) {
        if (error.code === "rekey_pending" && made.kind !== CONTROL) await store.rotate();
        else if (!AGAIN.has(error.code) || tries >= TRIES) throw error;
      }
    }
  }

  /** The clear wire, then the sealed records that go with it. */
  async #wires({ kind, body, records = [] }) {
    const wires = [await this.author.clear(...this.store.place(kind), body)];
    for (const [ref, fields] of records) wires.push(await this.#seal(this.author, RECORD, ["rec", ref, fields]));
    return wires;
  }

  async #seal(author, kind, body) {
    await this.store.readyToSeal();
    return author.seal(this.store.ring.secret(this.store.state.epoch), ...this.store.place(kind), body, this.store.room.logHead);
  }

  #keep(wire) {
    return outbox.keep({ subject: this.store.room.subject, channel: this.store.id, wire: b64u(wire), at: Date.now() });
  }

  #drop(row) {
    this.pending = this.pending.filter((other) => other !== row);
  }

  async #restoreOne(key, item) {
    const { store } = this;
    const event = await parse(unb64u(item.wire));
    if (store.places.has(b64u(event.eventId))) {
      await outbox.done(key);
      return;
    }
    const row = store.opened.local(event, await store.ring.open(event), { wire: item.wire, outboxKey: key });
    this.pending.push(row);
    this.#deliver(row);
  }

  /** Until it is acknowledged, refused, or the line is gone: then it waits for the next hello. */
  async #deliver(row) {
    row.state = "sending";
    for (let tries = 0; tries < TRIES && !this.store.closed; tries += 1) {
      const answer = socket.state === "open" ? await socket.post(this.store.id, row.wire) : null;
      if (answer === null) break;
      if (answer.t === "ack") return this.#acknowledged(row, answer);
      if (answer.code === "same_id_other_body") return this.arrived(row.event); // another window has sent it
      if (LATER.has(answer.code)) await pause((answer.retry_after || 2 ** tries) * 1000);
      else if (!AGAIN.has(answer.code)) return this.#refused(row, answer.code);
      else if (!(await this.#sealAgain(row))) break;
    }
    if (this.pending.includes(row) && row.state === "sending") this.#wait(row);
    return null;
  }

  #wait(row) {
    row.state = "waiting";
    this.store.say("change");
    if (socket.state === "open" && !this.store.closed) setTimeout(() => row.state === "waiting" && this.#deliver(row), TRY_LATER);
  }

  #refused(row, code) {
    row.state = "refused";
    row.code = code;
    row.hidden = false; // what was not taken must be seen
    this.store.say("change");
  }

  #acknowledged(row, { n, at }) {
    outbox.done(row.outboxKey);
    if (n < this.store.head || !this.pending.includes(row)) return; // the event itself came first
    row.at = at;
    this.store.say("change");
    this.store.catchUp().catch(() => null); // normally the event is on its way; a lost frame must not leave it pending
  }

  /** The channel moved on (new key, other head) before the post arrived: the same post, sealed for today. */
  async #sealAgain(row) {
    try {
      await this.store.catchUp();
      const author = new Author(this.store.room.identity, row.event.clientId, row.event.clientSeq);
      const wire = await this.#seal(author, row.event.kind, row.body);
      const before = row.outboxKey;
      row.wire = b64u(wire);
      row.event = await parse(wire);
      row.outboxKey = await this.#keep(wire);
      await outbox.done(before);
      return true;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      if (!(error instanceof ApiError && LATER.has(error.code))) this.#refused(row, error.code);
      return false;
    }
  }
}
