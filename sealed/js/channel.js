// Who is in a channel, which key is current, who may change what: the rules of docs/protocol.md 5.2, replayed event by event.
// The twin of sealed/channel.py: the same rules, the same codes. Keys are named by b64u(kid) in Maps.

import { b64u, equal, fromUtf8, isBytes, isCount } from "./bytes.js";
import * as cbor from "./cbor.js";
import { FOCAL, SUPERVISOR } from "./certs.js";
import { EnlaceError } from "./errors.js";
import * as events from "./events.js";
import { roleAt } from "./keylog.js";
import { sha256, verify } from "./suite.js";

export const COORDINATOR = "o";
export const CUSTODIAN = "c";
const ROLES = new Set(["o", "w", "r", "c"]);
const POSTING = new Set(["o", "w"]);
const KINDS = new Set(["network", "corridor", "case", "direct"]);
const ANSWERS = new Set(["referral.accept", "referral.decline"]);
const DEEPEST_ACT = 16; // of JSON, so that two parsers with different stacks agree

const need = (good, code) => {
  if (!good) throw new EnlaceError(code);
};

export const channelIdOf = (genesis) => sha256(cbor.encode(genesis));

/** What a coordinator of another authority signs to approve a change. */
export const approvalBody = (channelId, t, logSize, changes) => cbor.encode(["enl1.approve", channelId, t, logSize, changes]);

const isPolicy = (value) => {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [k, histRule, kind, drop] = value;
  return isCount(k) && k >= 1 && (histRule === 0 || histRule === 1) && KINDS.has(kind) && typeof drop === "boolean";
};

const SHAPES = {
  genesis: ([nonce, policy, members, ...rest]) =>
    rest.length === 0 && isBytes(nonce, 16) && isPolicy(policy) && Array.isArray(members) &&
    members.every((row) => Array.isArray(row) && row.length === 2 && isBytes(row[0], 32) && ROLES.has(row[1])),
  add: ([kid, role, ...rest]) => rest.length === 0 && isBytes(kid, 32) && ROLES.has(role),
  role: ([kid, role, ...rest]) => rest.length === 0 && isBytes(kid, 32) && ROLES.has(role),
  remove: ([kid, from, ...rest]) => rest.length === 0 && isBytes(kid, 32) && (from === null || isCount(from)),
  rekey: ([old, kid, from, ...rest]) => rest.length === 0 && isBytes(old, 32) && isBytes(kid, 32) && (from === null || isCount(from)),
  hist: ([kid, first, last, hash, ...rest]) => rest.length === 0 && isBytes(kid, 32) && isCount(first) && isCount(last) && isBytes(hash, 32),
  policy: ([policy, ...rest]) => rest.length === 0 && isPolicy(policy),
};

function pairs(value, length) {
  const good = Array.isArray(value) && value.every((row) => Array.isArray(row) && row.length === 2 && isBytes(row[0], 32) && isBytes(row[1], length));
  need(good, "bad_wire");
  return value;
}

/** -> {logSize, changes, newEpoch: null | {epoch, commit, recipients}, approvals}. Throws "bad_wire" for a form no client
 *  makes, "unknown_change" for a change of a later version. */
export function parseControl(body) {
  let value = null;
  try {
    value = cbor.decode(body);
  } catch {
    value = null;
  }
  need(Array.isArray(value) && value.length === 4 && isCount(value[0]) && Array.isArray(value[1]), "bad_wire");
  const [logSize, changes, epoch, approvals] = value;
  need(changes.every((change) => Array.isArray(change) && typeof change[0] === "string"), "bad_wire");
  need(changes.every(([name]) => Object.hasOwn(SHAPES, name)), "unknown_change");
  need(changes.every(([name, ...rest]) => SHAPES[name](rest)), "bad_wire");
  let newEpoch = null;
  if (epoch !== null) {
    need(Array.isArray(epoch) && epoch.length === 3 && isCount(epoch[0]) && isBytes(epoch[1], 32), "bad_wire");
    newEpoch = { epoch: epoch[0], commit: epoch[1], recipients: pairs(epoch[2], 32) };
  }
  return { logSize, changes, newEpoch, approvals: pairs(approvals, 64) };
}

