// What a reader is shown: every event is judged by its place, and one that fails says which check it failed.
import "./aliases.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { b64u, unb64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { certify, makeRequest, parseRequest, rootId } from "../../sealed/js/certs.js";
import { ChannelState, channelIdOf } from "../../sealed/js/channel.js";
import { ACT, CONTROL, POST, RECORD, parse, transcript, transcriptStart } from "../../sealed/js/events.js";
import { Identity } from "../../sealed/js/keys.js";
import { replay } from "../../sealed/js/keylog.js";
import { Keyring } from "../../sealed/js/open_channel.js";
import { Author, controlBody } from "../../sealed/js/open_events.js";
import { randomBytes, sign, signPublic } from "../../sealed/js/suite.js";

const { Rows } = await import("messaging/rows.js");
const { Pins } = await import("liaison/pins.js");

const AT = Date.now();
const NAMES = new Map();

/** Honduras with its focal point and three officers; Ana opens a channel with Carmen; Bashir is nobody here. */
async function network() {
  const rootSeed = randomBytes(32);
  const rootPub = await signPublic(rootSeed);
  const signed = async (tag, body) => cbor.encode([tag, body, await sign(rootSeed, body)]);
  const leaves = [
    await signed("enl1.leaf.root", cbor.encode(["enl1.root", "HN", rootPub, "Honduras", AT])),
    await signed("enl1.leaf.trust", cbor.encode(["enl1.trust", "HN", 1, null, [["HN", rootPub, 1]]])),
  ];
  const person = async (display, role, issuer) => {
    const identity = await Identity.create();
    const request = await parseRequest(await makeRequest(identity, { authority: "HN", subject: randomBytes(16), display, role }));
    leaves.push(await certify(request, issuer, { nbf: 0, exp: Math.floor(AT / 1000) + 86_400 }));
    NAMES.set(b64u(identity.kid), display);
    return identity;
  };
  const diego = await person("Diego Funes", 2, { sigSeed: rootSeed, kid: await rootId(rootPub) });
  const [ana, carmen, bashir] = [await person("Ana Zelaya", 0, diego), await person("Carmen Lobo", 1, diego), await person("Bashir Haddad", 0, diego)];
  return { ana, carmen, bashir, directory: await replay(leaves, rootPub) };
}

/** A channel as the store holds it, seen by `reader`. */
class House {
  static async open(reader) {
    const house = new House();
    Object.assign(house, await network(), { ids: [], places: new Map(), items: [], pending: [], problem: null });
    const genesis = ["genesis", randomBytes(16), [1, 0, "network", false], [[house.ana.kid, "o"], [house.carmen.kid, "w"]]];
    house.channelId = await channelIdOf(genesis);
    house.ts = [await transcriptStart(house.channelId)];
    house.state = new ChannelState(house.channelId);
    house.authors = new Map();
    house.ring = new Keyring(house.ana, house.channelId);
    await house.control([genesis], [house.ana, house.carmen]);
    house.room = { identities: new Map([[b64u(house[reader].kid), house[reader]]]), kid: b64u(house[reader].kid) };
    house.rows = new Rows(house, () => {});
    return house;
  }

  pendingAt(n) {
    return this.pending.includes(n);
  }

  person(kid) {
    return { kid, name: NAMES.get(kid), authority: "HN" };
  }

  author(who) {
    if (!this.authors.has(who)) this.authors.set(who, new Author(who, randomBytes(8)));
    return this.authors.get(who);
  }

  place(kind, change = {}) {
    const { epoch, seenN, tSeen } = { epoch: Math.max(0, this.state.epoch), seenN: this.ids.length, tSeen: this.ts.at(-1), ...change };
    return [this.channelId, epoch, kind, seenN, tSeen, AT];
  }

