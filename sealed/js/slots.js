// The locks of the vault key: seven words, or the recovery code (docs/protocol.md 3). The twin of sealed/open_keys.py.

import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import { wordlist as portuguese } from "@scure/bip39/wordlists/portuguese.js";
import { wordlist as spanish } from "@scure/bip39/wordlists/spanish.js";
import * as aead from "./aead.js";
import { fromUtf8, isBytes, utf8 } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { pad, unpad } from "./events.js";
import { argon2id, hkdf, randomBytes, sha256 } from "./suite.js";

export const PASSPHRASE = 1;
export const RECOVERY = 2;
const ARGON2 = [65_536, 3, 1]; // KiB, passes, lanes: RFC 9106, second choice, one lane for JavaScript's sake
const WORDS = { es: spanish, en: english, fr: french, pt: portuguese };
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// --- The seven words -------------------------------------------------------------------------------------------------

/** Drawn from the BIP-39 list of that language: 11 bits a word. The list has 2,048, so two random bytes choose without bias. */
export function passphraseWords(count = 7, language = "es") {
  const list = WORDS[language] ?? english;
  return Array.from({ length: count }, () => {
    const [high, low] = randomBytes(2);
    return list[((high << 8) | low) & 2047].normalize("NFC");
  });
}

/** NFKD, marks removed, lower case, single spaces: "Párpado  CAÑÓN" and "parpado canon" are one. */
export function normalise(passphrase) {
  return passphrase.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/u).filter(Boolean).join(" ");
}

// --- The recovery code -----------------------------------------------------------------------------------------------

export const newRecoveryCode = () => randomBytes(20);

function crockford(bytes) {
  let bits = 0;
  let held = 0;
  let text = "";
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += CROCKFORD[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return text;
}

async function checkCharacters(code) {
  const [high, low] = await sha256(code);
  const ten = ((high << 8) | low) >> 6;
  return CROCKFORD[ten >> 5] + CROCKFORD[ten & 31];
}

/** 32 characters in groups of four, and two check characters: the first 10 bits of SHA-256(code). */
export async function showRecoveryCode(code) {
  return (crockford(code) + (await checkCharacters(code))).match(/.{1,4}/g).join("-");
}

/** Forgives case, spaces, dashes and the look-alikes I, L, O. Throws EnlaceError("bad_recovery_code"). */
export async function parseRecoveryCode(text) {
  const plain = text.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (!/^[0-9A-HJKMNP-TV-Z]{34}$/.test(plain)) throw new EnlaceError("bad_recovery_code");
  const code = new Uint8Array(20);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of plain.slice(0, 32)) {
    held = (held << 5) | CROCKFORD.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      code[at] = held >> bits;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  if ((await checkCharacters(code)) !== plain.slice(32)) throw new EnlaceError("bad_recovery_code");
  return code;
}

/** Does this text look like a recovery code rather than seven words? */
export const looksLikeCode = (text) => /^[0-9A-Za-z\s-]+$/.test(text) && text.replace(/[\s-]/g, "").length === 34 && /\d/.test(text);

// --- Slots -------------------------------------------------------------------------------------------------------------

export async function sealSlot(slotId, type, params, kek, vaultKey) {
  const hdr = cbor.encode(["enl1.slot", slotId, type, params]);
  return cbor.encode([hdr, await aead.seal(kek, hdr, vaultKey)]);
}

/** `parameters`: Argon2id memory in KiB, passes, lanes. */
export async function sealPassphraseSlot(passphrase, vaultKey, parameters = ARGON2) {
  const salt = randomBytes(16);
  const kek = await argon2id(utf8(normalise(passphrase)), salt, ...parameters);
  return sealSlot(randomBytes(16), PASSPHRASE, ["argon2id", ...parameters, salt], kek, vaultKey);
}

export async function sealRecoverySlot(code, vaultKey) {
  const slotId = randomBytes(16);
  return sealSlot(slotId, RECOVERY, [], await hkdf(code, "enl1.kek.recovery", 32, slotId), vaultKey);
}

/** -> {slotId, type, params, hdr, ciphertext}. Throws EnlaceError("bad_slot"). */
export function slotHeader(slot) {
  try {
    const outer = cbor.decode(slot);
    const [hdr, ciphertext] = outer;
    const inner = cbor.decode(hdr);
    const [tag, slotId, type, params] = inner;
    const formed = outer.length === 2 && inner.length === 4 && isBytes(slotId, 16) && Array.isArray(params) && isBytes(ciphertext);
    if (tag !== "enl1.slot" || !formed) throw new EnlaceError("bad_slot");
    return { slotId, type, params, hdr, ciphertext };
  } catch {
    throw new EnlaceError("bad_slot");
  }
}

/** -> the vault key; null: this secret (text: passphrase, bytes: recovery code) does not open this slot.
 *  Throws EnlaceError("bad_slot") when the slot is malformed or its settings are unsafe. */
export async function openSlot(slot, secret) {
  const { slotId, type, params, hdr, ciphertext } = slotHeader(slot);
  let kek;
  if (type === PASSPHRASE && typeof secret === "string") {
    if (params.length !== 5 || params[0] !== "argon2id" || !isBytes(params[4])) throw new EnlaceError("bad_slot");
    kek = await argon2id(utf8(normalise(secret)), params[4], params[1], params[2], params[3]);
  } else if (type === RECOVERY && isBytes(secret)) {
    kek = await hkdf(secret, "enl1.kek.recovery", 32, slotId);
  } else return null;
  return aead.open(kek, hdr, ciphertext).catch(() => null);
}

const nameContext = (slotId) => cbor.encode(["enl1.slot.name", slotId]);

/** What its owner calls a slot. It may say where a paper lies, so the host does not read it (ADR 26). */
export const sealSlotName = (vaultKey, slotId, name) => aead.seal(vaultKey, nameContext(slotId), pad(utf8(name)));

/** null: sealed for another slot or under another key. */
export async function openSlotName(vaultKey, slotId, sealed) {
  try {
    return fromUtf8(unpad(await aead.open(vaultKey, nameContext(slotId), sealed)));
  } catch {
    return null;
  }
}