/** What the events so far amount to. `members` Map b64u(kid) -> role; `headN` is the number of events, `headT` = T_{headN}. */
export class ChannelState {
  constructor(channelId) {
    this.channelId = channelId;
    this.policy = [];
    this.members = new Map();
    this.epoch = -1;
    this.commits = new Map(); // epoch -> commitment
    this.headN = 0;
    this.headT = null; // T_0, made when first needed
    this.rekeyPending = false;
    this.logSize = 0;
    this.logSizes = []; // [n of a control event, size of the key log it was judged by]
    this.grants = []; // {n, granter, kid, first, last, hash}
    this.repudiated = new Map(); // b64u(kid) -> n
    this.spans = new Map(); // b64u(kid) -> [[from n, to n or null, role]]
    this.epochs = []; // [n from which it is current, epoch]
    this.ts = new Map(); // T by position, as far as applied here
    this.placed = new Set(); // b64u(id) of the events taken here
    this.proposals = new Map(); // b64u(event id) of a referral.propose -> authority asked
  }

  get kind() {
    return this.policy[2] ?? "";
  }

  /** The role a key had for an event at position n, or null. */
  memberAt(n, kid) {
    const span = (this.spans.get(b64u(kid)) ?? []).find(([first, last]) => first <= n && (last === null || n < last));
    return span ? span[2] : null;
  }

  /** The epoch current for an event at position n. */
  epochAt(n) {
    return this.epochs.reduce((current, [first, epoch]) => (first <= n ? epoch : current), -1);
  }

  /** The key log by which an event at position n is judged: that of the control event before it. */
  logSizeAt(n) {
    return this.logSizes.findLast(([at]) => at < n)?.[1] ?? 0;
  }

  /** Was the event at position n a control event that was applied here? */
  changedAt(n) {
    return this.logSizes.some(([at]) => at === n);
  }

  /** "Everything before n is known to me": sets the head without applying what lies between. */
  place(n, t) {
    this.headN = n;
    this.headT = t;
    this.ts.set(n, t);
  }

  authorities(directory) {
    const found = new Set();
    for (const key of this.#memberKeys(directory)) found.add(key.authority);
    return found;
  }

  *#memberKeys(directory) {
    for (const name of this.members.keys()) if (directory.keys.has(name)) yield directory.keys.get(name);
  }

  grantsFor(...kids) {
    return this.grants.filter((grant) => kids.some((kid) => equal(grant.kid, kid)));
  }

  async #start() {
    if (this.headT === null) this.place(0, await events.transcriptStart(this.channelId));
  }

  // --- applying --------------------------------------------------------------------------------------------------------

  /** Checks the next event at position headN and takes it; on refusal nothing changes. */
  async apply(event, directory) {
    if (event.kind === events.CONTROL) {
      await this.applyControl(event, directory);
      return;
    }
    await this.check(event, directory);
    if (event.kind === events.ACT) this.noteProposal(event.eventId, event.payload);
    await this.advance(event);
  }

  /** All rules for a post, record or act at position headN. The order of checks is the order in which a reader would doubt. */
  async check(event, directory) {
    await this.#start();
    await this.#checkEnvelope(event, directory);
    need(!this.rekeyPending, "rekey_pending");
    const role = this.members.get(b64u(event.senderKid));
    if (!role && event.kind === events.ACT) this.#checkGuest(event, directory);
    else if (!role) throw new EnlaceError("not_a_member");
    else need(POSTING.has(role), "not_allowed");
    need(event.epoch === this.epoch, "wrong_epoch");
    await events.verifyPayload(event);
    const own = this.ts.get(event.seenN);
    need(event.seenN <= this.headN && own && equal(own, event.tSeen), "wrong_transcript");
    need(!this.placed.has(b64u(event.eventId)), "wrong_transcript"); // what its author saw is still true at a second showing
  }

  async #checkEnvelope(event, directory) {
    need(equal(event.channelId, this.channelId), "wrong_channel");
    const key = directory.key(event.senderKid);
    need(key, "unknown_key"); // whether its authority is still listed is asked of who enters and changes, never of the past
    await events.verifySignature(event, key.sigPub);
  }

  /** A desk answers the referral addressed to its authority before it is in the channel (ADR 1), and nothing else. */
  #checkGuest(event, directory) {
    const body = actBody(event.payload);
    const asked = typeof body.reply_to === "string" ? this.proposals.get(body.reply_to) : undefined;
    need(mayAnswer(event, body, asked, directory, this.logSize), "not_a_member");
    need(event.seenN === 0, "wrong_transcript");
  }

  /** Remembers a referral.propose, so that the authority asked may answer it. */
  noteProposal(eventId, payload) {
    const body = actBody(payload);
    if (body.act === "referral.propose" && typeof body.to === "string") this.proposals.set(b64u(eventId), body.to);
  }

  async advance(event) {
    this.placed.add(b64u(event.eventId));
    this.place(this.headN + 1, await events.transcript(this.headT, event.eventId));
  }

  /** -> the parsed body. All rules of 5.2; on refusal nothing changes. */
  async applyControl(event, directory) {
    await this.#start();
    await this.#checkEnvelope(event, directory);
    await events.verifyPayload(event);
    need(event.seenN === this.headN && equal(event.tSeen, this.headT), "stale_head");
    const control = parseControl(event.payload);
    need(control.logSize >= this.logSize, "log_went_back");
    need(control.logSize <= directory.size, "key_log_behind");
    const after = this.copy();
    const Change = this.headN === 0 ? Genesis : Amendment;
    await new Change(after, event, control, directory).run();
    after.logSize = control.logSize;
    after.logSizes.push([event.seenN, control.logSize]);
    await after.advance(event);
    Object.assign(this, after);
    return control;
  }

  copy() {
    const made = Object.assign(new ChannelState(this.channelId), this);
    for (const name of ["members", "commits", "repudiated", "ts", "proposals"]) made[name] = new Map(this[name]);
    made.spans = new Map([...this.spans].map(([kid, spans]) => [kid, spans.map((span) => [...span])]));
    made.grants = [...this.grants];
    made.logSizes = [...this.logSizes];
    made.epochs = this.epochs.map((row) => [...row]);
    return made;
  }
}

