// A channel before it exists: genesis, then whatever opens it, sealed on this desk and sent in one request.

import { post } from "liaison/api.js";
import { strongroom } from "liaison/strongroom.js";
import { b64u, unb64u, utf8 } from "sealed/bytes.js";
import { channelIdOf } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, POST, parse, transcript, transcriptStart } from "sealed/events.js";
import { Keyring } from "sealed/open_channel.js";
import { Author, controlBody } from "sealed/open_events.js";
import { randomBytes } from "sealed/suite.js";

/** Make a channel of `members` [{kid, role}] (without the own key) with a sealed title or null. -> its id. Throws EnlaceError. */
export async function createChannel({ kind, members, title, k = 1 }) {
  const room = await strongroom.open();
  await strongroom.syncDirectory();
  const made = await beginChannel(room, { kind, members, k });
  if (title) await made.seal(POST, ["title", title, ""]);
  const { channel } = await post("/api/channels", made.request());
  return channel;
}

/** Nothing is sealed to a key that its authority does not vouch for today. An expired certificate stops who enters, not who is in
 *  already: else one late renewal would hold up every change of the key. Throws EnlaceError. */
export function sealableKey(directory, kid, { entering = true } = {}) {
  const key = directory.key(unb64u(kid));
  if (!key || !directory.vouched(key.kid)) throw new EnlaceError("not_vouched");
  if (entering && key.exp * 1000 < Date.now()) throw new EnlaceError("key_expired");
  return key;
}

/**
 * Begin a channel. -> {channelId, seal(kind, body), act(object), request()}: add what opens it in order, then POST
 * request() to /api/channels, or to /api/cases when the first addition is the act that opens a case.
 */
export async function beginChannel(room, { kind, members, k = 1, historyRule = 0 }) {
  const { directory, identity } = room;
  const all = [{ kid: room.kid, role: "o" }, ...members];
  const keys = new Map(all.map(({ kid }) => [kid, sealableKey(directory, kid).kemPub]));
  const genesis = ["genesis", randomBytes(16), [k, historyRule, kind, false], all.map(({ kid, role }) => [unb64u(kid), role])];
  const channelId = await channelIdOf(genesis);
  const ring = new Keyring(identity, channelId);
  const [newEpoch, grants] = await ring.newEpoch(0, keys);
  const author = new Author(identity, randomBytes(8));
  const wires = [];
  let t = await transcriptStart(channelId);
  const place = (sort) => [channelId, 0, sort, wires.length, t, Date.now()];
  const push = async (wire) => {
    t = await transcript(t, (await parse(wire)).eventId);
    wires.push(wire);
  };
  await push(await author.clear(...place(CONTROL), controlBody(directory.size, [genesis], newEpoch)));
  return {
    channelId: b64u(channelId),
    seal: async (sort, body) => push(await author.seal(ring.secret(0), ...place(sort), body, room.logHead)),
    act: async (act) => push(await author.clear(...place(ACT), utf8(JSON.stringify(act)))),
    request: () => ({ wires: wires.map(b64u), grants: [...grants].map(([kid, blob]) => [kid, b64u(blob)]) }),
  };
}
