// One event of a channel: its bytes, its signature, its place in the transcript (docs/protocol.md 5.1).

import { big, equal, isBytes, isCount } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { SIGNATURE_BYTES, sha256, sha256AtOnce, verify } from "./suite.js";

export const POST = 1;
export const EDIT = 2;
export const REDACT = 3;
export const REACTION = 4;
export const RECORD = 5;
export const FILE = 6;
export const CONTROL = 16;
export const ACT = 17;
const SEALED_KINDS = new Set([POST, EDIT, REDACT, REACTION, RECORD, FILE]);
const CLEAR_KINDS = new Set([CONTROL, ACT]);
export const WIRE_BYTES = 64 * 1024;

const need = (good, code = "bad_wire") => {
  if (!good) throw new EnlaceError(code);
};

function array(data, length, tag = null, code = "bad_wire") {
  let value = null;
  try {
    value = isBytes(data) ? cbor.decode(data) : null;
  } catch {
    value = null;
  }
  need(Array.isArray(value) && value.length === length && (tag === null || value[0] === tag), code);
  return value;
}

/** Reads the form only: no signature, no hash of the payload is checked here. Throws EnlaceError("bad_wire"). */
export async function parse(wire) {
  need(wire.length <= WIRE_BYTES);
  const [hdr, sig, payload] = array(wire, 3);
  need(isBytes(payload));
  const [, ad, payloadHash] = array(hdr, 3, "enl1.evt");
  const [, channelId, epoch, kind, senderKid, clientId, clientSeq, seenN, tSeen, sentMs] = array(ad, 10, "enl1.ad");
  need(SEALED_KINDS.has(kind) || CLEAR_KINDS.has(kind));
  need(isBytes(channelId, 32) && isBytes(senderKid, 32) && isBytes(clientId, 8) && isBytes(tSeen, 32));
  need([epoch, clientSeq, seenN, sentMs].every(isCount) && isBytes(sig, SIGNATURE_BYTES) && isBytes(payloadHash, 32));
  const eventId = sha256AtOnce(hdr);
  return { channelId, epoch, kind, senderKid, clientId, clientSeq, seenN, tSeen, sentMs, eventId, ad, hdr, sig, payload, payloadHash };
}

/** -> {eventId, kind} of a header by itself. Throws EnlaceError("bad_wire"). */
export function readHeader(hdr) {
  const [, ad] = array(hdr, 3, "enl1.evt");
  return { eventId: sha256AtOnce(hdr), kind: array(ad, 10, "enl1.ad")[3] };
}

export async function verifyPayload(event) {
  need(equal(await sha256(event.payload), event.payloadHash), "bad_hash");
}

export async function verifySignature(event, sigPub) {
  need(await verify(sigPub, event.hdr, event.sig), "bad_signature");
}

export const transcriptStart = (channelId) => sha256(cbor.encode(["enl1.T0", channelId]));

/** T_{n+1} from T_n and the id of event n. */
export const transcript = (t, eventId) => sha256AtOnce(cbor.encode(["enl1.T", t, eventId]));

// --- Padding: lengths are shown in steps of at most 12 % (Padmé) -----------------------------------------------------

const SMALLEST = 256;
const bitLength = (n) => Math.floor(Math.log2(n)) + 1;

export function paddedLength(length) {
  if (length <= SMALLEST) return SMALLEST;
  const exponent = bitLength(length) - 1;
  const step = 2 ** (exponent - bitLength(exponent));
  return Math.ceil(length / step) * step;
}

export function pad(body) {
  const padded = new Uint8Array(paddedLength(4 + body.length));
  padded.set(big(body.length, 4));
  padded.set(body, 4);
  return padded;
}

/** Throws EnlaceError("bad_padding") unless the length fits, is the right step, and the rest is zero. */
export function unpad(padded) {
  need(padded.length >= 4, "bad_padding");
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  need(4 + length <= padded.length && padded.length === paddedLength(4 + length), "bad_padding");
  need(padded.subarray(4 + length).every((byte) => byte === 0), "bad_padding");
  return padded.slice(4, 4 + length);
}

// --- Receipts: "I have read n events, and the list looked like this" ---------------------------------------------------

/** -> {channelId, kid, n, t, atMs, body, sig}. Throws EnlaceError("bad_receipt"); the signature is checked by verifyReceipt. */
export function parseReceipt(data) {
  const [body, sig] = array(data, 2, null, "bad_receipt");
  const [, channelId, kid, n, t, atMs] = array(body, 6, "enl1.ack", "bad_receipt");
  need(isBytes(channelId, 32) && isBytes(kid, 32) && isCount(n) && isBytes(t, 32) && isCount(atMs) && isBytes(sig, 64), "bad_receipt");
  return { channelId, kid, n, t, atMs, body, sig };
}

export async function verifyReceipt(receipt, sigPub) {
  need(await verify(sigPub, receipt.body, receipt.sig), "bad_receipt");
}
