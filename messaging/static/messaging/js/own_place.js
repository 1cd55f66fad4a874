// After a new key: it takes the place of the old one in every channel of this officer, one after the other.

import { post } from "liaison/api.js";
import { forgetNotMine, notMineSince } from "liaison/not_mine.js";
import { ChannelStore } from "messaging/channel_store.js";
import { b64u } from "sealed/bytes.js";
import { STOLEN, makeRevocation } from "sealed/certs.js";

/** Those of the rows of /api/channels in which an earlier key of this officer still stands. */
export const behind = (room, rows) => rows.filter(({ members }) => members.some(({ subject }) => subject === room.subject) && !members.some(({ kid }) => kid === room.kid));

/** `said(done, of)` after each. -> the ids where a colleague must confirm the key first. What fails otherwise is tried at the next visit.
 *  Once all have moved, a key that may be in other hands is revoked by itself. */
export async function takeOwnPlaces(room, rows, said) {
  const left = [];
  const waiting = [];
  for (const [at, row] of rows.entries()) {
    try {
      await (await new ChannelStore(row.id, room).load({ live: false, page: 1 })).takeOwnPlace();
    } catch (error) {
      if (!error.code) throw error;
      (error.code === "not_confirmed" ? waiting : left).push(row.id);
    }
    said(at + 1, rows.length);
  }
  if (!left.length && !waiting.length && (await notMineSince(room)) !== null) await revokeOlder(room);
  return waiting;
}

async function revokeOlder(room) {
  for (const older of room.identities.values()) {
    if (older === room.identity || older === room.next || !room.directory.vouched(older.kid)) continue;
    await post("/api/keylog/leaves", { leaf: b64u(await makeRevocation(older.kid, older, STOLEN, Date.now())) });
  }
  await forgetNotMine(room);
}
