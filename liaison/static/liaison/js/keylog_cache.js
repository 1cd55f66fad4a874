// The replica of the key log in this browser: fetched, judged against the pinned head (docs/protocol.md 4.2), then replayed.

import { get } from "liaison/api.js";
import { empty, entries, write } from "liaison/store.js";
import { isCount, unb64u } from "sealed/bytes.js";
import { witnessName } from "sealed/checkpoint.js";
import { EnlaceError } from "sealed/errors.js";
import { replay } from "sealed/keylog.js";
import { Replica } from "sealed/replica.js";

export const WITNESS_STALE = 72 * 3600; // seconds without a word of the own authority's witness

export class Keylog {
  replica = null;
  kept = 0; // leaves that are in this browser's store
  work = Promise.resolve();

  /** -> Directory by the own authority's trust list. Throws EnlaceError "bad_checkpoint", "log_shrunk" or "log_forked" (with proof). */
  sync(pins) {
    const run = this.work.then(() => this.#sync(pins)); // two at once would take the same leaves twice
    this.work = run.catch(() => null);
    return run;
  }

  async #sync(pins) {
    const { head, cosigned } = await this.#judged(pins);
    await this.#keep();
    if (this.directory?.size !== head.size) this.directory = await replay(this.replica.leaves, pins.ownRoot);
    this.head = await this.#witnessed(head, cosigned);
    pins.moveCheckpoint(this.head);
    return this.directory;
  }

  /** What the author of a message says of the log (sealed/replica.js). */
  hear(told) {
    return this.replica.hear(this.head, told);
  }

  /** The own authority runs a witness and it has said nothing of late: the host may hide what is new. */
  get witnessStale() {
    const runs = this.directory.witnesses.has(this.directory.ownAuthority);
    return runs && Date.now() / 1000 - this.head.witnessedAt > WITNESS_STALE;
  }

  async #judged(pins) {
    this.replica ??= await this.#stored();
    const known = this.replica.length;
    try {
      return await this.#accepted(pins);
    } catch (error) {
      this.replica = new Replica();
      this.kept = 0;
      if (!known || !(error instanceof EnlaceError) || error.status !== undefined) throw error; // not judged: the host did not answer
    }
    // Against the leaves kept here another log is only "not theirs"; fetched whole it is a fork, and proves itself.
    try {
      return await this.#accepted(pins);
    } catch (error) {
      this.replica = new Replica();
      throw error;
    }
  }

  async #accepted(pins) {
    const answer = await this.#fetch();
    const head = await this.replica.accept(answer.checkpoint, answer.logKey, pins.checkpoint);
    return { head, cosigned: answer.cosigned };
  }

  /** All pages up to the newest head that the host shows. -> its last answer, form checked. */
  async #fetch() {
    for (;;) {
      const answer = formed(await get(`/api/keylog?from=${this.replica.length}`));
      await this.replica.take(answer.leaves);
      if (!answer.leaves.length || this.replica.length >= answer.size) return answer;
    }
  }

  /** What an earlier page kept. Nothing is believed of it before the host's head is over exactly these leaves. */
  async #stored() {
    const replica = new Replica();
    await replica.take((await entries("keylog")).map(([, leaf]) => leaf));
    this.kept = replica.length;
    return replica;
  }

  async #keep() {
    if (this.kept === 0) await empty("keylog");
    for (; this.kept < this.replica.length; this.kept += 1) await write("keylog", this.kept, this.replica.leaves[this.kept]);
  }

  async #witnessed(head, cosigned) {
    const authority = this.directory.ownAuthority;
    const key = this.directory.witnesses.get(authority);
    return key && cosigned ? this.replica.witnessed(head, cosigned, witnessName(authority), key) : head;
  }
}

/** The host's answer with its bytes. Throws EnlaceError("bad_checkpoint") for what no host of this protocol says. */
function formed({ size, leaves, checkpoint, log_key: logKey, cosigned }) {
  try {
    if ([checkpoint, logKey, cosigned].some((text) => typeof text !== "string") || !isCount(size)) throw new TypeError();
    return { size, leaves: leaves.map(unb64u), checkpoint, logKey: unb64u(logKey), cosigned };
  } catch {
    throw new EnlaceError("bad_checkpoint", "not an answer about the key log");
  }
}
