// Suite 1: the only file that names an algorithm. WebCrypto where it has them; Argon2id in plain JavaScript, because
// WebAssembly would weaken the CSP; X-Wing native where the browser has it, else from a chunk fetched on demand.

import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { b64u, concat, utf8 } from "./bytes.js";
import { EnlaceError } from "./errors.js";

const { subtle } = globalThis.crypto;

export const KEM_ID = 0x647a;
export const KEM_PUBLIC_BYTES = 1216;
export const KEM_ENC_BYTES = 1120;
export const SIGNATURE = "Ed25519";
export const SIG_PUBLIC_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const PKCS8_ED25519 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const SAFE = { memory: [19_456, 1_048_576], passes: [2, 10] };

export const randomBytes = (n) => crypto.getRandomValues(new Uint8Array(n));

export const sha256 = async (data) => new Uint8Array(await subtle.digest("SHA-256", data));
/** The same without a turn of the event loop: for what is short and public, as the ten thousand steps of a transcript. */
export const sha256AtOnce = (data) => nobleSha256(data);
export const sha512 = async (data) => new Uint8Array(await subtle.digest("SHA-512", data));

/** SHA-256 of a stream: {update(bytes), digest() -> bytes}. WebCrypto has none. */
export async function hasher() {
  const { sha256: streaming } = await import("@noble/hashes/sha2.js");
  return streaming.create();
}

export async function hmacSha256(key, data) {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, data));
}

/** An HMAC key that stays in this browser: no script can read it out, and IndexedDB keeps it. */
export const deviceKey = () => subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

export const deviceMac = async (key, data) => new Uint8Array(await subtle.sign("HMAC", key, data));

/** HKDF-SHA256 (RFC 5869), `length` bytes. */
export async function hkdf(key, info, length = 32, salt = new Uint8Array()) {
  const imported = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const label = typeof info === "string" ? utf8(info) : info;
  return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: label }, imported, length * 8));
}

// --- Signatures ------------------------------------------------------------------------------------------------------

const publicKeys = new Map();

function publicKey(bytes) {
  const name = b64u(bytes);
  if (!publicKeys.has(name)) publicKeys.set(name, subtle.importKey("raw", bytes, SIGNATURE, true, ["verify"]).catch(() => null));
  return publicKeys.get(name);
}

/** Ed25519, strict (RFC 8032); false for any malformed key or signature. */
export async function verify(sigPub, message, signature) {
  if (sigPub.length !== SIG_PUBLIC_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const key = await publicKey(sigPub);
  return key !== null && subtle.verify(SIGNATURE, key, signature, message);
}

const signingKey = (seed, extractable = false) => {
  const pkcs8 = new Uint8Array(48);
  pkcs8.set(PKCS8_ED25519);
  pkcs8.set(seed, 16);
  return subtle.importKey("pkcs8", pkcs8, SIGNATURE, extractable, ["sign"]);
};

export async function sign(seed, message) {
  return new Uint8Array(await subtle.sign(SIGNATURE, await signingKey(seed), message));
}

export async function signPublic(seed) {
  const { x } = await subtle.exportKey("jwk", await signingKey(seed, true));
  const raw = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

// --- HPKE with X-Wing ------------------------------------------------------------------------------------------------

let forced = false;
let chosen = null;

/** Tests only: take the JavaScript KEM although the browser has its own. */
export function forceFallback(on) {
  forced = on;
  chosen = null;
}

async function choose() {
  if (!forced) {
    try {
      const native = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
      await native.DeserializePrivateKey(new Uint8Array(32), true);
      return { suite: native, native: true };
    } catch {
      // this browser's WebCrypto has no ML-KEM yet: Firefox, Safari, older Chromium
    }
  }
  const { KEM_X_WING } = await import("./xwing_fallback.js");
  return { suite: new CipherSuite(KEM_X_WING, KDF_HKDF_SHA256, AEAD_AES_256_GCM), native: false };
}

const hpke = () => (chosen ??= choose());

/** "native" or "fallback": which X-Wing this browser uses. */
export const kemSource = async () => ((await hpke()).native ? "native" : "fallback");

/** -> the 1216-byte X-Wing public key of a 32-byte seed. */
export async function kemPublic(seed) {
  const { ml_kem768_x25519: xwing } = await import("@noble/post-quantum/hybrid.js");
  return xwing.getPublicKey(seed);
}

/** -> enc || ciphertext, base mode; all context is in `info`. */
export async function hpkeSeal(kemPub, info, plaintext) {
  if (kemPub.length !== KEM_PUBLIC_BYTES) throw new EnlaceError("bad_leaf", "size of a KEM key");
  const { suite } = await hpke();
  const key = await suite.DeserializePublicKey(kemPub);
  const { encapsulatedSecret, ciphertext } = await suite.Seal(key, plaintext, { info });
  const sealed = new Uint8Array(encapsulatedSecret.length + ciphertext.length);
  sealed.set(encapsulatedSecret);
  sealed.set(ciphertext, encapsulatedSecret.length);
  return sealed;
}

/** Throws EnlaceError("bad_grant") for whatever reason it does not open: one answer gives no oracle. */
export async function hpkeOpen(kemSeed, info, sealed) {
  const { suite } = await hpke();
  try {
    const key = await suite.DeserializePrivateKey(kemSeed, true);
    return await suite.Open(key, sealed.slice(0, KEM_ENC_BYTES), sealed.slice(KEM_ENC_BYTES), { info });
  } catch {
    throw new EnlaceError("bad_grant");
  }
}

// --- Argon2id ----------------------------------------------------------------------------------------------------------

/** RFC 9106. Refuses stored parameters that are weak (a host that lowers them) or exhausting: "bad_slot". */
export async function argon2id(secret, salt, memory, passes, lanes, length = 32) {
  const within = (value, [low, high]) => Number.isInteger(value) && value >= low && value <= high;
  if (!within(memory, SAFE.memory) || !within(passes, SAFE.passes) || lanes !== 1 || salt.length !== 16) {
    throw new EnlaceError("bad_slot");
  }
  const { argon2idAsync } = await import("@noble/hashes/argon2.js");
  return argon2idAsync(secret, salt, { m: memory, t: passes, p: lanes, dkLen: length, version: 0x13 });
}

// --- What the chunked AEAD (aead.js) is made of ---------------------------------------------------------------------------

/** HKDF-Expand (RFC 5869 section 2.3) with the hash named: SHA-512 in Cobblestone-256. */
export async function expand(key, info, length, hash = "SHA-512") {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  let out = new Uint8Array();
  let block = new Uint8Array();
  for (let counter = 1; out.length < length; counter += 1) {
    block = new Uint8Array(await subtle.sign("HMAC", imported, concat(block, info, Uint8Array.of(counter))));
    out = concat(out, block);
  }
  return out.slice(0, length);
}

const gcmKey = (key, use) => subtle.importKey("raw", key, "AES-GCM", false, [use]);

/** -> seal(nonce, plaintext) under one AES-256-GCM key. */
export async function gcmSealer(key) {
  const imported = await gcmKey(key, "encrypt");
  return async (iv, plaintext) => new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, imported, plaintext));
}

/** -> open(nonce, ciphertext); rejects where the tag does not fit. */
export async function gcmOpener(key) {
  const imported = await gcmKey(key, "decrypt");
  return async (iv, ciphertext) => new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv }, imported, ciphertext));
}