/** The JSON object of an act, {} for anything else: what it says is the case's business, here only its name counts. */
export function actBody(payload) {
  try {
    const body = JSON.parse(fromUtf8(payload));
    const object = body !== null && typeof body === "object" && !Array.isArray(body);
    return object && depthWithin(body, DEEPEST_ACT) ? body : {};
  } catch {
    return {};
  }
}

const depthWithin = (value, most) =>
  most > 0 && (value === null || typeof value !== "object" || Object.values(value).every((item) => depthWithin(item, most - 1)));

/** May the signer, who is no member, answer the referral that asked authority `asked` (undefined: no such referral)? Judged by
 *  the log of that position: a revocation of later years must not unsay an acceptance. */
export function mayAnswer(event, body, asked, directory, logSize) {
  const answers = ANSWERS.has(body.act) && asked !== undefined && directory.key(event.senderKid)?.authority === asked;
  return answers && !directory.revoked(event.senderKid, logSize) && directory.trusted(asked, logSize);
}

/** What genesis and amendments share: the keys as of log_size, and the new epoch. */
class Change {
  constructor(state, event, control, directory) {
    Object.assign(this, { state, event, control, directory, n: state.headN, signer: b64u(event.senderKid) });
  }

  currentKey(kid) {
    const key = this.directory.key(kid);
    const newest = key ? this.directory.current(key.subject, this.control.logSize) : null;
    need(newest && equal(newest.kid, kid), "not_vouched");
    return key;
  }

  authority(kid) {
    const key = this.directory.key(kid);
    need(key, "unknown_key");
    return key.authority;
  }

  enter(kid, role) {
    const name = b64u(kid);
    this.state.members.set(name, role);
    if (!this.state.spans.has(name)) this.state.spans.set(name, []);
    this.state.spans.get(name).push([this.n + 1, null, role]);
  }

  leave(kid) {
    const name = b64u(kid);
    this.state.members.delete(name);
    this.state.spans.get(name).at(-1)[1] = this.n + 1;
  }

  beginEpoch(expected) {
    const { epoch, commit, recipients } = this.control.newEpoch;
    need(epoch === expected, "wrong_epoch");
    const names = new Set(recipients.map(([kid]) => b64u(kid)));
    const exact = names.size === recipients.length && names.size === this.state.members.size && [...names].every((name) => this.state.members.has(name));
    need(exact, "wrong_recipients");
    this.state.epoch = epoch;
    this.state.rekeyPending = false;
    this.state.commits.set(epoch, commit);
    this.state.epochs.push([this.n + 1, epoch]);
    const granter = this.event.senderKid;
    for (const [kid, hash] of recipients) this.state.grants.push({ n: this.n, granter, kid, first: epoch, last: epoch, hash });
  }
}

