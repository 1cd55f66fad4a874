// What bench/opening.py runs in Chromium: the primitives alone, and the store that a conversation page opens. The host's answers
// come from memory through fetch, as JSON text, so that neither the wire nor the server is measured.
import { ChannelStore } from "messaging/channel_store.js";
import { Pins } from "liaison/pins.js";
import * as aead from "sealed/aead.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { parse } from "sealed/events.js";
import { Identity } from "sealed/keys.js";
import { replay } from "sealed/keylog.js";
import { epochKey } from "sealed/open_events.js";
import { Replica } from "sealed/replica.js";
import { sha256, verify } from "sealed/suite.js";

const AT_ONCE = 64;
const answer = (body) => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });

/** The stored channel answers like /api/channels/<id>. */
function serve({ detail, events, ids }) {
  const raw = unb64u(ids);
  globalThis.fetch = async (path) => {
    const url = new URL(path, location.href);
    const asked = (name) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : null);
    if (url.pathname.endsWith("/ids")) return answer({ ids: b64u(raw.subarray(asked("after") * 32)) });
    if (!url.pathname.endsWith("/events")) return answer(detail);
    const [after, before, limit] = [asked("after"), asked("before"), Math.min(asked("limit"), 500)];
    const rows = after === null ? events.slice(Math.max(0, Math.min(before, events.length) - limit), before) : events.slice(after, after + limit);
    return answer({ events: rows, head_n: events.length });
  };
}

async function roomOf({ leaves, own_root: ownRoot, seed, note, log_key: logKey }) {
  const replica = new Replica();
  await replica.take(leaves.map(unb64u));
  const head = await replica.accept(note, unb64u(logKey));
  const identity = await Identity.fromSeed(unb64u(seed));
  const directory = await replay(leaves.map(unb64u), unb64u(ownRoot));
  const kid = b64u(identity.kid);
  return { identity, directory, kid, identities: new Map([[kid, identity]]), pins: new Pins(unb64u(ownRoot)), subject: "bench", hear: (told) => replica.hear(head, told) };
}

/** Signature, two hashes and AEAD of every event, of bytes that lie ready, as many at once as WebCrypto likes best. */
async function primitives({ wires, keys, directory }) {
  const ready = [];
  for (const [n, wire] of wires.entries()) {
    const event = await parse(wire);
    ready.push({ ...event, sigPub: directory.key(event.senderKid).sigPub, key: keys[n] });
  }
  const one = ({ sigPub, hdr, sig, payload, key, ad }) => Promise.all([verify(sigPub, hdr, sig), sha256(payload), sha256(hdr), key && aead.open(key, ad, payload)]);
  const started = performance.now();
  for (let at = 0; at < ready.length; at += AT_ONCE) await Promise.all(ready.slice(at, at + AT_ONCE).map(one));
  return performance.now() - started;
}

/** -> ms: {raw, newest: the newest page stands, whole: all is open}. */
export async function measure(stored) {
  serve(stored);
  const room = await roomOf(stored);
  const wires = stored.events.map(({ wire }) => unb64u(wire));
  const channelId = unb64u(stored.detail.id);
  const byEpoch = await Promise.all(stored.secrets.map((secret, epoch) => epochKey(unb64u(secret), channelId, epoch)));
  const keys = stored.epochs.map((epoch) => (epoch === null ? null : byEpoch[epoch]));
  const raw = await primitives({ wires, keys, directory: room.directory });
  const store = new ChannelStore(stored.detail.id, room);
  const started = performance.now();
  await store.load({ live: false });
  const newest = performance.now() - started;
  const first = store.shown.map((row) => row.n);
  await store.loadAll();
  const whole = performance.now() - started;
  const rows = [...store.rows.values()];
  return { raw, newest, whole, first: [first[0], first.length], opened: rows.filter((row) => row.state === "ok").length, failed: rows.filter((row) => row.state !== "ok").map((row) => [row.n, row.code]).slice(0, 3) };
}
