// The RFC 6962 tree over the key log: roots at every size, proofs checked (RFC 9162 section 2.1). The twin of
// sealed/merkle.py; proofs are made by who holds the log, in Python. Arithmetic without bit operators: those end at 2^31.

import { concat, equal } from "./bytes.js";
import { sha256 } from "./suite.js";

const HASH_BYTES = 32;
const odd = (number) => number % 2 === 1;
const half = (number) => Math.floor(number / 2);

/** The prefix bytes 0 and 1 keep a leaf from passing as an inner node. */
export const leafHash = (leaf) => sha256(concat(Uint8Array.of(0), leaf));

export const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** A tree that grows: the hashes of its complete subtrees, by height, give the root at every size in a few steps. */
export class Tree {
  levels = [[]];
  #roots = new Map(); // by size: the tree only grows, and every message asks for the root that its author saw

  get size() {
    return this.levels[0].length;
  }

  async append(hashOfLeaf) {
    this.levels[0].push(hashOfLeaf);
    for (let height = 0; !odd(this.levels[height].length); height += 1) {
      if (height + 1 === this.levels.length) this.levels.push([]);
      this.levels[height + 1].push(await nodeHash(...this.levels[height].slice(-2)));
    }
  }

  /** Over the first `size` leaves; of none: the hash of nothing. null where there are fewer. */
  async root(size) {
    if (size > this.size) return null;
    if (!this.#roots.has(size)) this.#roots.set(size, this.#rootOf(size));
    return this.#roots.get(size);
  }

  async #rootOf(size) {
    let whole = null;
    for (let height = 0, count = size; count > 0; height += 1, count = half(count)) {
      if (!odd(count)) continue;
      const peak = this.levels[height][count - 1];
      whole = whole ? await nodeHash(peak, whole) : peak;
    }
    return whole ?? sha256(new Uint8Array());
  }
}

/** Root over leaf hashes. */
export async function treeRoot(hashes) {
  const grown = new Tree();
  for (const one of hashes) await grown.append(one);
  return grown.root(grown.size);
}

/** The leaf stands at `index` of the tree with `size` leaves and this root. */
export async function verifyInclusion(index, size, hashOfLeaf, proof, root) {
  if (!counts(index, size) || index >= size || !hashes(hashOfLeaf, root, ...proof)) return false;
  let [node, last, found] = [index, size - 1, hashOfLeaf];
  for (const step of proof) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      found = await nodeHash(step, found);
      [node, last] = up(node, last);
    } else found = await nodeHash(found, step);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(found, root);
}

/** The tree of `old` leaves is the beginning of the tree of `size` leaves. Of no leaves nothing can be proved: false. */
export async function verifyConsistency(old, size, oldRoot, root, proof) {
  if (!counts(old, size) || old === 0 || old > size || !hashes(...proof)) return false;
  if (old === size) return proof.length === 0 && equal(oldRoot, root);
  const steps = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : proof;
  if (!steps.length) return false;
  let [node, last] = [old - 1, size - 1];
  while (odd(node)) [node, last] = [half(node), half(last)];
  let [before, after] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      [before, after] = await Promise.all([nodeHash(step, before), nodeHash(step, after)]);
      [node, last] = up(node, last);
    } else after = await nodeHash(after, step);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(before, oldRoot) && equal(after, root);
}

/** To where `node` is a right child: levels without a sibling have no step in a proof. */
function up(node, last) {
  while (node > 0 && !odd(node)) [node, last] = [half(node), half(last)];
  return [node, last];
}

const counts = (...values) => values.every((value) => Number.isSafeInteger(value) && value >= 0);
const hashes = (...values) => values.every((value) => value.length === HASH_BYTES);