  async add(wire) {
    const { eventId } = await parse(wire);
    const n = this.ids.length;
    this.ids.push(eventId);
    if (!this.places.has(b64u(eventId))) this.places.set(b64u(eventId), n);
    this.ts.push(await transcript(this.ts[n], eventId));
    this.items.push({ n, wire: b64u(wire), at: new Date(AT).toISOString() });
    return this.items[n];
  }

  async control(changes, members) {
    this.state.place(this.ids.length, this.ts.at(-1));
    const [part] = await this.ring.newEpoch(this.state.epoch + 1, new Map(members.map((one) => [b64u(one.kid), one.kemPub])));
    const wire = await this.author(this.ana).clear(...this.place(CONTROL), controlBody(this.directory.size, changes, part));
    await this.state.applyControl(await parse(wire), this.directory);
    return this.add(wire);
  }

  async post(who, body, change) {
    return this.add(await this.author(who).seal(this.ring.secret(this.state.epoch), ...this.place(change?.kind ?? POST, change), body));
  }

  async shown(item) {
    const row = await this.rows.take(item);
    return row.code || row.kind;
  }
}

const text = (words) => ["text", words, null];

test("Carmen reads what Ana wrote, and who wrote it", async () => {
  const house = await House.open("carmen");
  const row = await house.rows.take(await house.post(house.ana, text("Llegaron 41.")));
  assert.deepEqual([row.state, row.text, row.sender.name, row.own], ["ok", "Llegaron 41.", "Ana Zelaya", false]);
});

test("a byte changed on the way is said, not shown", async () => {
  const house = await House.open("carmen");
  const { wire, ...item } = await house.post(house.ana, text("Llegaron 41."));
  const at = wire.length - 40;
  const changed = wire.slice(0, at) + (wire[at] === "A" ? "B" : "A") + wire.slice(at + 1);
  const row = await house.rows.take({ ...item, wire: changed });
  assert.deepEqual([row.state, row.code, row.text], ["failed", "bad_hash", undefined]);
});

test("another event in this place is not the past that was agreed", async () => {
  const house = await House.open("carmen");
  const first = await house.post(house.ana, text("uno"));
  const second = await house.post(house.ana, text("dos"));
  assert.equal(await house.shown({ ...first, wire: second.wire }), "wrong_transcript");
});

test("a message shown a second time is said, not believed", async () => {
  const house = await House.open("carmen");
  const { wire } = await house.post(house.ana, text("Salgan ya."));
  const again = await house.add(unb64u(wire));
  assert.equal(await house.shown(house.items.at(-2)), "text");
  assert.equal(await house.shown(again), "wrong_transcript");
});

test("Bashir, no member, writes nothing here", async () => {
  const house = await House.open("carmen");
  assert.equal(await house.shown(await house.post(house.bashir, text("hola"))), "not_a_member");
});

test("Carmen's words stay valid after she is removed, and later ones are refused", async () => {
  const house = await House.open("ana");
  const before = await house.post(house.carmen, text("antes"));
  await house.control([["remove", house.carmen.kid, null]], [house.ana]);
  const after = await house.post(house.carmen, text("después"));
  assert.equal(await house.shown(before), "text");
  assert.equal(await house.shown(after), "not_a_member");
});

test("what is sealed with an epoch that is over, or seen from another past, is refused", async () => {
  const house = await House.open("carmen");
  await house.control([], [house.ana, house.carmen]);
  assert.equal(await house.shown(await house.post(house.ana, text("tarde"), { epoch: 0 })), "wrong_epoch");
  assert.equal(await house.shown(await house.post(house.ana, text("otro"), { tSeen: randomBytes(32) })), "wrong_transcript");
});

test("while the key waits to be changed nothing may be said", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("pronto"));
  house.pending.push(item.n);
  assert.equal(await house.shown(item), "rekey_pending");
});

test("without the key of its time a message is closed, and opens when the key is given", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("antes de usted"));
  const secret = house.ring.secrets.get(0);
  house.ring.secrets.delete(0);
  assert.equal((await house.rows.take(item)).state, "closed");
  house.ring.secrets.set(0, secret);
  await house.rows.reopenClosed();
  assert.deepEqual([house.rows.byN.get(item.n).state, house.rows.byN.get(item.n).text], ["ok", "antes de usted"]);
});

