// What has become of the messages of one channel: sealed/amend.js applied to rows. Knows no page, no network.
//
// A message's row gains: versions [{n, at, text}], from the first to the one that stands; message and text as they stand now; withdrawn {by, at, reason}
// or null, and then no text; marks [{mark, names, own}]; changing: an own change of it is on its way; amended, which tells one standing from
// another. The row of an amendment has kind "amendment" and is hidden unless it broke a rule or was refused.

import { AMENDMENTS, Amendments, targetOf } from "sealed/amend.js";
import { b64u, equal, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { EDIT, FILE } from "sealed/events.js";
import * as files from "sealed/files.js";
import { mayOpenHistory } from "sealed/handling.js";
import * as message from "sealed/message.js";

export class Amended {
  /** `view`: the store; directory, state, ids, places and room are used. */
  constructor(view) {
    this.view = view;
    this.senders = new Map(); // b64u subject -> person
    this.rows = new Map(); // n -> row of an opened event
    this.amendments = new Amendments((id) => view.places.get(b64u(id)) ?? null);
  }

  /** An opened event, in whatever order pages come. */
  take(row, event, body) {
    const { subject } = this.view.directory.key(event.senderKid);
    this.senders.set(b64u(subject), row.sender);
    this.rows.set(row.n, row);
    row.word = { n: row.n, eventId: event.eventId, kind: event.kind, subject, role: this.view.state.memberAt(row.n, event.senderKid), body };
    this.amendments.take(row.word);
  }

  /** Would every reader let this pass, said now by this officer? Throws EnlaceError. */
  check(kind, body) {
    const { directory, state, ids, room } = this.view;
    const { subject } = directory.key(room.identity.kid);
    this.amendments.check({ n: ids.length, eventId: new Uint8Array(32), kind, subject, role: state.members.get(room.kid), body });
  }

  /** The first epoch, not before `first`, from which on nothing is kept from the authority `newcomer`: one after the current epoch where
   *  something in that one is. Everything must be loaded. Every version of a message counts, a withdrawn one too: its key opens them. */
  openFrom(newcomer, first) {
    const { state } = this.view;
    let from = first;
    for (const row of this.rows.values()) {
      if (row.kind !== "text") continue;
      const { versions } = this.amendments.standing(row.eventId);
      const { handling } = messageOf(versions.at(-1));
      for (const { n } of versions) if (!mayOpenHistory(handling, this.originOf(row), newcomer, this.#present(n))) from = Math.max(from, state.epochAt(n) + 1);
    }
    return from;
  }

  /** The authority whose words a message holds. */
  originOf(row) {
    return row.message.origin || row.sender.authority;
  }

  /** The authorities that had a member at position n. */
  #present(n) {
    const { state, directory } = this.view;
    const kids = [...state.spans.keys()].map(unb64u).filter((kid) => state.memberAt(n, kid));
    return [...new Set(kids.map((kid) => directory.key(kid).authority))];
  }

  /** Show on each row what became of it. `rows` that stand in the channel, `pending` those on their way. */
  dress(rows, pending) {
    const changing = new Set(pending.filter((row) => row.kind === "amendment" && row.state !== "refused").map((row) => row.targetId));
    for (const row of rows) {
      if (row.state !== "ok" || !row.word) continue;
      if (row.kind === "amendment") this.#judge(row);
      else if (row.kind === "text" || row.word.kind === FILE) this.#dress(row, changing.has(row.eventId));
    }
  }

  #judge(row) {
    try {
      this.amendments.check(row.word);
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      Object.assign(row, { state: "failed", code: error.code, hidden: false });
    }
  }

  #dress(row, changing) {
    row.changing = changing;
    if (!this.amendments.about.has(row.eventId)) return;
    const { versions, redacted, reactions } = this.amendments.standing(row.eventId);
    const gone = redacted && this.rows.get(redacted.n);
    row.withdrawn = gone && { by: gone.sender, at: gone.at, reason: redacted.body[1] };
    if (row.kind === "text") this.#say(row, versions, gone);
    row.marks = gone ? [] : [...reactions].map(([mark, subjects]) => ({ mark, names: subjects.map((one) => this.senders.get(b64u(one)).name), own: subjects.some((one) => this.#isOwn(one)) }));
    row.amended = `${versions.length} ${gone?.n} ${row.marks.map(({ mark, names, own }) => mark + names + own)}`;
  }

  #say(row, versions, gone) {
    row.versions = gone ? [] : versions.map((word) => ({ n: word.n, at: this.rows.get(word.n).at, text: messageOf(word).text }));
    row.message = messageOf(versions.at(-1));
    row.text = gone ? "" : row.message.text;
  }

  #isOwn(subject) {
    const key = this.view.directory.key(this.view.room.identity.kid);
    return Boolean(key) && equal(key.subject, subject);
  }
}

const messageOf = ({ kind, body }) => (kind === FILE ? files.messageOf(body) : message.parse(kind === EDIT ? body[1] : body));

/** Fill the row of an amendment: hidden as long as it only changes its target. -> false for any other kind of event. */
export function fillAmendment(row, kind, body) {
  if (!AMENDMENTS.has(kind)) return false;
  row.targetId = b64u(targetOf({ kind, body }));
  row.kind = "amendment";
  row.hidden = true;
  return true;
}
