// Deterministic CBOR, restricted (docs/protocol.md 2; RFC 8949 section 4.2.1): the twin of sealed/cbor.py.

import { big, concat, fromUtf8, utf8 } from "./bytes.js";
import { EnlaceError } from "./errors.js";

const DEEPEST = 16;
const SIMPLE = new Map([[0xf4, false], [0xf5, true], [0xf6, null]]);

const bad = () => new EnlaceError("bad_cbor");

function head(major, n) {
  if (n < 24) return Uint8Array.of((major << 5) | n);
  for (const [extra, size] of [[24, 1], [25, 2], [26, 4], [27, 8]]) {
    if (n < 256 ** size) return concat(Uint8Array.of((major << 5) | extra), big(n, size));
  }
  throw bad();
}

export function encode(value, depth = 0) {
  if (depth > DEEPEST) throw bad();
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw bad();
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw bad();
    const text = utf8(value);
    return concat(head(3, text.length), text);
  }
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map((item) => encode(item, depth + 1)));
  throw bad();
}

/** -> the one value that `data` encodes. Throws EnlaceError("bad_cbor"). */
export function decode(data) {
  const [value, end] = read(data, 0, 0);
  if (end !== data.length) throw bad();
  return value;
}

function read(data, start, depth) {
  if (depth > DEEPEST || start >= data.length) throw bad();
  if (SIMPLE.has(data[start])) return [SIMPLE.get(data[start]), start + 1];
  const major = data[start] >> 5;
  const [n, at] = readHead(data, start);
  if (major === 0) return [n, at];
  if (major === 1 && n < Number.MAX_SAFE_INTEGER) return [-1 - n, at];
  if (major === 2 && at + n <= data.length) return [data.slice(at, at + n), at + n];
  if (major === 3 && at + n <= data.length) return [text(data.subarray(at, at + n)), at + n];
  if (major === 4 && n <= data.length - at) return readArray(data, at, n, depth);
  throw bad();
}

function readArray(data, start, n, depth) {
  const items = [];
  let at = start;
  for (let place = 0; place < n; place += 1) {
    const [item, next] = read(data, at, depth + 1);
    items.push(item);
    at = next;
  }
  return [items, at];
}

function readHead(data, at) {
  const low = data[at] & 31;
  if (low < 24) return [low, at + 1];
  if (low > 27) throw bad();
  const size = 1 << (low - 24);
  if (at + 1 + size > data.length) throw bad();
  let n = 0;
  for (let place = 0; place < size; place += 1) n = n * 256 + data[at + 1 + place];
  const smallest = size === 1 ? 24 : 256 ** (size / 2);
  if (n < smallest || !Number.isSafeInteger(n)) throw bad();
  return [n, at + 1 + size];
}

function text(piece) {
  try {
    return fromUtf8(piece);
  } catch {
    throw bad();
  }
}
