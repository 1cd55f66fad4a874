// The keyring of a channel: epoch secrets got from grants, and grants made for others (docs/protocol.md 5.2).
// The twin of sealed/open_channel.py. Keys are named by b64u(kid) in Maps and by bytes in what is signed.

import { b64u, compare, equal, isBytes, unb64u } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { epochCommit, epochKey, toldUnder } from "./open_events.js";
import { hpkeOpen, hpkeSeal, randomBytes, sha256 } from "./suite.js";

const grantInfo = (channelId, granter, recipient) => cbor.encode(["enl1.grant", channelId, granter, recipient]);

/** Seals epoch secrets (Map epoch -> secret) to one member. */
export function makeGrant(channelId, granter, recipient, kemPub, secrets) {
  const rows = [...secrets].sort(([one], [other]) => one - other);
  return hpkeSeal(kemPub, grantInfo(channelId, granter, recipient), cbor.encode(rows));
}

/** -> Map epoch -> secret. Throws EnlaceError("bad_grant"). */
export async function openGrant(identity, channelId, granter, blob) {
  const bytes = await hpkeOpen(identity.kemSeed, grantInfo(channelId, granter, identity.kid), blob);
  try {
    const rows = cbor.decode(bytes);
    const isSecret = (row) => Array.isArray(row) && row.length === 2 && Number.isInteger(row[0]) && isBytes(row[1], 32);
    if (!Array.isArray(rows) || !rows.every(isSecret)) throw new EnlaceError("bad_grant");
    return new Map(rows);
  } catch {
    throw new EnlaceError("bad_grant");
  }
}

/** The epoch secrets one officer holds in one channel. Nothing enters unchecked against hash and commitment. */
export class Keyring {
  #keyOf = new Map(); // epoch -> {secret, key: promise of its epoch key}, derived once

  /** `identity` grants; `older` are earlier keys of the same officer, to which something may have been granted. */
  constructor(identity, channelId, older = []) {
    this.identity = identity;
    this.own = new Map([identity, ...older].map((one) => [b64u(one.kid), one]));
    this.channelId = channelId;
    this.secrets = new Map();
  }

  /** Opens one grant announced in a signed event. Throws "bad_grant" (hash, seal) or "wrong_commit". */
  async take(state, grant, blob) {
    const identity = this.own.get(b64u(grant.kid));
    if (!identity || !equal(await sha256(blob), grant.hash)) throw new EnlaceError("bad_grant");
    const opened = await openGrant(identity, this.channelId, grant.granter, blob);
    if (opened.size !== grant.last - grant.first + 1) throw new EnlaceError("bad_grant");
    for (let epoch = grant.first; epoch <= grant.last; epoch += 1) {
      if (!opened.has(epoch)) throw new EnlaceError("bad_grant");
      const commit = state.commits.get(epoch);
      if (!commit || !equal(await epochCommit(opened.get(epoch), this.channelId, epoch), commit)) throw new EnlaceError("wrong_commit");
    }
    for (const [epoch, secret] of opened) this.secrets.set(epoch, secret);
  }

  /** `blobs`: [[n of the granting event, grant]]. -> [{grant, code}] for those that did not verify. A bad grant does not stop
   *  the others: the same epochs may be granted again by somebody honest. */
  async takeAll(state, blobs) {
    const byHash = new Map();
    for (const [n, blob] of blobs) byHash.set(`${n}/${b64u(await sha256(blob))}`, blob);
    const failed = [];
    for (const grant of state.grantsFor(...[...this.own.values()].map(({ kid }) => kid))) {
      if (this.holds(grant)) continue;
      const blob = byHash.get(`${grant.n}/${b64u(grant.hash)}`);
      try {
        if (!blob) throw new EnlaceError("missing_epoch_key");
        await this.take(state, grant, blob);
      } catch (error) {
        if (!(error instanceof EnlaceError)) throw error;
        failed.push({ grant, code: error.code });
      }
    }
    return failed;
  }

  /** Every secret that this grant gives, from it or from another? */
  holds({ first, last }) {
    for (let epoch = first; epoch <= last; epoch += 1) if (!this.secrets.has(epoch)) return false;
    return true;
  }

  secret(epoch) {
    if (!this.secrets.has(epoch)) throw new EnlaceError("missing_epoch_key");
    return this.secrets.get(epoch);
  }

  async open(event) {
    return (await this.openTold(event)).body;
  }

  /** -> {body, told}: with what its author says of the key log. */
  async openTold(event) {
    const { epoch } = event;
    const secret = this.secret(epoch);
    if (this.#keyOf.get(epoch)?.secret !== secret) this.#keyOf.set(epoch, { secret, key: epochKey(secret, this.channelId, epoch) });
    return toldUnder(event, await this.#keyOf.get(epoch).key);
  }

  /** A history grant of epochs first..last. Throws "missing_epoch_key" for an epoch this keyring lacks. */
  async grantTo(recipient, kemPub, first, last) {
    const chosen = new Map();
    for (let epoch = first; epoch <= last; epoch += 1) chosen.set(epoch, this.secret(epoch));
    return makeGrant(this.channelId, this.identity.kid, recipient, kemPub, chosen);
  }

  /** `members`: Map b64u(kid) -> kemPub. -> [newEpoch of a control body, Map b64u(kid) -> grant]; the secret is kept here. */
  async newEpoch(epoch, members) {
    const secret = randomBytes(32);
    this.secrets.set(epoch, secret);
    const grants = new Map();
    const recipients = [];
    const kids = [...members.keys()].map(unb64u).sort(compare);
    for (const kid of kids) {
      const grant = await makeGrant(this.channelId, this.identity.kid, kid, members.get(b64u(kid)), new Map([[epoch, secret]]));
      grants.set(b64u(kid), grant);
      recipients.push([kid, await sha256(grant)]);
    }
    return [[epoch, await epochCommit(secret, this.channelId, epoch), recipients], grants];
  }
}
