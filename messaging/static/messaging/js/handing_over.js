// Handing over a post: all channels and cases that a predecessor shares with this officer, to a successor, in signed events of
// those channels (docs/adr/0028). Reads many channels in one request and sends many in one. No page.

import { get, post } from "liaison/api.js";
import { strongroom } from "liaison/strongroom.js";
import { ChannelStore } from "messaging/channel_store.js";
import { AGAIN } from "messaging/delivery.js";
import { firstOpenTo, givenTo, historyFor, newKeyFor } from "messaging/key_changes.js";
import { b64u, unb64u, utf8 } from "sealed/bytes.js";
import { FOCAL, SUPERVISOR } from "sealed/certs.js";
import { COORDINATOR } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, RECORD, parse } from "sealed/events.js";
import { roleAt } from "sealed/keylog.js";
import { controlBody } from "sealed/open_events.js";

const READ_AT_ONCE = 20;
const SEND_AT_ONCE = 10;
const TRIES = 3;

/** An item: {id, store or null, title, code of the case or "", to: see `judge`, why: error code or "", first: epoch from which the
 *  successor will read, chosen}. `to` is "do", "done", "restricted" (only without what was written), "private" or "no". */
export class HandingOver {
  /** `before`: b64u(subject) of the predecessor. `after`: b64u(kid) of the successor. `leave`: the predecessor is taken out.
   *  `unread`: the successor enters also where the history is kept from him, without it. */
  constructor(room, { before, after, leave, unread = false }) {
    Object.assign(this, { room, before, after, leave, unread, items: [] });
  }

