// A client's own copy of the key log, held against what the host signs and what the vault pins (docs/protocol.md 4.2).
// The twin of sealed/replica.py. A head:
// {size, root, logKey|null, note, witnessedAt}, as sealed/replica.py tells it.

import { equal } from "./bytes.js";
import { cosignedAt, noted, parse, verifyLog } from "./checkpoint.js";
import { EnlaceError } from "./errors.js";
import { Tree, leafHash } from "./merkle.js";

const FORMAT = "enlace-log-proof/1";
const b64 = (bytes) => btoa(String.fromCharCode(...bytes));

export class Replica {
  leaves = [];
  #tree = new Tree();
  #roots = new Map(); // by size: every message asks for one

  get length() {
    return this.leaves.length;
  }

  /** The next leaves, in order; nothing is believed of them until `accept`. */
  async take(leaves) {
    for (const leaf of leaves) {
      await this.#tree.append(await leafHash(leaf));
      this.leaves.push(leaf);
    }
  }

  /** Of the first `size` leaves; null where there are fewer. */
  async root(size) {
    if (!this.#roots.has(size) && size <= this.length) this.#roots.set(size, await this.#tree.root(size));
    return this.#roots.get(size) ?? null;
  }

  /** -> the head to pin from now on. Throws EnlaceError: "bad_checkpoint" (not signed by the pinned log, or not over these leaves),
   *  "log_shrunk" (fewer leaves than pinned), "log_forked" (another beginning than pinned); the last two with `proof`. */
  async accept(note, logKey, pinned = null) {
    const known = pinned?.logKey ?? logKey;
    const shown = parse(note);
    await verifyLog(shown, known);
    const root = await this.root(shown.size);
    if (!equal(logKey, known) || shown.size !== this.length || !root || !equal(shown.root, root)) {
      throw new EnlaceError("bad_checkpoint", "another log key, or not the head of these leaves");
    }
    const code = pinned && (await this.#against(shown, pinned));
    if (code) throw new EnlaceError(code, "", { proof: this.#proof(code, note, pinned) });
    return { size: shown.size, root: shown.root, logKey: known, note, witnessedAt: pinned?.witnessedAt ?? 0 };
  }

  /** `note`: a head of this log with the cosignature of the witness `name`. -> `head` with the time of its word (POSIX seconds); an
   *  older word takes nothing back. Throws "bad_checkpoint", and "log_shrunk" or "log_forked" with `proof` where the witness was
   *  shown another log than this one. */
  async witnessed(head, note, name, publicKey) {
    const shown = parse(note);
    await verifyLog(shown, head.logKey);
    const at = await cosignedAt(shown, name, publicKey);
    const theirs = { size: shown.size, root: shown.root, logKey: head.logKey, note };
    const code = await this.#against(parse(head.note), theirs);
    if (code) throw new EnlaceError(code, "", { proof: this.#proof(code, head.note, theirs) });
    return { ...head, witnessedAt: Math.max(at ?? 0, head.witnessedAt) };
  }

  /** What the author of a message says of the log. Throws "log_shrunk" or "log_forked" with `proof` where the host signed that too and
   *  it is not this log. A word that the host did not sign accuses nobody: a member may lie. */
  async hear(head, { size, root, signature }) {
    const own = await this.root(size);
    if (own && equal(own, root)) return;
    const note = await noted(parse(head.note).origin, size, root, head.logKey, signature);
    try {
      await verifyLog(parse(note), head.logKey);
    } catch {
      return;
    }
    const code = size > head.size ? "log_shrunk" : "log_forked";
    throw new EnlaceError(code, "", { proof: this.#proof(code, head.note, { size, root, logKey: head.logKey, note }) });
  }

  async #against(shown, pinned) {
    if (pinned.note && parse(pinned.note).origin !== shown.origin) return "log_forked";
    if (shown.size < pinned.size) return "log_shrunk";
    return equal(await this.root(pinned.size), pinned.root) ? null : "log_forked";
  }

  #proof(code, note, pinned) {
    const key = pinned.logKey ?? new Uint8Array();
    return { format: FORMAT, code, log_key: b64(key), seen: pinned.note, shown: note, leaf_hashes: this.#tree.levels[0].map(b64) };
  }
}
