// What people compare by voice or by eye: twelve groups of five digits (docs/protocol.md 3). The twin of sealed/safety.py.

import * as cbor from "./cbor.js";
import { compare } from "./bytes.js";
import { sha512 } from "./suite.js";

async function digits(data) {
  const wide = await sha512(data);
  const groups = [];
  for (let at = 0; at < 60; at += 5) {
    const n = wide.subarray(at, at + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    groups.push(String(n % 100_000).padStart(5, "0"));
  }
  return groups.join(" ");
}

export const fingerprint = (kid) => digits(cbor.encode(["enl1.fingerprint", kid]));

export const rootFingerprint = (rootPub) => digits(cbor.encode(["enl1.rootkey", rootPub]));

/** The safety number of two keys: the same whoever asks. */
export function number(one, other) {
  const [low, high] = compare(one, other) <= 0 ? [one, other] : [other, one];
  return digits(cbor.encode(["enl1.safety", low, high]));
}
