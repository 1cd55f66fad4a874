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
