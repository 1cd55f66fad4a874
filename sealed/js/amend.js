// What later events say of earlier messages: edits, withdrawals, reactions (docs/protocol.md 5.4). They name their target inside the
// encryption, so they are judged after opening, by position and by person, never by the clock. Pages are opened newest first:
// words may be taken in any order and the answers are the same. No secret, no I/O. The twin of sealed/amend.py.

import { b64u, equal } from "./bytes.js";
import { EnlaceError } from "./errors.js";
import { EDIT, FILE, POST, REACTION, REDACT } from "./events.js";
import * as message from "./message.js";

export const AMENDMENTS = new Set([EDIT, REDACT, REACTION]);
/** Of a withdrawal; coded, so that each reads his own language. */
export const REASONS = ["mistake", "wrong_channel", "person_at_risk", "no_consent", "other"];
/** Of a reaction. */
export const MARKS = ["received", "yes", "no", "on_it", "done", "thanks"];

const need = (good, code) => {
  if (!good) throw new EnlaceError(code);
};

/** The id of the event that an amendment speaks of. Throws EnlaceError("bad_amendment") or ("bad_message"). */
export function targetOf({ kind, body }) {
  const length = kind === REACTION ? 3 : 2;
  need(Array.isArray(body) && body.length === length && message.isId(body[0]), "bad_amendment");
  if (kind === EDIT) message.parse(body[1]);
  else if (kind === REDACT) need(REASONS.includes(body[1]), "bad_amendment");
  else need(MARKS.includes(body[1]) && typeof body[2] === "boolean", "bad_amendment");
  return body[0];
}

const isMessage = ({ kind, body }) => kind === FILE || (kind === POST && (body === null || message.isText(body)));

const sameReply = (one, other) => one === other || (one !== null && other !== null && equal(one, other));

/**
 * The words of one channel. A word is an event that passed the checks of its place: {n, eventId, kind, subject (16 bytes, whom its key
 * was certified for), role (the member's at position n), body as opened, or null where the ciphertext is gone}.
 */
export class Amendments {
  /** `place(eventId)` -> its position among the channel's own verified ids, or null. */
  constructor(place) {
    this.place = place;
    this.words = new Map(); // b64u id -> word
    this.about = new Map(); // b64u id of the target -> words, by position
  }

  /** Keeps a word; taken again, the later copy stands (a key that came later may have opened it). -> b64u id of its target, or null. */
  take(word) {
    this.words.set(b64u(word.eventId), word);
    if (!AMENDMENTS.has(word.kind)) return null;
    try {
      const target = b64u(targetOf(word));
      const others = (this.about.get(target) || []).filter((other) => other.n !== word.n);
      this.about.set(target, [...others, word].sort((one, other) => one.n - other.n));
      return target;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      return null;
    }
  }

  /** Throws EnlaceError with the code of the first rule that an amendment breaks. Where its target is not opened here there is
   *  nothing to show it on, and nothing is said of it. */
  check(word) {
    const id = targetOf(word);
    const place = this.place(id);
    need(place !== null && place < word.n, "target_unknown");
    const target = this.words.get(b64u(id));
    if (!target) return;
    need(isMessage(target), "target_not_message");
    checkRight(word, target);
    const before = this.about.get(b64u(id)) || [];
    need(!before.some((other) => other.kind === REDACT && other.n < word.n && this.#stands(other)), "target_redacted");
  }

  #stands(word) {
    try {
      this.check(word);
      return true;
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      return false;
    }
  }

  /** What a message that is opened here has become: {versions: words, from the first to the one that stands; redacted: the word
   *  that withdrew it, or null; reactions: Map mark -> subjects, in the order of their words}. */
  standing(id) {
    const versions = [this.words.get(id)];
    let redacted = null;
    const marks = new Map();
    for (const word of this.about.get(id) || []) {
      if (!this.#stands(word)) continue;
      if (word.kind === EDIT) versions.push(word);
      else if (word.kind === REDACT) redacted = word;
      else mark(marks, word);
    }
    const given = MARKS.map((one) => [one, [...marks.values()].filter(([name]) => name === one).map(([, subject]) => subject)]);
    return { versions, redacted, reactions: new Map(given.filter(([, subjects]) => subjects.length)) };
  }
}

/** By person and not by key: whoever got a new key may still mend his own words, and a colleague may not. */
function checkRight(word, target) {
  const own = equal(word.subject, target.subject);
  if (word.kind === EDIT) {
    need(own, "edit_not_author");
    need(target.kind === POST, "target_not_message");
    // Else a "yes" could be moved under another question.
    need(target.body === null || sameReply(message.parse(word.body[1]).replyTo, message.parse(target.body).replyTo), "edit_changes_reply");
  } else if (word.kind === REDACT) need(own || word.role === "o", "redact_not_allowed");
}

function mark(marks, { body: [, name, on], subject }) {
  const key = `${name} ${b64u(subject)}`;
  marks.delete(key);
  if (on) marks.set(key, [name, subject]);
}