class Genesis extends Change {
  async run() {
    const { changes, newEpoch } = this.control;
    need(changes.length === 1 && changes[0][0] === "genesis", "bad_genesis");
    need(equal(await channelIdOf(changes[0]), this.state.channelId), "bad_genesis");
    need(newEpoch !== null && this.event.epoch === 0, "bad_genesis");
    const [, , policy, members] = changes[0];
    const names = new Set(members.map(([kid]) => b64u(kid)));
    need(names.size > 0 && names.size === members.length, "bad_genesis");
    for (const [kid, role] of members) {
      this.currentKey(kid);
      this.enter(kid, role);
    }
    need(this.state.members.get(this.signer) === COORDINATOR, "not_allowed");
    this.state.policy = policy;
    this.beginEpoch(0);
    // The genesis event is itself under epoch 0 and its members are members at position 0.
    this.state.epochs[0] = [0, 0];
    for (const spans of this.state.spans.values()) spans[0][0] = 0;
  }
}

/** Any control event after genesis: every change judged in turn against the members as changed so far. */
class Amendment extends Change {
  async run() {
    this.role = this.state.members.get(this.signer) ?? null;
    this.added = [];
    this.removed = [];
    this.rekeyed = false;
    this.histories = new Map();
    this.coordinatorGivenUp = false;
    this.epochBefore = this.state.epoch;
    this.before = new Map(this.state.members);
    this.checkSigner();
    this.approving = await this.checkApprovals();
    for (const [name, ...rest] of this.control.changes) {
      need(name !== "genesis", "bad_genesis");
      this[`take_${name}`](...rest);
    }
    this.finish();
  }

  checkSigner() {
    const { control, directory, event, state } = this;
    need(directory.vouched(event.senderKid, control.logSize), "key_revoked");
    need(event.epoch === state.epoch, "wrong_epoch");
    if (this.role === null && !this.entersByRekey()) {
      need(this.onlyRemovesAsFocal(), "not_a_member");
      need(control.newEpoch === null, "not_allowed");
    }
    need(!state.rekeyPending || control.newEpoch !== null, "rekey_pending");
  }

  isFocalOf(kid) {
    const key = this.directory.key(this.event.senderKid);
    return Boolean(key) && roleAt(key, this.control.logSize) === FOCAL && key.authority === this.authority(kid);
  }

  /** The first change puts the signer in the place of its own earlier key; take_rekey judges whether it may. */
  entersByRekey() {
    const [name, , kid] = this.control.changes[0] ?? [];
    return name === "rekey" && b64u(kid) === this.signer;
  }

  onlyRemovesAsFocal() {
    const { changes } = this.control;
    return changes.length > 0 && changes.every(([name, kid]) => name === "remove" && this.isFocalOf(kid));
  }

  /** -> the authorities of the signer and of the approvers, coordinators before this event. An approval that does not verify
   *  is refused also where none is needed: whoever reads the list later may take it for one. */
  async checkApprovals() {
    const { control, directory, event, state } = this;
    const body = approvalBody(state.channelId, event.tSeen, control.logSize, control.changes);
    const authorities = new Set([this.authority(event.senderKid)]);
    for (const [kid, signature] of control.approvals) {
      const key = directory.key(kid);
      const good = key && this.before.get(b64u(kid)) === COORDINATOR && directory.vouched(kid, control.logSize);
      need(good && (await verify(key.sigPub, body, signature)), "bad_approval");
      authorities.add(key.authority);
    }
    return authorities;
  }

  /** k is the policy as changed so far. */
  requireCountries() {
    need(this.approving.size >= this.state.policy[0], "not_enough_countries");
  }

  take_add(kid, role) {
    const key = this.currentKey(kid);
    need(!this.state.members.has(b64u(kid)), "already_member");
    const signer = this.directory.key(this.event.senderKid);
    const present = this.state.authorities(this.directory).has(key.authority);
    const ownLead = Boolean(signer) && [SUPERVISOR, FOCAL].includes(roleAt(signer, this.control.logSize)) && signer.authority === key.authority;
    need(this.role === COORDINATOR || (present && ownLead), "not_allowed");
    if (!present) this.requireCountries();
    this.enter(kid, role);
    this.added.push(b64u(kid));
  }

  take_remove(kid, repudiateFrom) {
    const name = b64u(kid);
    need(this.state.members.has(name), "no_such_member");
    const byItself = name === this.signer;
    const revoked = this.directory.revoked(kid, this.control.logSize);
    const memberMay = this.role === COORDINATOR || (this.role !== null && revoked);
    need(byItself || memberMay || this.isFocalOf(kid), "not_allowed");
    if (repudiateFrom !== null) {
      need(repudiateFrom <= this.n, "bad_wire");
      this.state.repudiated.set(name, repudiateFrom);
    }
    this.coordinatorGivenUp ||= byItself || (this.role === COORDINATOR && !revoked);
    this.leave(kid);
    this.removed.push(name);
  }

