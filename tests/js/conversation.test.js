// What a reader is shown: every event is judged by its place, and one that fails says which check it failed.
import "./aliases.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { b64u, unb64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { ACT, RECORD, parse } from "../../sealed/js/events.js";
import { randomBytes } from "../../sealed/js/suite.js";
import { House, text } from "./house.js";

const { Rows } = await import("messaging/rows.js");
const { Pins } = await import("liaison/pins.js");

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
