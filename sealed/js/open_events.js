// Sealing and opening of events (docs/protocol.md 5.1). Secrets pass through here. The twin of sealed/open_events.py.

import * as aead from "./aead.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { ACT, CONTROL, pad, unpad } from "./events.js";
import { unwrap, wrap } from "./gossip.js";
import { hmacSha256, sha256 } from "./suite.js";

export const epochCommit = (secret, channelId, epoch) => hmacSha256(secret, cbor.encode(["enl1.ecommit", channelId, epoch]));

export const epochKey = (secret, channelId, epoch) => hmacSha256(secret, cbor.encode(["enl1.msg", channelId, epoch]));

/** One client of one officer, which numbers its events so that a repeat is recognised: `clientId` 8 bytes. */
export class Author {
  constructor(identity, clientId, nextSeq = 0) {
    Object.assign(this, { identity, clientId, nextSeq });
  }

  #ad(channelId, epoch, kind, seenN, tSeen, sentMs) {
    const seq = this.nextSeq;
    this.nextSeq += 1;
    return cbor.encode(["enl1.ad", channelId, epoch, kind, this.identity.kid, this.clientId, seq, seenN, tSeen, sentMs]);
  }

  async #wire(ad, payload) {
    const hdr = cbor.encode(["enl1.evt", ad, await sha256(payload)]);
    return cbor.encode([hdr, await this.identity.sign(hdr), payload]);
  }

  /** -> the wire of a sealed event; `body` is any CBOR value, `head` the author's head of the key log. */
  async seal(secret, channelId, epoch, kind, seenN, tSeen, sentMs, body, head = null) {
    const ad = this.#ad(channelId, epoch, kind, seenN, tSeen, sentMs);
    return this.#wire(ad, await aead.seal(await epochKey(secret, channelId, epoch), ad, pad(cbor.encode(await wrap(head, body)))));
  }

  /** -> the wire of a control (16) or act (17), whose body (bytes) travels in clear. */
  async clear(channelId, epoch, kind, seenN, tSeen, sentMs, body) {
    if (kind !== CONTROL && kind !== ACT) throw new EnlaceError("bad_wire");
    return this.#wire(this.#ad(channelId, epoch, kind, seenN, tSeen, sentMs), body);
  }
}

/** -> {body, told}: the body of a sealed event and what its author says of the key log. Throws EnlaceError "cannot_open",
 *  "bad_padding" or "bad_cbor". */
export async function openTold(event, secret) {
  return toldUnder(event, await epochKey(secret, event.channelId, event.epoch));
}

/** The same under the epoch key itself. */
export const toldUnder = async (event, key) => unwrap(cbor.decode(unpad(await aead.open(key, event.ad, event.payload))));

/** `newEpoch`: null or [epoch, commit, [[kid, hash of the grant]]]. */
export const controlBody = (logSize, changes, newEpoch, approvals = []) => cbor.encode([logSize, changes, newEpoch, approvals]);

export async function signReceipt(identity, channelId, n, t, atMs) {
  const body = cbor.encode(["enl1.ack", channelId, identity.kid, n, t, atMs]);
  return cbor.encode([body, await identity.sign(body)]);
}
