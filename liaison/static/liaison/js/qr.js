// A QR code (ISO/IEC 18004) as SVG: byte mode, error correction M, versions 1 to 12. For the code app and fingerprints,
// so that no secret goes to somebody's image service.

const SVG = "http://www.w3.org/2000/svg";
// per version 1..12 at level M: [correction bytes per block, blocks of group 1, data bytes in them, blocks of group 2]
const BLOCKS = [
  [10, 1, 16, 0], [16, 1, 28, 0], [26, 1, 44, 0], [18, 2, 32, 0], [24, 2, 43, 0], [16, 4, 27, 0],
  [18, 4, 31, 0], [22, 2, 38, 2], [22, 3, 36, 2], [26, 4, 43, 1], [30, 1, 50, 4], [22, 6, 36, 2],
];
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58]];

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

function correction(data, size) {
  let divisor = [1];
  for (let root = 0; root < size; root += 1) {
    const next = new Array(divisor.length + 1).fill(0);
    divisor.forEach((value, at) => {
      next[at] ^= value;
      next[at + 1] ^= times(value, EXP[root]);
    });
    divisor = next;
  }
  const rest = new Uint8Array(size);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[size - 1] = 0;
    for (let at = 0; at < size; at += 1) rest[at] ^= times(divisor[at + 1], factor);
  }
  return rest;
}

const room = ([, many, size, more]) => many * size + more * (size + 1);

function codewords(bytes) {
  const version = BLOCKS.findIndex((blocks, at) => room(blocks) >= bytes.length + (at < 9 ? 2 : 3)) + 1;
  if (!version) throw new RangeError("too long for a QR code");
  const bits = [];
  const put = (value, length) => {
    for (let at = length - 1; at >= 0; at -= 1) bits.push((value >> at) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const capacity = room(BLOCKS[version - 1]);
  put(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const data = [];
  for (let at = 0; at < bits.length; at += 8) data.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let pad = 0xec; data.length < capacity; pad ^= 0xec ^ 0x11) data.push(pad);
  return { version, stream: interleave(data, BLOCKS[version - 1]) };
}

function interleave(data, [size, many, length, more]) {
  const blocks = [];
  let at = 0;
  for (let block = 0; block < many + more; block += 1) {
    const piece = data.slice(at, (at += length + (block >= many ? 1 : 0)));
    blocks.push({ piece, extra: correction(piece, size) });
  }
  const stream = [];
  for (let place = 0; place <= length; place += 1) for (const { piece } of blocks) if (place < piece.length) stream.push(piece[place]);
  for (let place = 0; place < size; place += 1) for (const { extra } of blocks) stream.push(extra[place]);
  return stream;
}

function frame(version) {
  const size = version * 4 + 17;
  const dark = Array.from({ length: size }, () => new Array(size).fill(false));
  const fixed = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (x, y, on) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    dark[y][x] = on;
    fixed[y][x] = true;
  };
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let y = -4; y <= 4; y += 1) for (let x = -4; x <= 4; x += 1) {
      const ring = Math.max(Math.abs(x), Math.abs(y));
      set(cx + x, cy + y, ring !== 2 && ring !== 4);
    }
  }
  const centres = ALIGNMENT[version - 1];
  const last = centres.length - 1;
  centres.forEach((cy, row) => centres.forEach((cx, column) => {
    if ((row === 0 && column === 0) || (row === 0 && column === last) || (row === last && column === 0)) return;
    for (let y = -2; y <= 2; y += 1) for (let x = -2; x <= 2; x += 1) set(cx + x, cy + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
  }));
  return { size, dark, fixed, set };
}

function drawFormat({ size, set }, mask, version) {
  let rest = mask; // level M is 00
  for (let at = 0; at < 10; at += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const bit = (at) => ((bits >> at) & 1) === 1;
  for (let at = 0; at <= 5; at += 1) set(8, at, bit(at));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let at = 9; at < 15; at += 1) set(14 - at, 8, bit(at));
  for (let at = 0; at < 8; at += 1) set(size - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at += 1) set(8, size - 15 + at, bit(at));
  set(8, size - 8, true);
  if (version < 7) return;
  let more = version;
  for (let at = 0; at < 12; at += 1) more = (more << 1) ^ ((more >> 11) * 0x1f25);
  const wide = (version << 12) | more;
  for (let at = 0; at < 18; at += 1) {
    const on = ((wide >> at) & 1) === 1;
    set(size - 11 + (at % 3), Math.floor(at / 3), on);
    set(Math.floor(at / 3), size - 11 + (at % 3), on);
  }
}

const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

function drawData({ size, dark, fixed }, stream, mask) {
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      for (let side = 0; side < 2; side += 1) {
        const x = right - side;
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (fixed[y][x]) continue;
        const bit = at < stream.length * 8 && ((stream[at >> 3] >> (7 - (at & 7))) & 1) === 1;
        dark[y][x] = bit !== (MASKS[mask](x, y) === 0);
        at += 1;
      }
    }
  }
}

/** Runs, blocks and imbalance: the mask with the least is the easiest to scan. */
function penalty({ size, dark }) {
  let total = 0;
  let count = 0;
  for (let y = 0; y < size; y += 1) {
    for (const at of [(x) => dark[y][x], (x) => dark[x][y]]) {
      for (let x = 1, run = 1; x <= size; x += 1) {
        if (x < size && at(x) === at(x - 1)) run += 1;
        else {
          if (run >= 5) total += run - 2;
          run = 1;
        }
      }
    }
    for (let x = 0; x < size; x += 1) {
      count += dark[y][x] ? 1 : 0;
      if (x && y && dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x - 1]) total += 3;
    }
  }
  return total + Math.floor(Math.abs(count * 20 - size * size * 10) / (size * size)) * 10;
}

/** The modules of the code: rows of booleans, true is dark. */
export function matrix(text) {
  const { version, stream } = codewords(new TextEncoder().encode(text));
  let best = null;
  for (let mask = 0; mask < 8; mask += 1) {
    const drawn = frame(version);
    drawFormat(drawn, mask, version);
    drawData(drawn, stream, mask);
    const score = penalty(drawn);
    if (!best || score < best.score) best = { score, dark: drawn.dark };
  }
  return best.dark;
}

/** The code as an <svg> with a quiet zone, dark on light whatever the theme. */
export function qr(text, label) {
  const rows = matrix(text);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `-3 -3 ${rows.length + 6} ${rows.length + 6}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ""))).join(""));
  path.setAttribute("fill", "#000");
  svg.append(path);
  return svg;
}
