// The way of a file: sealed while it is read and sent in parts of one MiB; fetched in parts and opened into a Blob that comes to be only
// when the last byte was checked. Memory stays at a few parts: what a Blob holds is the browser's, on disk where it is large.

import { getBytes, put, putBytes } from "liaison/api.js";
import { b64u, concat } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { LARGEST, LOOK, PART, SHOWN, Sealing, isWhatItSays, openFile, sealedSize, sniff } from "sealed/files.js";

const READ = 256 * 1024;
const AGAIN = new Set(["offline", "unavailable", "server_error"]);
const PAUSE = 1500;
const LONGEST_PAUSE = 15_000;

const placeOf = (channel, fileId) => `/api/channels/${channel}/files/${b64u(fileId)}`;

/** Seal and send. `progress(done, whole)` in bytes of ciphertext. -> the file as the message tells of it. A broken line is waited out;
 *  `signal` ends it. Throws EnlaceError "file_too_large", "file_changed", "declined" (by `signal`). */
export async function upload(store, blob, { name, mime }, { progress = () => null, signal } = {}) {
  if (blob.size > LARGEST) throw new EnlaceError("file_too_large");
  const sealing = new Sealing(store.channelId, name.slice(0, 200), mime, blob.size, piecesOf(blob));
  const place = placeOf(store.id, sealing.file.fileId);
  await stubborn(() => put(place, { size: sealing.size }), signal);
  let index = 0;
  let done = 0;
  for await (const part of parts(sealing)) {
    await stubborn(() => putBytes(`${place}/${index}`, part), signal);
    index += 1;
    done += part.length;
    progress(done, sealing.size);
  }
  return sealing.file;
}

/** Fetch and open. -> {blob, honest}: `honest` false where the bytes are not what the name claims. Throws "cannot_open_file". */
export async function download(store, file, { progress = () => null, signal } = {}) {
  const blobs = [];
  let held = [];
  let size = 0;
  for await (const data of openFile(store.channelId, file, fetched(store, file, progress, signal))) {
    held.push(data);
    size += data.length;
    if (size < PART) continue;
    blobs.push(new Blob(held));
    [held, size] = [[], 0];
  }
  const whole = new Blob([...blobs, ...held]);
  const head = new Uint8Array(await whole.slice(0, LOOK).arrayBuffer());
  const found = sniff(head);
  const type = SHOWN.includes(found) && found === file.mime ? found : "application/octet-stream"; // never a type that a page could run
  return { blob: whole.slice(0, whole.size, type), honest: isWhatItSays(file, head) };
}

async function* piecesOf(blob) {
  for (let at = 0; at < blob.size; at += READ) {
    const bytes = await blob.slice(at, at + READ).arrayBuffer().catch(() => null);
    if (!bytes) throw new EnlaceError("file_changed");
    yield new Uint8Array(bytes);
  }
}

async function* parts(pieces) {
  let held = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < PART) continue;
    const bytes = concat(...held);
    yield bytes.subarray(0, PART);
    held = [bytes.slice(PART)];
    size = held[0].length;
  }
  if (size) yield concat(...held);
}

async function* fetched(store, file, progress, signal) {
  const place = placeOf(store.id, file.fileId);
  const whole = sealedSize(file.length);
  for (let at = 0; at < whole; at += PART) {
    const part = await stubborn(() => getBytes(`${place}/${at / PART}`), signal);
    progress(Math.min(at + part.length, whole), whole);
    yield part;
  }
}

/** A line that breaks costs one part, not the file. */
async function stubborn(work, signal) {
  for (let pause = PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    if (signal?.aborted) throw new EnlaceError("declined");
    try {
      return await work();
    } catch (error) {
      if (!AGAIN.has(error.code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
