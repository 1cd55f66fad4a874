// The replica of the key log in this browser: fetch what is new, check that what was pinned is still its beginning, replay.

import { get } from "liaison/api.js";
import { entries, empty, write } from "liaison/store.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { leafHash, replay, treeRoot } from "sealed/keylog.js";

export class Keylog {
  /** `kid`: the own newest key; a copy that lacks it may be of another host and is fetched anew once. */
  constructor(kid) {
    this.kid = b64u(kid);
    this.leaves = null;
  }

  /** -> Directory by the own authority's trust list. Throws EnlaceError("keylog_rollback") when the log was rewritten. */
  async sync(pins) {
    this.leaves ??= (await entries("keylog")).map(([, leaf]) => leaf);
    await this.#fetch();
    if (!(await this.#continues(pins))) {
      await this.#forget();
      await this.#fetch();
      if (!(await this.#continues(pins))) throw new EnlaceError("keylog_rollback");
    }
    const directory = await replay(this.leaves, pins.ownRoot);
    pins.moveCheckpoint(this.leaves.length, await this.#root(this.leaves.length));
    return directory;
  }

  async #fetch() {
    let answer = await get(`/api/keylog?from=${this.leaves.length}`);
    if (answer.size < this.leaves.length) {
      await this.#forget();
      answer = await get("/api/keylog?from=0");
    }
    for (const leaf of answer.leaves.map(unb64u)) {
      await write("keylog", this.leaves.length, leaf);
      this.leaves.push(leaf);
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
