// Signed heads of the key log, read and checked (docs/protocol.md 4.1): C2SP signed-note, tlog-checkpoint and tlog-cosignature v1
// with Ed25519. The twin of sealed/checkpoint.py, which says where it is narrower than C2SP.

import { concat, equal, utf8 } from "./bytes.js";
import { EnlaceError } from "./errors.js";
import { SIGNATURE_BYTES, sha256, verify } from "./suite.js";

export const LOG = 0x01; // Ed25519 over the text
export const WITNESS = 0x04; // timestamped Ed25519 cosignature
const LONGEST_NOTE = 16 * 1024;
const NAME = /^[!-*,-~]{1,200}$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
const LINE = /^— ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]+)$/;

const b64 = (bytes) => btoa(String.fromCharCode(...bytes));
const bad = (detail) => new EnlaceError("bad_checkpoint", detail);

/** 4 bytes that tell the keys of one name apart; no proof of anything. */
export const keyId = async (name, sort, publicKey) => (await sha256(concat(utf8(`${name}\n`), Uint8Array.of(sort), publicKey))).slice(0, 4);

/** The key name of a country's witness: of the protocol, so that a host cannot choose it. */
export const witnessName = (authority) => `enlace-witness/${authority}`;

/** Form only: who signed is asked afterwards. -> {text, origin, size, root, signatures: [[name, key id || signature]]}.
 *  Throws EnlaceError("bad_checkpoint"). */
export function parse(note) {
  if (typeof note !== "string" || note.length > LONGEST_NOTE || !note.endsWith("\n")) throw bad("not a note");
  const cut = note.indexOf("\n\n");
  const parts = note.slice(0, Math.max(cut, 0)).split("\n");
  if (cut < 0 || parts.length !== 3 || !NAME.test(parts[0]) || !NUMBER.test(parts[1])) throw bad("not three lines of origin, size and root");
  const size = Number(parts[1]);
  const root = decoded(parts[2]);
  if (!Number.isSafeInteger(size) || root.length !== 32) throw bad("size or root");
  const signatures = note.slice(cut + 2, -1).split("\n").map(signature);
  return { text: note.slice(0, cut + 1), origin: parts[0], size, root, signatures };
}

function signature(line) {
  const found = LINE.exec(line);
  if (!found) throw bad("signature line");
  return [found[1], decoded(found[2])];
}

/** Standard base64 in its one canonical spelling. */
function decoded(text) {
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw bad("base64");
  }
  if (btoa(raw) !== text) throw bad("base64");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

/** The signatures under this name and key, without the key id. */
async function signedBy({ signatures }, name, sort, publicKey, length) {
  const wanted = await keyId(name, sort, publicKey);
  const found = signatures.filter(([signer, blob]) => signer === name && equal(blob.slice(0, 4), wanted)).map(([, blob]) => blob.slice(4));
  if (found.some((one) => one.length !== length)) throw bad("length of a signature");
  return found;
}

/** The log of this key signed it, under its origin as the name. Throws EnlaceError("bad_checkpoint"). */
export async function verifyLog(checkpoint, publicKey) {
  const found = await signedBy(checkpoint, checkpoint.origin, LOG, publicKey, SIGNATURE_BYTES);
  const verdicts = await Promise.all(found.map((one) => verify(publicKey, utf8(checkpoint.text), one)));
  if (!verdicts.length || !verdicts.every(Boolean)) throw bad("not signed by its log");
}

/** The log's own signature under it, 64 bytes. Throws EnlaceError("bad_checkpoint") where there is none. */
export async function logSignature(checkpoint, publicKey) {
  await verifyLog(checkpoint, publicKey);
  return (await signedBy(checkpoint, checkpoint.origin, LOG, publicKey, SIGNATURE_BYTES))[0];
}

/** The note again, from what a body tells of it. */
export async function noted(origin, size, root, publicKey, signatureBytes) {
  const blob = concat(await keyId(origin, LOG, publicKey), signatureBytes);
  return `${origin}\n${size}\n${b64(root)}\n\n— ${origin} ${b64(blob)}\n`;
}

/** When this witness last cosigned it, in POSIX seconds; null: it did not. Throws EnlaceError("bad_checkpoint") where a line
 *  claims to be its signature and is not. */
export async function cosignedAt(checkpoint, name, publicKey) {
  let last = null;
  for (const blob of await signedBy(checkpoint, name, WITNESS, publicKey, 8 + SIGNATURE_BYTES)) {
    const at = Number(new DataView(blob.buffer, blob.byteOffset, 8).getBigUint64(0));
    const message = utf8(`cosignature/v1\ntime ${at}\n${checkpoint.text}`);
    if (!Number.isSafeInteger(at) || !(await verify(publicKey, message, blob.slice(8)))) throw bad("not signed by its witness");
    last = Math.max(at, last ?? 0);
  }
  return last;
}
