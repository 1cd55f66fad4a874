// The author's head of the key log, inside the sealed body of everything that is written (docs/protocol.md 5.1). The twin of
// sealed/gossip.py, which says why.

import { isBytes, isCount } from "./bytes.js";
import { logSignature, parse } from "./checkpoint.js";
import { EnlaceError } from "./errors.js";
import { SIGNATURE_BYTES } from "./suite.js";

const TAG = "enl1.body";

/** `head`: as accepted by the author; null, or one of before heads were signed: the body goes alone. */
export async function wrap(head, body) {
  if (!head?.logKey) return body;
  return [TAG, head.size, head.root, await logSignature(parse(head.note), head.logKey), body];
}

/** -> {body, told: null or {size, root, signature}}. Throws EnlaceError("bad_cbor") for a wrapping that no client makes. */
export function unwrap(value) {
  if (!Array.isArray(value) || value[0] !== TAG) return { body: value, told: null };
  const [, size, root, signature, body] = value;
  const formed = value.length === 5 && isCount(size) && isBytes(root, 32) && isBytes(signature, SIGNATURE_BYTES);
  if (!formed) throw new EnlaceError("bad_cbor");
  return { body, told: { size, root, signature } };
}
