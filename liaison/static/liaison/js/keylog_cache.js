// The replica of the key log in this browser: fetch what is new, check that what was pinned is still its beginning, replay.

import { get } from "liaison/api.js";
import { entries, empty, write } from "liaison/store.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { replay } from "sealed/keylog.js";
import { leafHash, treeRoot } from "sealed/merkle.js";

export class Keylog {
  /** `kid`: the own newest key. A copy that lacks it may be of another host, and is fetched anew. */
  constructor(kid) {
    this.kid = kid;
    this.leaves = null;
  }

  /** -> Directory by the own authority's trust list. Throws EnlaceError("keylog_rollback") when the log was rewritten. */
  async sync(pins) {
    this.leaves ??= (await entries("keylog")).map(([, leaf]) => leaf);
    const kept = this.leaves.length;
    await this.#fetch();
    if (kept === this.leaves.length && this.directory) return this.directory;
    let directory = (await this.#continues(pins)) ? await replay(this.leaves, pins.ownRoot) : null;
    if (kept && !directory?.key(this.kid)) {
      await this.#forget();
      await this.#fetch();
      directory = (await this.#continues(pins)) ? await replay(this.leaves, pins.ownRoot) : null;
    }
    if (!directory) throw new EnlaceError("keylog_rollback");
    pins.moveCheckpoint(this.leaves.length, await this.#root(this.leaves.length));
    this.directory = directory;
    return directory;
  }

  async #fetch() {
    let answer = await get(`/api/keylog?from=${this.leaves.length}`);
    if (answer.size < this.leaves.length) {
      await this.#forget();
      answer = await get("/api/keylog?from=0");
    }
    while (answer.leaves.length) {
      for (const leaf of answer.leaves.map(unb64u)) {
        await write("keylog", this.leaves.length, leaf);
        this.leaves.push(leaf);
      }
      if (this.leaves.length >= answer.size) return;
      answer = await get(`/api/keylog?from=${this.leaves.length}`);
    }
  }

  async #forget() {
    await empty("keylog");
    this.leaves = [];
  }

  async #continues(pins) {
    if (!pins.checkpoint) return true;
    const { size, root } = pins.checkpoint;
    return size <= this.leaves.length && b64u(await this.#root(size)) === b64u(root);
  }

  async #root(size) {
    return treeRoot(await Promise.all(this.leaves.slice(0, size).map((leaf) => leafHash(leaf))));
  }
}
