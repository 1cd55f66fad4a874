// The answer of a desk that is asked but not yet in the channel: signed, placed, and all that it may do (protocol, acts).

import { get, post } from "liaison/api.js";
import { b64u, unb64u, utf8 } from "sealed/bytes.js";
import { ACT, transcriptStart } from "sealed/events.js";
import { Author } from "sealed/open_events.js";
import { randomBytes } from "sealed/suite.js";

/** Sign `act` ({act: "referral.accept"|"referral.decline", reply_to, ...}) as a guest and post it. Throws ApiError. */
export async function signGuestAct(room, channel, act) {
  const { epoch } = await get(`/api/channels/${channel}`);
  const channelId = unb64u(channel);
  const author = new Author(room.identity, randomBytes(8));
  const wire = await author.clear(channelId, epoch, ACT, 0, await transcriptStart(channelId), Date.now(), utf8(JSON.stringify(act)));
  return post(`/api/channels/${channel}/events`, { wires: [b64u(wire)], grants: [] });
}
