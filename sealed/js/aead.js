// AE(key, context, plaintext): Cobblestone-256 of C2SP chunked-encryption. 24 bytes of salt, 32 of commitment, then chunks of
// 16 KiB under AES-256-GCM; the last chunk is always a short one, so a cut is seen.

import { concat, equal, utf8 } from "./bytes.js";
import { EnlaceError } from "./errors.js";
import { expand, gcmOpener, gcmSealer, randomBytes } from "./suite.js";

const LABEL = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");
const SALT = 24;
const COMMITMENT = 32;
const CHUNK = 16 * 1024;
const TAG = 16;

async function derive(key, salt, context, hash) {
  const wide = await expand(key, concat(LABEL, salt, context), 76, hash);
  return { aeadKey: wide.slice(0, 32), base: wide.slice(32, 44), commitment: wide.slice(44) };
}

function nonce(base, index) {
  const made = base.slice();
  for (let at = 11, rest = index; rest > 0; at -= 1, rest = Math.floor(rest / 256)) made[at] ^= rest % 256;
  return made;
}

/** `salt` and `hash` are given by known-answer tests only. */
export async function seal(key, context, plaintext, salt = randomBytes(SALT), hash = "SHA-512") {
  const { aeadKey, base, commitment } = await derive(key, salt, context, hash);
  const sealChunk = await gcmSealer(aeadKey);
  const parts = [salt, commitment];
  for (let index = 0; index * CHUNK <= plaintext.length; index += 1) {
    parts.push(await sealChunk(nonce(base, index), plaintext.subarray(index * CHUNK, (index + 1) * CHUNK)));
  }
  return concat(...parts);
}

/** Throws EnlaceError(`code`) for whatever reason it does not open: one answer gives no oracle. */
export async function open(key, context, ciphertext, code = "cannot_open", hash = "SHA-512") {
  try {
    const salt = ciphertext.subarray(0, SALT);
    const { aeadKey, base, commitment } = await derive(key, salt, context, hash);
    const body = ciphertext.subarray(SALT + COMMITMENT);
    const whole = ciphertext.length >= SALT + COMMITMENT + TAG && equal(commitment, ciphertext.subarray(SALT, SALT + COMMITMENT));
    const last = body.length % (CHUNK + TAG);
    if (!whole || last < TAG) throw new EnlaceError(code);
    const openChunk = await gcmOpener(aeadKey);
    const parts = [];
    for (let index = 0; index * (CHUNK + TAG) < body.length; index += 1) {
      parts.push(await openChunk(nonce(base, index), body.subarray(index * (CHUNK + TAG), (index + 1) * (CHUNK + TAG))));
    }
    return concat(...parts);
  } catch {
    throw new EnlaceError(code);
  }
}

/** Cut a stream of Uint8Arrays into chunks of exactly `size` bytes and a last one that is shorter, maybe empty. -> [chunk, last]. */
async function* chunked(pieces, size) {
  let held = new Uint8Array(size);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(size - filled, piece.length - at);
      held.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < size) continue;
      yield [held, false];
      held = new Uint8Array(size);
      filled = 0;
    }
  }
  yield [held.subarray(0, filled), true];
}

/** The same as `seal`, in a stream: pieces of plaintext in, pieces of ciphertext out. */
export async function* sealStream(key, context, pieces) {
  const salt = randomBytes(SALT);
  const { aeadKey, base, commitment } = await derive(key, salt, context, "SHA-512");
  const sealChunk = await gcmSealer(aeadKey);
  yield concat(salt, commitment);
  let index = 0;
  for await (const [chunk] of chunked(pieces, CHUNK)) {
    yield await sealChunk(nonce(base, index), chunk);
    index += 1;
  }
}

/** The same as `open`, in a stream. Each piece is authentic where it stands; that nothing is missing is known only at the end. */
export async function* openStream(key, context, pieces, code) {
  const source = pieces[Symbol.asyncIterator] ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const { head, rest } = await beginning(source, SALT + COMMITMENT);
  const { aeadKey, base, commitment } = await derive(key, head.subarray(0, SALT), context, "SHA-512");
  if (head.length < SALT + COMMITMENT || !equal(commitment, head.subarray(SALT))) throw new EnlaceError(code);
  const openChunk = await gcmOpener(aeadKey);
  let index = 0;
  for await (const [chunk, last] of chunked(following(rest, source), CHUNK + TAG)) {
    if (last && chunk.length < TAG) throw new EnlaceError(code);
    const opened = await openChunk(nonce(base, index), chunk).catch(() => null);
    if (!opened) throw new EnlaceError(code);
    yield opened;
    index += 1;
  }
}

async function beginning(source, size) {
  let bytes = new Uint8Array();
  while (bytes.length < size) {
    const { value, done } = await source.next();
    if (done) break;
    bytes = concat(bytes, value);
  }
  return { head: bytes.slice(0, size), rest: bytes.slice(size) };
}

async function* following(rest, source) {
  yield rest;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}
