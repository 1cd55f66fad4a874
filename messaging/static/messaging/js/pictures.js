// Pictures before they are sealed: drawn anew, so that nothing of what the camera wrote into them (place, time, device) goes along, and
// made small for the conversation. What cannot be drawn is not sent as a picture.

import { EnlaceError } from "sealed/errors.js";
import { LOOK, SHOWN, sniff } from "sealed/files.js";

const UNREAD = /\.(heic|heif|hif|avif|jxl|jp2|tiff?|dng|cr[23]|nef|arw|bmp)$/i; // pictures that keep the place inside, under no known type
const THUMB = 480; // px of the longer side
const GOOD = 0.92;
const SMALL = 0.75;

/** -> {blob, name, mime, thumb: Blob or null}: what is sealed in place of `file`. Throws EnlaceError("bad_picture"). */
export async function prepared(file) {
  const found = sniff(new Uint8Array(await file.slice(0, LOOK).arrayBuffer()));
  const drawn = SHOWN.includes(found);
  if (!drawn && (/^image\/(?!svg)/.test(file.type) || UNREAD.test(file.name))) throw new EnlaceError("bad_picture");
  if (!drawn) return { blob: file, name: file.name, mime: file.type || "application/octet-stream", thumb: null };
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new EnlaceError("bad_picture");
  });
  const mime = found === "image/gif" ? "image/png" : found;
  try {
    const blob = await draw(bitmap, 1, mime, GOOD);
    const scale = Math.min(1, THUMB / Math.max(bitmap.width, bitmap.height));
    return { blob, name: named(file.name, mime), mime, thumb: await draw(bitmap, scale, "image/jpeg", SMALL) };
  } finally {
    bitmap.close();
  }
}

async function draw(bitmap, scale, type, quality) {
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext("2d");
  if (type === "image/jpeg") {
    context.fillStyle = "#fff"; // JPEG knows no transparency
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type, quality });
}

const ENDINGS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
const named = (name, mime) => `${name.replace(/\.[^.]*$/, "") || "imagen"}.${ENDINGS[mime]}`;