test("the last writer of a field wins by the order of the channel, whatever is read first", async () => {
  const house = await House.open("carmen");
  const record = (value) => house.post(house.ana, ["rec", "P1", [["name", value]]], { kind: RECORD });
  const [old, fresh] = [await record("María"), await record("María José")];
  await house.rows.take(fresh);
  await house.rows.take(old);
  assert.equal(house.rows.records.get("P1/name").value, "María José");
});

test("the newest title is the title, and renaming is a record like any other", async () => {
  const house = await House.open("carmen");
  const [first, renamed] = [await house.post(house.ana, ["title", "Corredor", ""]), await house.post(house.carmen, ["rec", "channel", [["title", "Corredor sur"]]], { kind: RECORD })];
  await house.rows.take(renamed);
  await house.rows.take(first);
  assert.equal(house.rows.title, "Corredor sur");
});

test("a page is what its events are one by one, though many are opened at once", async () => {
  const house = await House.open("carmen");
  const record = (value) => house.post(house.ana, ["rec", "channel", [["title", value]]], { kind: RECORD });
  for (let round = 0; round < 30; round += 1) {
    await house.post(house.ana, text(`uno ${round}`));
    await record(`Corredor ${round >> 1}`); // said again every second time, and then not shown again
    await house.post(house.bashir, text("no es miembro"));
  }
  const { wire } = house.items[5];
  await house.add(unb64u(wire));
  house.items[7].wire = house.items[8].wire;
  const seen = (rows) => rows.list.map(({ n, state, code, kind, text: words, hidden }) => ({ n, state, code, kind, words, hidden }));
  for (const item of house.items) await house.rows.take(item);
  const whole = new Rows(house, () => {});
  await whole.takePage(house.items, await Promise.all(house.items.map((item) => parse(unb64u(item.wire)))));
  assert.deepEqual(seen(whole), seen(house.rows));
  assert.deepEqual([whole.title, new Set(seen(whole).map((row) => row.code)).size], ["Corredor 14", 3]);
});

test("only the authority that a referral asks may answer as a guest", async () => {
  const house = await House.open("carmen");
  const act = (who, body, change) => house.author(who).clear(...house.place(ACT, change), new TextEncoder().encode(JSON.stringify(body))).then((wire) => house.add(wire));
  const asked = await act(house.ana, { act: "referral.propose", to: "HN" });
  const elsewhere = await act(house.ana, { act: "referral.propose", to: "MX" });
  const from = { seenN: 0, tSeen: house.ts[0] };
  const id = (item) => b64u(house.ids[item.n]);
  for (const item of [asked, elsewhere]) assert.equal(await house.shown(item), "act");
  assert.equal(await house.shown(await act(house.bashir, { act: "referral.accept", reply_to: id(asked) }, from)), "act");
  assert.equal(await house.shown(await act(house.bashir, { act: "referral.accept", reply_to: id(elsewhere) }, from)), "not_a_member");
  assert.equal(await house.shown(await act(house.bashir, { act: "close.sign", reply_to: id(asked) }, from)), "not_a_member");
});

test("pins only move forward, and a merge keeps the newest of both", () => {
  const mine = new Pins(randomBytes(32));
  const [channel, t] = [b64u(randomBytes(32)), randomBytes(32)];
  assert.equal(mine.moveHead(channel, 9, t), true);
  assert.equal(mine.moveHead(channel, 4, randomBytes(32)), false);
  const other = Pins.fromArray(cbor.decode(cbor.encode(mine.toArray())));
  other.moveHead(channel, 12, randomBytes(32));
  other.setVerified(b64u(randomBytes(32)), b64u(randomBytes(32)), true);
  mine.merge(other);
  assert.deepEqual([mine.channels.get(channel).n, mine.verified.size], [12, 1]);
});
