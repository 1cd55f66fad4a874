// The vault: the seeds of every key generation and the pins (docs/protocol.md 3). The twin of Vault in sealed/open_keys.py.

import * as aead from "./aead.js";
import { equal, isBytes, isCount } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";

const context = (subject, counter) => cbor.encode(["enl1.vault", subject, counter]);

/** `seeds` [[generation, seed]], `pins` the array of docs/protocol.md. -> what the server stores. */
export async function seal(vaultKey, subject, counter, { seeds, pins }) {
  const ct = await aead.seal(vaultKey, context(subject, counter), cbor.encode([seeds, pins]));
  return cbor.encode(["enl1.vault", subject, counter, ct]);
}

/** The counter of a stored vault, which needs no key. Throws EnlaceError("bad_vault"). */
export function counterOf(stored) {
  const [tag, , counter] = cbor.decode(stored);
  if (tag !== "enl1.vault" || !isCount(counter)) throw new EnlaceError("bad_vault");
  return counter;
}

/** -> {counter, seeds, pins}. Throws EnlaceError("bad_vault"), also for somebody else's vault. The caller compares the kid it
 *  derives with its certificate: a swapped vault stops there. */
export async function open(vaultKey, subject, stored) {
  try {
    const [tag, owner, counter, ct] = cbor.decode(stored);
    const mine = isBytes(owner, 16) && equal(owner, subject);
    if (tag !== "enl1.vault" || !mine || !isCount(counter)) throw new EnlaceError("bad_vault");
    const [seeds, pins] = cbor.decode(await aead.open(vaultKey, context(subject, counter), ct));
    return { counter, seeds, pins };
  } catch {
    throw new EnlaceError("bad_vault");
  }
}
