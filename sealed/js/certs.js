// Leaves of the key log: form and signatures (docs/protocol.md 4). Who may issue what is decided in keylog.js.

import { isBytes, isCount } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { keyId } from "./keys.js";
import { KEM_ID, KEM_PUBLIC_BYTES, SIGNATURE, SIGNATURE_BYTES, SIG_PUBLIC_BYTES, sha256, sign, verify } from "./suite.js";

export const OFFICER = 0;
export const SUPERVISOR = 1;
export const FOCAL = 2;
export const CUSTODIAN = 3;
export const BOT = 4;
/** Reasons of a revocation: the person no longer serves; somebody else may have the key. */
export const LEFT = 1;
export const STOLEN = 2;
export const ROLES = { officer: OFFICER, supervisor: SUPERVISOR, focal: FOCAL, bot: BOT }; // as accounts name them
export const TRUSTED = 1;
export const DELISTED = 0;

const bad = (detail) => new EnlaceError("bad_leaf", detail);

export const rootId = (rootPub) => sha256(cbor.encode(["enl1.rootkey", rootPub]));

/** What sig_self signs: the holder claims this key for this person and generation, whoever will issue (ADR 3). */
const possession = (kid, authority, subject, gen) => cbor.encode(["enl1.pop", kid, authority, subject, gen]);

/** What sigPrev signs: the holder of the key before names its next one, whoever will issue (ADR 33). */
export const continuation = (prevKid, kid, authority, subject, gen) => cbor.encode(["enl1.continue", prevKid, kid, authority, subject, gen]);

const need = (good) => {
  if (!good) throw bad();
};
const isText = (value, longest = 200) => typeof value === "string" && value.length > 0 && [...value].length <= longest;

function array(data, tag, length) {
  let value;
  try {
    value = cbor.decode(data);
  } catch {
    throw bad();
  }
  need(Array.isArray(value) && value.length === length && value[0] === tag);
  return value;
}

const READERS = {
  "enl1.leaf.root/3": root,
  "enl1.leaf.cert/5": certLeaf,
  "enl1.leaf.revoke/3": revocation,
  "enl1.leaf.trust/3": trust,
  "enl1.leaf.witness/3": witness,
  "enl1.leaf.build/3": build,
};

/** -> {type: "root"|"cert"|"revoke"|"trust"|"witness"|"build", ...}. Throws EnlaceError("bad_leaf") for anything else. */
export async function parse(leaf) {
  let value;
  try {
    value = cbor.decode(leaf);
  } catch {
    throw bad();
  }
  need(Array.isArray(value) && typeof value[0] === "string"); // an array of one text would read as that text
  const reader = READERS[`${value[0]}/${value.length}`];
  need(reader);
  return reader(value);
}

async function root([, body, sig]) {
  need(isBytes(body) && isBytes(sig, SIGNATURE_BYTES));
  const [, authority, publicKey, display, atMs] = array(body, "enl1.root", 5);
  need(isText(authority, 16) && isBytes(publicKey, SIG_PUBLIC_BYTES) && isText(display) && isCount(atMs));
  need(await verify(publicKey, body, sig));
  return { type: "root", authority, public: publicKey, display, atMs };
}

async function keyFields([authority, subject, display, role, kemId, kemPub, sigName, sigPub, gen, prevKid]) {
  need(kemId === KEM_ID && sigName === SIGNATURE && Number.isInteger(role) && role >= 0 && role <= 4);
  need(isText(authority, 16) && isBytes(subject, 16) && isText(display));
  need(isBytes(kemPub, KEM_PUBLIC_BYTES) && isBytes(sigPub, SIG_PUBLIC_BYTES) && isCount(gen));
  need(prevKid === null || isBytes(prevKid, 32));
  return { authority, subject, display, role, kemPub, sigPub, gen, prevKid, kid: await keyId(kemPub, sigPub) };
}

async function certLeaf([, signed, sigIssuer, sigSelf, sigPrev]) {
  need(isBytes(signed) && isBytes(sigIssuer, SIGNATURE_BYTES) && isBytes(sigSelf, SIGNATURE_BYTES));
  need(sigPrev === null || isBytes(sigPrev, SIGNATURE_BYTES));
  const value = array(signed, "enl1.cert", 14);
  const fields = await keyFields(value.slice(1, 11));
  const [nbf, exp, issuerKid] = value.slice(11);
  need(isCount(nbf) && isCount(exp) && isBytes(issuerKid, 32));
  need(await verify(fields.sigPub, possession(fields.kid, fields.authority, fields.subject, fields.gen), sigSelf));
  return { type: "cert", ...fields, nbf, exp, issuerKid, signed, sigIssuer, sigSelf, sigPrev };
}

