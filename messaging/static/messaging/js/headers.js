// A channel is opened from its newest page, and the host says which earlier events changed its members. Here the headers of all of them
// are read behind the page, once in this browser: a change that the host left out would be somebody who reads along (ADR 34).

import { get } from "liaison/api.js";
import { equal, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { CONTROL, readHeader } from "sealed/events.js";

/** `ids`: those of the verified transcript; `named`: Set of the places where the host says the members changed. -> the first place of a
 *  change that it did not name, or null. Throws EnlaceError where headers are not those of the transcript, or do not come. */
export async function hiddenChange(room, channel, ids, named) {
  const name = `headers/${channel}`;
  const [upTo, found] = (await room.recall(name)) ?? [0, []];
  const changes = [...found];
  for (let n = Math.min(upTo, ids.length); n < ids.length; ) {
    const { headers } = await get(`/api/channels/${channel}/headers?after=${n}`);
    if (!headers.length) throw new EnlaceError("wrong_transcript", "the server keeps headers back");
    for (const text of headers.slice(0, ids.length - n)) {
      const { eventId, kind } = readHeader(unb64u(text));
      if (!equal(eventId, ids[n])) throw new EnlaceError("wrong_transcript");
      if (kind === CONTROL) changes.push(n);
      n += 1;
    }
  }
  if (upTo < ids.length) await room.remember(name, [ids.length, changes]);
  return changes.find((n) => !named.has(n)) ?? null;
}
