// Sealed wires on their way out. They are ciphertext when they enter, so a reload, a crash or a stolen disk shows
// nothing; they leave in the order written, once, because the server knows (client_id, client_seq).

import { entries, remove, write } from "liaison/store.js";

let tail = 0;

/** Keep an item until `done(key)`: {channel, wire b64u, at ms, ...}. Returns its key; keys sort in the order written. */
export async function keep(item) {
  tail = Math.max(tail + 1, Date.now() * 1000);
  const key = `${item.subject}/${item.channel}/${String(tail).padStart(20, "0")}`;
  await write("outbox", key, item);
  return key;
}

/** The items still waiting for this officer in this channel, oldest first: [[key, item], ...]. */
export async function waiting(subject, channel) {
  return (await entries("outbox")).filter(([key]) => key.startsWith(`${subject}/${channel}/`));
}

export const done = (key) => remove("outbox", key);