async function revocation([, signed, sig]) {
  need(isBytes(signed) && isBytes(sig, SIGNATURE_BYTES));
  const [, kid, issuerKid, reason, atMs] = array(signed, "enl1.revoke", 5);
  need(isBytes(kid, 32) && isBytes(issuerKid, 32) && isCount(reason) && isCount(atMs));
  return { type: "revoke", kid, issuerKid, reason, atMs, signed, sig };
}

async function trust([, signed, sig]) {
  need(isBytes(signed) && isBytes(sig, SIGNATURE_BYTES));
  const [, authority, version, prevHash, rows] = array(signed, "enl1.trust", 5);
  need(isText(authority, 16) && isCount(version) && (prevHash === null || isBytes(prevHash, 32)) && Array.isArray(rows));
  for (const row of rows) {
    need(Array.isArray(row) && row.length === 3 && isText(row[0], 16) && isBytes(row[1], SIG_PUBLIC_BYTES) && isCount(row[2]));
  }
  const roots = rows.map(([code, publicKey, status]) => ({ authority: code, public: publicKey, status }));
  return { type: "trust", authority, version, prevHash, roots, signed, sig };
}

async function witness([, signed, sig]) {
  need(isBytes(signed) && isBytes(sig, SIGNATURE_BYTES));
  const [, authority, publicKey, issuerKid, status, atMs] = array(signed, "enl1.witness", 6);
  need(isText(authority, 16) && isBytes(publicKey, SIG_PUBLIC_BYTES) && isBytes(issuerKid, 32));
  need((status === TRUSTED || status === DELISTED) && isCount(atMs));
  return { type: "witness", authority, public: publicKey, issuerKid, status, atMs, signed, sig };
}

/** A release of the pages: `manifest` is the SHA-256 of the list of its files; the release key speaks for itself (ADR 22). */
async function build([, signed, sig]) {
  need(isBytes(signed) && isBytes(sig, SIGNATURE_BYTES));
  const [, version, prevHash, manifest, publicKey, atMs] = array(signed, "enl1.build", 6);
  need(isText(version, 64) && (prevHash === null || isBytes(prevHash, 32)) && isBytes(manifest, 32));
  need(isBytes(publicKey, SIG_PUBLIC_BYTES) && isCount(atMs));
  need(await verify(publicKey, signed, sig));
  return { type: "build", version, prevHash, manifest, public: publicKey, atMs, signed };
}

// --- Making them -------------------------------------------------------------------------------------------------------

/** What an officer sends to be vouched for: cbor[body, sig_self, sig_prev|null]. `previous`: the key in use until now, which names this
 *  one as its next; without it a later generation is a key reset. */
export async function makeRequest(identity, { authority, subject, display, role, gen = 0, previous = null }) {
  const prevKid = previous?.kid ?? null;
  const body = cbor.encode(["enl1.request", authority, subject, display, role, KEM_ID, identity.kemPub, SIGNATURE, identity.sigPub, gen, prevKid]);
  const sigPrev = previous && (await previous.sign(continuation(prevKid, identity.kid, authority, subject, gen)));
  return cbor.encode([body, await identity.sign(possession(identity.kid, authority, subject, gen)), sigPrev]);
}

/** -> the fields of a request, proof of possession checked. Throws EnlaceError("bad_leaf"). */
export async function parseRequest(data) {
  const outer = (() => {
    try {
      return cbor.decode(data);
    } catch {
      throw bad();
    }
  })();
  need(Array.isArray(outer) && outer.length === 3 && isBytes(outer[0]) && isBytes(outer[1], SIGNATURE_BYTES));
  need(outer[2] === null || isBytes(outer[2], SIGNATURE_BYTES));
  const fields = await keyFields(array(outer[0], "enl1.request", 11).slice(1));
  need(await verify(fields.sigPub, possession(fields.kid, fields.authority, fields.subject, fields.gen), outer[1]));
  return { ...fields, sigSelf: outer[1], sigPrev: outer[2] };
}

/** -> the certificate leaf a focal point adds to the key log. `issuer` {sigSeed, kid}; nbf and exp in seconds. */
export async function certify(request, issuer, { nbf, exp, role = request.role, display = request.display }) {
  const { authority, subject, kemPub, sigPub, gen, prevKid } = request;
  const cert = cbor.encode([
    "enl1.cert", authority, subject, display, role, KEM_ID, kemPub, SIGNATURE, sigPub, gen, prevKid, nbf, exp, issuer.kid,
  ]);
  return cbor.encode(["enl1.leaf.cert", cert, await sign(issuer.sigSeed, cert), request.sigSelf, request.sigPrev]);
}

export async function makeRevocation(kid, issuer, reason, atMs) {
  const body = cbor.encode(["enl1.revoke", kid, issuer.kid, reason, atMs]);
  return cbor.encode(["enl1.leaf.revoke", body, await sign(issuer.sigSeed, body)]);
}
