// Files: the form of what a message says of one, sizes, what may be shown, sealing and opening in a stream (docs/protocol.md 5.5).
// The twin of sealed/files.py and sealed/open_files.py.

import { openStream, sealStream } from "./aead.js";
import { big, equal, isBytes, isCount } from "./bytes.js";
import * as cbor from "./cbor.js";
import { EnlaceError } from "./errors.js";
import { paddedLength } from "./events.js";
import * as message from "./message.js";
import { hasher, randomBytes } from "./suite.js";

export const PART = 1 << 20; // bytes of ciphertext
export const LARGEST = 256 * PART; // bytes of data
const LENGTH_BYTES = 8;
const CHUNK = 16 * 1024;
const TAG = 16;
const HEAD = 56;
const LONGEST_NAME = 200;
export const LOOK = 16; // bytes that tell the type
/** What may be shown in the page, after opening and by its first bytes; everything else is only ever saved. */
export const SHOWN = ["image/jpeg", "image/png", "image/gif", "image/webp"];

const context = (channelId, fileId) => cbor.encode(["enl1.file", channelId, fileId]);
const plainSize = (length) => paddedLength(LENGTH_BYTES + length);

/** Bytes of ciphertext for `length` bytes of data. */
export function sealedSize(length) {
  const plain = plainSize(length);
  return HEAD + plain + TAG * (Math.floor(plain / CHUNK) + 1);
}

const rowOf = ({ fileId, key, name, mime, length, digest }) => [fileId, key, name, mime, length, digest];

/** `how`: {handling, evaluation} of message.js. */
export function bodyOf(text, file, thumb = null, how = {}) {
  const more = message.moreOf(how);
  return ["file", text, rowOf(file), thumb && rowOf(thumb), ...(more.length ? [more] : [])];
}

/** What is said with the file of a body that `parseBody` read. Throws EnlaceError("bad_message"). */
export const messageOf = (body) => message.parse(["text", body[1], null, ...body.slice(4)]);

/** -> {message, file, thumb|null}. Throws EnlaceError("bad_file") for a form that no client makes, ("bad_message") where what stands
 *  beside it is none. */
export function parseBody(body) {
  const formed = Array.isArray(body) && (body.length === 4 || body.length === 5) && body[0] === "file" && typeof body[1] === "string";
  if (!formed) throw new EnlaceError("bad_file");
  return { message: messageOf(body), file: parse(body[2]), thumb: body[3] === null ? null : parse(body[3]) };
}

function parse(value) {
  if (!Array.isArray(value) || value.length !== 6) throw new EnlaceError("bad_file");
  const [fileId, key, name, mime, length, digest] = value;
  const named = [name, mime].every((text) => typeof text === "string" && [...text].length <= LONGEST_NAME);
  const sized = isBytes(fileId, 16) && isBytes(key, 32) && isBytes(digest, 32) && isCount(length) && length <= LARGEST;
  if (!named || !sized) throw new EnlaceError("bad_file");
  return { fileId, key, name, mime, length, digest };
}

const SIGNATURES = [
  ["image/jpeg", [0xff, 0xd8, 0xff], 0],
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ["image/gif", [0x47, 0x49, 0x46, 0x38], 0],
  ["image/webp", [0x57, 0x45, 0x42, 0x50], 8],
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d], 0],
];

/** The media type that these first bytes have, "" for anything that is not on the list. */
export const sniff = (head) => SIGNATURES.find(([, magic, at]) => equal(head.subarray(at, at + magic.length), magic))?.[0] ?? "";

/** false where the name claims a type of the list and the bytes are another, or the other way round. */
export function isWhatItSays(file, head) {
  const found = sniff(head);
  return SIGNATURES.some(([mime]) => mime === file.mime) || found ? found === file.mime : true;
}

/** Seals one file on the way out: iterate it whole (pieces of ciphertext), then `file` holds what the message says. */
export class Sealing {
  /** `pieces`: the data, an (async) iterable of Uint8Arrays of `length` bytes together. */
  constructor(channelId, name, mime, length, pieces) {
    this.size = sealedSize(length);
    this.file = { fileId: randomBytes(16), key: randomBytes(32), name, mime, length, digest: null };
    this.channelId = channelId;
    this.pieces = pieces;
  }

  async *[Symbol.asyncIterator]() {
    const digest = await hasher();
    for await (const piece of sealStream(this.file.key, context(this.channelId, this.file.fileId), this.#plain())) {
      digest.update(piece);
      yield piece;
    }
    this.file.digest = digest.digest();
  }

  async *#plain() {
    const { length } = this.file;
    let rest = length;
    yield big(length, LENGTH_BYTES);
    for await (const piece of this.pieces) {
      rest -= piece.length;
      if (rest < 0) break;
      yield piece;
    }
    if (rest !== 0) throw new EnlaceError("file_changed");
    for (let zeros = plainSize(length) - LENGTH_BYTES - length; zeros > 0; zeros -= CHUNK) yield new Uint8Array(Math.min(zeros, CHUNK));
  }
}

/** -> the data in pieces. NOTHING of it may be used under its name before the iteration ended: a cut, a foreign ending or padding
 *  shows only there. Throws EnlaceError("cannot_open_file"). */
export async function* openFile(channelId, file, ciphertext) {
  const digest = await hasher();
  let size = 0;
  async function* counted() {
    for await (const piece of ciphertext) {
      digest.update(piece);
      size += piece.length;
      yield piece;
    }
  }
  let seen = 0;
  for await (const plain of openStream(file.key, context(channelId, file.fileId), counted(), "cannot_open_file")) {
    yield dataOf(plain, seen, file);
    seen += plain.length;
  }
  const whole = seen === plainSize(file.length) && size === sealedSize(file.length) && equal(digest.digest(), file.digest);
  if (!whole) throw new EnlaceError("cannot_open_file");
}

/** The part of `plain`, which begins at position `at` of what was sealed, that is data. Length and padding are checked. */
function dataOf(plain, at, file) {
  const first = Math.min(Math.max(LENGTH_BYTES - at, 0), plain.length);
  const end = Math.min(Math.max(LENGTH_BYTES + file.length - at, first), plain.length);
  const length = big(file.length, LENGTH_BYTES).subarray(at, at + first);
  if (!equal(plain.subarray(0, first), length) || plain.subarray(end).some(Boolean)) throw new EnlaceError("cannot_open_file");
  return plain.subarray(first, end);
}
