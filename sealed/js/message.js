// What a message says, once it is opened (docs/protocol.md 5.4). Pure: a body in, a plain value out. The twin of sealed/message.py.

import { isBytes } from "./bytes.js";
import { EnlaceError } from "./errors.js";
import { OPEN, isAuthority, parseHandling } from "./handling.js";
import { parseMentions } from "./mention.js";

/** Of a 4x4 evaluation: always reliable, mostly reliable, mostly unreliable, not assessed. */
export const SOURCES = ["A", "B", "C", "X"];
const MANY = 64;

const need = (good) => {
  if (!good) throw new EnlaceError("bad_message");
};

export const isId = (value) => isBytes(value, 32);

/** Does it claim to be a text? `parse` says whether it is one. */
export const isText = (body) => Array.isArray(body) && body[0] === "text";

function parseEvaluation(value) {
  need(Array.isArray(value) && value.length === 2);
  const [source, information] = value;
  need(SOURCES.includes(source) && Number.isInteger(information) && information >= 1 && information <= 4);
  return [source, information];
}

function parseOrigin(value) {
  need(isAuthority(value));
  return value;
}

const MORE = new Map([["evaluation", parseEvaluation], ["handling", parseHandling], ["mentions", parseMentions], ["origin", parseOrigin]]);

/** [[name, value], ...], each name once. A name that is not known here says nothing here; a known one that is malformed spoils the
 *  message, else a reader who reads less strictly would pass on what he may not. */
function parseMore(rows) {
  need(Array.isArray(rows) && rows.length <= MANY);
  const names = new Set();
  const found = {};
  for (const row of rows) {
    need(Array.isArray(row) && row.length === 2 && typeof row[0] === "string" && !names.has(row[0]));
    names.add(row[0]);
    if (MORE.has(row[0])) found[row[0]] = MORE.get(row[0])(row[1]);
  }
  return found;
}

/** Of ["text", text, reply_to or null] or the same with more. -> {text, replyTo, handling {code, released}, evaluation [source,
 *  information] or null, mentions, origin: of a forwarded message the authority whose words these are, or null}. Throws EnlaceError("bad_message"). */
export function parse(body) {
  need(isText(body) && (body.length === 3 || body.length === 4));
  const [, text, replyTo, more] = body;
  need(typeof text === "string" && (replyTo === null || isId(replyTo)));
  return { text, replyTo, handling: OPEN, evaluation: null, mentions: [], origin: null, ...(body.length === 4 ? parseMore(more) : {}) };
}

/** What stands beside the text: what is left out says nothing. */
export function moreOf({ handling = OPEN, evaluation = null, mentions = [], origin = null }) {
  const more = [];
  if (evaluation) more.push(["evaluation", evaluation]);
  if (handling.code || handling.released.length) more.push(["handling", [handling.code, handling.released]]);
  if (mentions.length) more.push(["mentions", mentions]);
  if (origin) more.push(["origin", origin]);
  return more;
}

/** The body that `parse` reads back. */
export function bodyOf({ text, replyTo = null, ...how }) {
  const more = moreOf(how);
  return ["text", text, replyTo, ...(more.length ? [more] : [])];
}
