// A security key, or the passkey of this device, as a lock of the vault (docs/protocol.md 3, slot type 3). It opens nothing but the
// vault and signs nobody in: the answer of the authenticator is used here and sent nowhere.

import { b64u, equal, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { openPasskeySlot, passkeyOf, prfInput, sealPasskeySlot } from "sealed/passkey.js";
import { randomBytes } from "sealed/suite.js";

const ALGORITHMS = [-8, -7, -257]; // Ed25519, ES256, RS256: nobody checks its signatures, but an authenticator must make some
const IS_ADDRESS = /^[\d.]+$|^\[/;

/** WebAuthn binds to a host's name: at an address of numbers (`enlace open`) there is none. */
export const possible = () => Boolean(globalThis.PublicKeyCredential) && !IS_ADDRESS.test(location.hostname);

const parsed = (row) => {
  try {
    return passkeyOf(unb64u(row.slot));
  } catch {
    return null; // a slot that the host damaged opens nothing; the others still do
  }
};

/** The security keys among the slots that can be asked at this host: [{row, passkey}]. A host that names another site gets no answer. */
export const keysHere = (rows) => rows.map((row) => ({ row, passkey: parsed(row) })).filter(({ passkey }) => passkey?.rpId === location.hostname);

/** Make a credential on the authenticator that the person touches, and the slot that its secret opens. -> {slotId, slot}.
 *  `rows`: the slots there are. Throws EnlaceError: `passkey_declined`, `passkey_known`, `passkey_without_secret`. */
export async function enrol(vaultKey, rows) {
  const passkey = { slotId: randomBytes(16), rpId: location.hostname, salt: randomBytes(32) };
  const made = await asked(() => navigator.credentials.create({ publicKey: creation(passkey, keysHere(rows)) }));
  Object.assign(passkey, { credential: new Uint8Array(made.rawId), transports: made.response.getTransports?.() ?? [] });
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled && !prf?.results) throw new EnlaceError("passkey_without_secret");
  // Asked once more as at every unlocking: a key that answers only when it is made would be a lock that never opens.
  const answer = await ask([passkey]).then(({ answer: given }) => given);
  return { slotId: passkey.slotId, slot: await sealPasskeySlot(passkey, answer, vaultKey) };
}

/** A new `id` of the user each time: an authenticator would else overwrite the credential of the slot before. */
function creation(passkey, known) {
  return {
    challenge: randomBytes(32),
    rp: { id: passkey.rpId, name: "Enlace" },
    user: { id: passkey.slotId, name: "Enlace", displayName: "Enlace" },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    excludeCredentials: known.map((one) => descriptor(one.passkey)),
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    extensions: { prf: {} },
  };
}

const descriptor = ({ credential, transports }) => ({ type: "public-key", id: credential, transports });

/** Touch one of the keys of these slots. -> {row, vaultKey}. Throws `passkey_declined`, `wrong_passkey`. */
export async function open(found) {
  const { passkey, answer } = await ask(found.map((one) => one.passkey));
  const { row } = found.find((one) => one.passkey === passkey);
  const vaultKey = await openPasskeySlot(unb64u(row.slot), answer);
  if (!vaultKey) throw new EnlaceError("wrong_passkey");
  return { row, passkey, answer, vaultKey };
}

async function ask(passkeys) {
  const evalByCredential = {};
  for (const passkey of passkeys) evalByCredential[b64u(passkey.credential)] = { first: await prfInput(passkey) };
  const given = await asked(() => navigator.credentials.get({ publicKey: {
    challenge: randomBytes(32),
    rpId: location.hostname,
    allowCredentials: passkeys.map(descriptor),
    userVerification: "required",
    extensions: { prf: { evalByCredential } },
  } }));
  const answer = given.getClientExtensionResults().prf?.results?.first;
  const passkey = passkeys.find(({ credential }) => equal(credential, new Uint8Array(given.rawId)));
  if (!answer || !passkey) throw new EnlaceError("passkey_without_secret");
  return { passkey, answer: new Uint8Array(answer) };
}

async function asked(question) {
  try {
    return await question();
  } catch (error) {
    throw new EnlaceError(error.name === "InvalidStateError" ? "passkey_known" : "passkey_declined");
  }
}
