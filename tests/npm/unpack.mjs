// Unpacks the Chromium of @sparticuz/chromium (brotli-packed, with the libraries and fonts a bare machine lacks).
// usage: node unpack.mjs TARGET_FOLDER
import { createReadStream, createWriteStream, mkdirSync, chmodSync, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { extract } from "tar-fs";

const target = process.argv[2];
const packed = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@sparticuz/chromium/bin");
mkdirSync(target, { recursive: true });
const open = (name) => createReadStream(join(packed, name)).pipe(createBrotliDecompress());
await pipeline(open("chromium.br"), createWriteStream(join(target, "chromium")));
chmodSync(join(target, "chromium"), 0o755);
for (const name of ["al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"]) {
  await pipeline(open(name), extract(target));
}
// Its own fonts.conf names a fixed temporary folder; without a valid one Chromium dies at the first form control.
mkdirSync(join(target, "fonts-cache"), { recursive: true });
writeFileSync(
  join(target, "fonts", "fonts.conf"),
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(target, "fonts")}</dir><dir>/usr/share/fonts</dir><cachedir>${join(target, "fonts-cache")}</cachedir></fontconfig>`,
);