  get #keysBefore() {
    return this.room.directory.keysOf(unb64u(this.before)).map((key) => b64u(key.kid));
  }

  /** Read and judge every channel. `progress(done, of)`. */
  async load(progress = () => {}) {
    await strongroom.syncDirectory();
    this.old = this.#keysBefore;
    const shared = (await get(`/api/channels/shared?with=${this.before}`)).channels.map(({ id }) => id);
    this.items = await this.#elsewhere(new Set(shared));
    for (let at = 0; at < shared.length; at += READ_AT_ONCE) {
      this.items.push(...(await this.#read(shared.slice(at, at + READ_AT_ONCE))));
      progress(Math.min(at + READ_AT_ONCE, shared.length), shared.length);
    }
    return this.items;
  }

  /** Channels of the predecessor that a focal point knows of without being in them: somebody else must hand them over. */
  async #elsewhere(shared) {
    if (this.room.officer.role !== "focal") return [];
    const found = await Promise.all(this.old.map((kid) => get(`/api/channels?kid=${kid}`)));
    const ids = new Set(found.flatMap(({ channels }) => channels.map(({ id }) => id)).filter((id) => !shared.has(id)));
    return [...ids].map((id) => ({ id, store: null, title: "", code: "", to: "no", why: "not_a_member", first: 0, chosen: false }));
  }

  async #read(ids) {
    const { channels } = await post("/api/channels/read", { channels: ids });
    return Promise.all(channels.map((given) => this.#opened(given)));
  }

  async #opened(given) {
    const item = { id: given.id, store: null, title: "", code: given.case?.code || "", to: "no", why: "", first: 0, chosen: false };
    try {
      const store = new ChannelStore(given.id, this.room);
      await store.load({ live: false, given });
      await store.loadAll();
      Object.assign(item, { store, title: store.title || "" });
      this.judge(item);
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      item.why = error.code;
    }
    return item;
  }

  /** What becomes of a channel, by the rules of sealed/channel.js: said before anything is signed. */
  judge(item) {
    const { store } = item;
    const { state } = store;
    const here = this.#here(state);
    if (store.problem) Object.assign(item, { to: "no", why: store.problem.code });
    else if (state.kind === "direct") item.to = "private";
    else if (!store.ring.secrets.has(state.epoch)) Object.assign(item, { to: "no", why: "missing_epoch_key" });
    else {
      item.first = firstOpenTo(store, this.after);
      item.why = this.#forbidden(store, item);
      item.to = item.why ? "no" : this.#isDone(store, item) ? "done" : item.first > state.epoch && !state.members.has(this.after) ? "restricted" : "do";
    }
    // Who left long ago of his own will is not followed by his successor unless somebody says so.
    item.chosen = item.to === "do" && (here.length > 0 || this.old.some((kid) => state.spans.has(kid) && store.directory.revoked(unb64u(kid))));
    if (item.to === "restricted") item.chosen = this.unread && here.length > 0;
    return item;
  }

  #here = (state) => this.old.filter((kid) => state.members.has(kid));

  /** Those of the predecessor's keys that go: a revoked one cannot stay, whatever was chosen. */
  #going = (store) => this.#here(store.state).filter((kid) => this.leave || store.directory.revoked(unb64u(kid)));

  #role(state) {
    const [kid] = this.#here(state);
    return state.members.get(kid) ?? this.old.flatMap((one) => state.spans.get(one) ?? []).at(-1)?.[2] ?? "w";
  }

  #rises = ({ members, policy }, role) => members.get(this.after) !== COORDINATOR && role === COORDINATOR && policy[0] === 1;

  #isDone(store, item) {
    const { state } = store;
    if (!state.members.has(this.after) || this.#going(store).length || this.#rises(state, this.#role(state))) return false;
    return item.first > state.epoch || this.#epochsGiven(state, item.first);
  }

  #epochsGiven(state, first) {
    const given = givenTo(state, new Set([this.after]));
    for (let epoch = first; epoch <= state.epoch; epoch += 1) if (!given.has(epoch)) return false;
    return true;
  }

  /** The code of the rule that keeps this officer from it, or "". */
  #forbidden(store, item) {
    const { state, directory, room } = store;
    const own = state.members.get(room.kid);
    const key = directory.key(unb64u(this.after));
    const mine = directory.key(room.identity.kid);
    if (!own) return "not_a_member";
    if (own !== COORDINATOR && state.policy[1] === 1 && item.first <= state.epoch) return "not_allowed";
    const lead = [SUPERVISOR, FOCAL].includes(roleAt(mine, directory.size)) && mine.authority === key.authority;
    const present = state.authorities(directory).has(key.authority);
    if (!state.members.has(this.after)) {
      if (own !== COORDINATOR && !(present && lead)) return "not_allowed";
      if (!present && state.policy[0] > 1) return "not_enough_countries";
    }
    const focal = roleAt(mine, directory.size) === FOCAL;
    const others = this.#going(store).filter((kid) => kid !== room.kid && !directory.revoked(unb64u(kid)));
    if (others.length && own !== COORDINATOR && !(focal && mine.authority === key.authority)) return "not_allowed";
    return "";
  }

  /** Hand over what is chosen. `progress(done, of)` as channels are answered. Throws ApiError where the line breaks: what was
   *  answered stays, and a new run skips it. */
  async run(progress = () => {}) {
    let open = this.items.filter((item) => item.chosen);
    const of = open.length;
    for (let tries = 1; open.length && tries <= TRIES; tries += 1) {
      const again = [];
      for (let at = 0; at < open.length; at += SEND_AT_ONCE) {
        again.push(...(await this.#hand(open.slice(at, at + SEND_AT_ONCE), tries === TRIES)));
        progress(this.items.filter((item) => item.chosen && ["done", "no"].includes(item.to)).length, of);
      }
      open = again.length ? await this.#anew(again) : [];
    }
    return this.items;
  }

  /** -> those whose channel moved on meanwhile. */
  async #hand(items, last) {
    const made = [];
    for (const item of items) {
      try {
        made.push([item, await this.#signed(item)]);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error;
        Object.assign(item, { to: "no", why: error.code });
      }
    }
    if (!made.length) return [];
    const { results } = await post("/api/channels/batch", { sends: made.map(([, sent]) => sent) });
    const again = [];
    for (const [at, [item]] of made.entries()) {
      const { error } = results[at];
      if (error?.code === "act_refused" && !item.unassigned) again.push(Object.assign(item, { unassigned: true }));
      else if (error && AGAIN.has(error.code) && !last) again.push(item);
      else Object.assign(item, error ? { to: "no", why: error.code } : { to: "done", why: "", handed: true });
    }
    return again;
  }

  /** Read these again. -> those that still wait. */
  async #anew(items) {
    await strongroom.syncDirectory();
    const fresh = await this.#read(items.map(({ id }) => id));
    for (const item of items) Object.assign(item, fresh.find(({ id }) => id === item.id) ?? { to: "no", why: "not_found" }, { chosen: true });
    return items.filter(({ to }) => to === "do" || to === "restricted");
  }

  /** The signed events of one channel: who enters, with which history, who goes; the case follows; oneself last. */
  async #signed({ id, store, title, first, unassigned = false }) {
    const draft = new Draft(store);
    const { state, room } = store;
    const going = this.#going(store);
    const others = going.filter((kid) => kid !== room.kid);
    const settled = store.without(store.revokedMembers().filter((kid) => !going.includes(kid)));
    const inside = state.members.has(this.after);
    const role = this.#role(state);
    const changes = inside ? [] : [["add", unb64u(this.after), role]];
    if (first <= state.epoch && !(inside && this.#epochsGiven(state, first))) {
      const { change, grant } = await historyFor(store, this.after);
      changes.push(change);
      draft.grants.push(grant);
    }
    if (inside && this.#rises(state, role) && state.members.get(room.kid) === COORDINATOR) changes.push(["role", unb64u(this.after), COORDINATOR]);
    changes.push(...others.map((kid) => ["remove", unb64u(kid), null]), ...settled.changes);
    const unread = !inside && first > state.epoch;
    let key = null;
    if (others.length || settled.changes.length || unread || state.rekeyPending) {
      key = await newKeyFor(store, new Set([...settled.staying, this.after].filter((kid) => !others.includes(kid))));
      draft.grants.push(...key.grants);
    }
    if (changes.length || key) await draft.control(changes, key?.newEpoch ?? null);
    if (unread && title) await draft.record(key.ring, "channel", [["title", title]]);
    if (this.#assigned(store) && !unassigned) await draft.act({ act: "assign", v: 1, officer: this.after });
    if (going.includes(room.kid)) await draft.control([["remove", room.identity.kid, null]], null);
    return { channel: id, wires: draft.wires.map(b64u), grants: draft.grants.map(([kid, blob]) => [kid, b64u(blob)]) };
  }

  /** Is the predecessor the officer of this open case, by its own authority's newest word? */
  #assigned(store) {
    if (store.state.kind !== "case" || store.case?.closed) return false;
    const own = store.directory.key(store.room.identity.kid).authority;
    const words = store.shown.filter((row) => row.kind === "act" && row.state === "ok" && row.act.act === "assign" && row.sender.authority === own);
    return this.old.includes(words.at(-1)?.act.officer);
  }
}

/** Events that follow each other in one channel, each judged before it is sent as every reader will judge it. */
class Draft {
  constructor(store) {
    this.store = store;
    this.ahead = store.state.copy();
    this.ahead.placed = new Set();
    this.wires = [];
    this.grants = [];
  }

  #place(kind) {
    const { epoch, headN, headT } = this.ahead;
    return [this.store.channelId, epoch, kind, headN, headT, Date.now()];
  }

  async #push(wire) {
    await this.ahead.apply(await parse(wire), this.store.directory);
    this.wires.push(wire);
  }

  async control(changes, newEpoch) {
    await this.#push(await this.store.out.author.clear(...this.#place(CONTROL), controlBody(this.store.directory.size, changes, newEpoch)));
  }

  async act(act) {
    await this.#push(await this.store.out.author.clear(...this.#place(ACT), utf8(JSON.stringify(act))));
  }

  async record(ring, ref, fields) {
    const body = ["rec", ref, fields];
    await this.#push(await this.store.out.author.seal(ring.secret(this.ahead.epoch), ...this.#place(RECORD), body, this.store.room.logHead));
  }
}