  take_rekey(old, kid, repudiateFrom) {
    const { directory, state } = this;
    need(state.members.has(b64u(old)), "no_such_member");
    need(!state.members.has(b64u(kid)), "already_member");
    const key = this.currentKey(kid);
    const before = directory.key(old);
    const signer = directory.key(this.event.senderKid);
    need(before && signer && equal(before.subject, key.subject), "not_allowed");
    // After a key reset only somebody else can say that the person is the same: a rogue focal point who vouched for a key of
    // its own in an officer's name must not walk into the officer's channels with it.
    need(directory.continues(old, kid) || (this.role !== null && !equal(signer.subject, key.subject)), "not_confirmed");
    if (repudiateFrom !== null) this.repudiate(old, kid, repudiateFrom);
    const role = state.members.get(b64u(old));
    this.leave(old);
    this.enter(kid, role);
    this.rekeyed = true;
    if (b64u(kid) === this.signer) this.role = role;
  }

  /** Whose messages they were, or a coordinator: nobody else unsays what a colleague wrote. */
  repudiate(old, kid, first) {
    need(b64u(kid) === this.signer || this.role === COORDINATOR, "not_allowed");
    need(first <= this.n, "bad_wire");
    this.state.repudiated.set(b64u(old), first);
  }

  take_hist(kid, first, last, hash) {
    const name = b64u(kid);
    need(this.state.members.has(name), "no_such_member");
    const may = this.role !== null && (this.state.policy[1] === 0 || [COORDINATOR, CUSTODIAN].includes(this.role));
    need(may, "not_allowed");
    need(first <= last && last <= this.epochBefore, "wrong_epoch");
    this.histories.set(name, Math.max(last, this.histories.get(name) ?? -1));
    this.state.grants.push({ n: this.n, granter: this.event.senderKid, kid, first, last, hash });
  }

  take_role(kid, role) {
    need(this.state.members.has(b64u(kid)), "no_such_member");
    need(this.role === COORDINATOR, "not_allowed");
    this.requireCountries();
    this.coordinatorGivenUp = true;
    this.leave(kid);
    this.enter(kid, role);
  }

  take_policy(policy) {
    need(this.role === COORDINATOR && policy[2] === this.state.policy[2], "not_allowed");
    this.requireCountries();
    this.state.policy = policy;
  }

  finish() {
    const { control, directory, state } = this;
    const roles = [...state.members.values()];
    need(roles.length > 0, "last_member");
    need(!this.coordinatorGivenUp || roles.includes(COORDINATOR), "last_coordinator");
    need(control.changes.length > 0 || control.newEpoch !== null, "bad_wire");
    if (control.newEpoch !== null) {
      need(state.members.has(this.signer), "not_allowed");
      const sealedToRevoked = [...state.members.keys()].some((name) => directory.keys.has(name) && directory.revoked(directory.keys.get(name).kid, control.logSize));
      need(!sealedToRevoked, "key_revoked");
      this.beginEpoch(this.epochBefore + 1);
      return;
    }
    need(!this.rekeyed, "needs_new_epoch"); // the old key may be in other hands
    need(this.added.every((name) => (this.histories.get(name) ?? -1) >= this.epochBefore), "needs_history");
    const others = this.removed.filter((name) => name !== this.signer);
    need(others.length === 0 || this.role === null, "needs_new_epoch");
    if (this.removed.length > 0) state.rekeyPending = true;
  }
}

/** Replays a whole channel. -> {state, rows: [{n, event, code: null or the code of the check that failed}]}.
 *  A sealed event that fails is shown as failed and still counts in the transcript; a control event that fails ends the
 *  replay, because nobody knows who is a member after it. */
export async function verifyHistory(channelId, wires, directory) {
  const state = new ChannelState(channelId);
  const rows = [];
  for (const [n, wire] of wires.entries()) {
    let event = null;
    try {
      event = await events.parse(wire);
      await state.apply(event, directory);
      rows.push({ n, event, code: null });
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      rows.push({ n, event, code: error.code });
      if (event === null || event.kind === events.CONTROL || error.code === "wrong_channel") break;
      await state.advance(event);
    }
  }
  return { state, rows };
}
