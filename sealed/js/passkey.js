// A passkey as a lock of the vault: WebAuthn's PRF extension gives 32 bytes that only this authenticator can make again, and only
// after its user was verified (docs/protocol.md 3, slot type 3). The twin of sealed/open_passkey.py.

import * as aead from "./aead.js";
import { isBytes } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { sealSlot, slotHeader } from "./slots.js";
import { hkdf, sha256 } from "./suite.js";

export const PASSKEY = 3;
const FORM = "webauthn-prf";

/** What the authenticator is asked, bound to host and slot: no other slot, and no other site, is ever given this answer. */
export const prfInput = ({ rpId, slotId, salt }) => sha256(cbor.encode(["enl1.prf", rpId, slotId, salt]));

const text = (value, most) => typeof value === "string" && value.length >= 1 && [...value].length <= most;

/** -> {slotId, rpId, credential, transports, salt}; null: a slot of another type. Throws EnlaceError("bad_slot"). */
export function passkeyOf(slot) {
  const { slotId, type, params } = slotHeader(slot);
  if (type !== PASSKEY) return null;
  const [form, rpId, credential, transports, salt] = params;
  const named = params.length === 5 && form === FORM && text(rpId, 253) && isBytes(credential) && credential.length >= 1 && credential.length <= 1023;
  if (!named || !Array.isArray(transports) || !transports.every((one) => typeof one === "string") || !isBytes(salt, 32)) throw new EnlaceError("bad_slot");
  return { slotId, rpId, credential, transports, salt };
}

const kek = (prfOutput) => hkdf(prfOutput, "enl1.kek.prf");

export async function sealPasskeySlot({ slotId, rpId, credential, transports, salt }, prfOutput, vaultKey) {
  return sealSlot(slotId, PASSKEY, [FORM, rpId, credential, transports, salt], await kek(prfOutput), vaultKey);
}

/** -> the vault key; null: another authenticator's answer, or anything in the header was changed. */
export async function openPasskeySlot(slot, prfOutput) {
  const { hdr, ciphertext } = slotHeader(slot);
  return aead.open(await kek(prfOutput), hdr, ciphertext).catch(() => null);
}
