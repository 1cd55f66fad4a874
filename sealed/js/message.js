// What a message says, once it is opened (docs/protocol.md 5.4). Pure: a body in, a plain value out. The twin of sealed/message.py.

import { isBytes } from "./bytes.js";
import { EnlaceError } from "./errors.js";

export const isId = (value) => isBytes(value, 32);

/** Does it claim to be a text? `parse` says whether it is one. */
export const isText = (body) => Array.isArray(body) && body[0] === "text";

/** Of ["text", text, reply_to or null]. -> {text, replyTo}. Throws EnlaceError("bad_message"). */
export function parse(body) {
  const [, text, replyTo] = isText(body) ? body : [];
  if (typeof text !== "string" || body.length !== 3 || !(replyTo === null || isId(replyTo))) throw new EnlaceError("bad_message");
  return { text, replyTo };
}
