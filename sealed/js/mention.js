// Whom a message calls: a person, whoever serves a desk, whoever has a role in an authority (docs/protocol.md 5.6). Pure. A person and a
// role are those of certificates; who serves a desk is the host's word. The twin of sealed/mention.py.

import { equal, isBytes } from "./bytes.js";
import { EnlaceError } from "./errors.js";
import { isAuthority } from "./handling.js";

const MANY = 64;
const DESK = /^[\x00-\x7f]{1,64}$/;
const ROLES = [0, 1, 2, 3, 4];

const FORMS = {
  person: ([subject, ...more]) => !more.length && isBytes(subject, 16),
  desk: ([desk, ...more]) => !more.length && typeof desk === "string" && DESK.test(desk),
  role: ([authority, role, ...more]) => !more.length && isAuthority(authority) && ROLES.includes(role),
};

const isMention = (row) => Array.isArray(row) && Object.hasOwn(FORMS, row[0]) && FORMS[row[0]](row.slice(1));

/** Of [["person", subject(16)] | ["desk", id] | ["role", authority, role], ...], and gives them back. Throws EnlaceError("bad_message"). */
export function parseMentions(value) {
  if (!Array.isArray(value) || !value.length || value.length > MANY || !value.every(isMention)) throw new EnlaceError("bad_message");
  return value;
}

/** Nobody is called who is not here and would never hear it. `present`: {subject, authority, role} of the members. Desks are the host's
 *  word and are not judged. Throws EnlaceError("call_not_member"). */
export function refuseAbsent(mentions, present) {
  for (const one of mentions) {
    if (one[0] !== "desk" && !present.some((who) => calls([one], who))) throw new EnlaceError("call_not_member");
  }
}

/** Does one of them call this person? `who`: {subject, authority, role} of the own certificate, and desks: ids of those served. */
export function calls(mentions, { subject, authority, role, desks = [] }) {
  const called = { person: ([one]) => equal(one, subject), desk: ([one]) => desks.includes(one), role: ([code, one]) => code === authority && one === role };
  return mentions.some(([sort, ...value]) => called[sort](value));
}
