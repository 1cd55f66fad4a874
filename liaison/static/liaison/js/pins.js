// What the officer's vault remembers about the world, so that a host cannot show an older or another one:
// the own authority's root, the newest trust list, the key log's head, checked safety numbers, the head of each channel.

import { b64u, unb64u } from "sealed/bytes.js";

/** A head of the key log in the vault: [size, root] of before heads were signed, else [size, root, log_key, note, witnessed_at]. */
const headOf = (pin) => pin && { size: pin[0], root: pin[1], logKey: pin[2] ?? null, note: pin[3] ?? "", witnessedAt: pin[4] ?? 0 };
const pinOf = ({ size, root, logKey, note, witnessedAt }) => (logKey ? [size, root, logKey, note, witnessedAt] : [size, root]);

const pair = (one, other) => [one, other].sort().join("/");

export class Pins {
  constructor(ownRoot) {
    this.ownRoot = ownRoot;
    this.trustVersion = 0;
    this.checkpoint = null;
    this.verified = new Set();
    this.channels = new Map();
    this.changed = false;
  }

  /** From the array in the vault: [own_root_pub, trust_version, head|null, [[kid, kid]...], [[channel, n, T]...]]. */
  static fromArray([ownRoot, trustVersion, checkpoint, verified, channels]) {
    const pins = new Pins(ownRoot);
    pins.trustVersion = trustVersion;
    pins.checkpoint = headOf(checkpoint);
    for (const [one, other] of verified) pins.verified.add(pair(b64u(one), b64u(other)));
    for (const [channel, n, t] of channels) pins.channels.set(b64u(channel), { n, t });
    return pins;
  }

  toArray() {
    return [
      this.ownRoot,
      this.trustVersion,
      this.checkpoint && pinOf(this.checkpoint),
      [...this.verified].sort().map((key) => key.split("/").map(unb64u)),
      [...this.channels].map(([channel, { n, t }]) => [unb64u(channel), n, t]),
    ];
  }

  /** Take whatever the other knows that is newer. Pins only move forward. */
  merge(other) {
    this.trustVersion = Math.max(this.trustVersion, other.trustVersion);
    if ((other.checkpoint?.size || 0) > (this.checkpoint?.size || 0)) this.checkpoint = other.checkpoint;
    for (const key of other.verified) this.verified.add(key);
    for (const [channel, pin] of other.channels) this.moveHead(channel, pin.n, pin.t);
  }

  /** The head of a channel as last verified; false when nothing moved. */
  moveHead(channel, n, t) {
    if ((this.channels.get(channel)?.n ?? -1) >= n) return false;
    this.channels.set(channel, { n, t });
    this.changed = true;
    return true;
  }

  /** The head of the key log as just accepted; false when nothing worth keeping moved. */
  moveCheckpoint(head) {
    const { size = -1, note = "", witnessedAt = 0 } = this.checkpoint ?? {};
    if (size === head.size && note !== "" && witnessedAt === head.witnessedAt) return false;
    this.checkpoint = head;
    this.changed = true;
    return true;
  }

  isVerified(one, other) {
    return this.verified.has(pair(one, other));
  }

  setVerified(one, other, on) {
    this.changed = true;
    if (on) this.verified.add(pair(one, other));
    else this.verified.delete(pair(one, other));
  }
}
