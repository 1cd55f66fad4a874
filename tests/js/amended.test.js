// What a reader is shown of messages that were mended, withdrawn or answered with a mark.
import "./aliases.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { EDIT, REACTION, REDACT, parse } from "../../sealed/js/events.js";
import { House, text } from "./house.js";

const rowOf = (house, item) => house.rows.byN.get(item.n);
const idOf = (house, item) => house.ids[item.n];

/** Everything written so far as a reader gets it: all at once, or the newest page first. */
async function read(house, { newestFirst = false } = {}) {
  for (const item of newestFirst ? [...house.items].reverse() : house.items) {
    await house.rows.take(item);
    house.rows.link([]);
  }
}

for (const newestFirst of [false, true]) {
  const how = newestFirst ? ", the newest page opened first" : "";

  test(`Carmen's mended words stand, and what she wrote first can be read${how}`, async () => {
    const house = await House.open("ana");
    const item = await house.post(house.carmen, text("Salieron 40."));
    const change = await house.post(house.carmen, [idOf(house, item), text("Salieron 41.")], { kind: EDIT });
    await read(house, { newestFirst });
    const row = rowOf(house, item);
    assert.deepEqual([row.text, row.versions.map((one) => one.text)], ["Salieron 41.", ["Salieron 40.", "Salieron 41."]]);
    assert.deepEqual([rowOf(house, change).hidden, rowOf(house, change).state], [true, "ok"]);
  });

  test(`words put into Carmen's mouth are shown as what they are${how}`, async () => {
    const house = await House.open("carmen");
    const item = await house.post(house.carmen, text("Salieron 40."));
    const change = await house.post(house.ana, [idOf(house, item), text("Salieron 12.")], { kind: EDIT });
    await read(house, { newestFirst });
    assert.deepEqual([rowOf(house, item).text, rowOf(house, change).state, rowOf(house, change).code, rowOf(house, change).hidden], ["Salieron 40.", "failed", "edit_not_author", false]);
  });

  test(`of a withdrawn message no word is left in the row, only who, when and why${how}`, async () => {
    const house = await House.open("carmen");
    const item = await house.post(house.carmen, text("NombrePlantado"));
    await house.post(house.carmen, [idOf(house, item), text("OtroNombrePlantado")], { kind: EDIT });
    const answer = await house.post(house.ana, ["text", "¿Quién?", idOf(house, item)]);
    await house.post(house.ana, [idOf(house, item), "person_at_risk"], { kind: REDACT });
    await read(house, { newestFirst });
    const { text: shown, versions, withdrawn } = rowOf(house, item);
    assert.deepEqual([shown, versions, withdrawn.by.name, withdrawn.reason], ["", [], "Ana Zelaya", "person_at_risk"]);
    assert.deepEqual(rowOf(house, answer).replyTo.text, "");
  });
}

test("marks say who gave them, and whether one's own is among them", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("¿Quién va?"));
  for (const [who, mark, given] of [["carmen", "on_it", true], ["ana", "received", true], ["ana", "received", false], ["ana", "on_it", true]]) {
    await house.post(house[who], [idOf(house, item), mark, given], { kind: REACTION });
  }
  await read(house);
  assert.deepEqual(rowOf(house, item).marks, [{ mark: "on_it", names: ["Carmen Lobo", "Ana Zelaya"], own: true }]);
});

test("a reader's client does not let him send what all would refuse", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("Salieron 40."));
  const own = await house.post(house.carmen, text("Bien."));
  await read(house);
  const { amended } = house.rows;
  amended.check(EDIT, [idOf(house, own), text("Muy bien.")]);
  assert.throws(() => amended.check(EDIT, [idOf(house, item), text("Salieron 12.")]), { code: "edit_not_author" });
  assert.throws(() => amended.check(REDACT, [idOf(house, item), "mistake"]), { code: "redact_not_allowed" });
});

test("a change on its way is seen on its message, and once it stands no more", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.carmen, text("Salieron 40."));
  await read(house);
  const body = [idOf(house, item), text("Salieron 41.")];
  const wire = await house.author(house.carmen).seal(house.ring.secret(0), ...house.place(EDIT), body);
  const local = house.rows.local(await parse(wire), body, {});
  assert.deepEqual([local.hidden, rowOf(house, item).changing], [true, true]);
  await house.rows.take(await house.add(wire));
  house.rows.link([]);
  assert.deepEqual([rowOf(house, item).changing, rowOf(house, item).text], [false, "Salieron 41."]);
});

test("a change that is none is said, not hidden", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("Salieron 40."));
  const bent = await house.post(house.ana, [idOf(house, item), "<b>", true], { kind: REACTION });
  await read(house);
  const row = rowOf(house, bent);
  assert.deepEqual([row.state, row.code, Boolean(row.hidden)], ["failed", "bad_amendment", false]);
});

test("a change by a key that is known to be revoked has no effect", async () => {
  const house = await House.open("carmen");
  const item = await house.post(house.ana, text("Salieron 40."));
  const change = await house.post(house.ana, [idOf(house, item), text("Salieron 12.")], { kind: EDIT });
  await house.rows.take(item);
  const row = await house.rows.take(change, null, "key_revoked");
  house.rows.link([]);
  assert.deepEqual([row.state, row.code, rowOf(house, item).text], ["failed", "key_revoked", "Salieron 40."]);
});

test("history begins after the last epoch in which something is kept from the newcomer", async () => {
  const house = await House.open("ana");
  const kept = (code, released) => house.post(house.ana, ["text", "Los vieron en Ayutla.", null, [["handling", [code, released]]]]);
  const from = (newcomer) => house.rows.amended.openFrom(newcomer, 0);
  await house.post(house.ana, text("Abren a las ocho."));
  await read(house);
  assert.equal(from("GT"), 0);
  const item = await kept(2, []);
  await house.control([], [house.ana, house.carmen]);
  await read(house);
  assert.deepEqual([from("GT"), from("HN"), house.state.epoch], [1, 0, 1]);
  await house.post(house.ana, [idOf(house, item), ["text", "Los vieron.", null, [["handling", [2, ["GT"]]]]]], { kind: EDIT });
  await read(house);
  assert.equal(from("GT"), 0, "its author released it since");
  await kept(3, ["GT"]);
  await read(house);
  assert.deepEqual([from("GT"), from("MX")], [0, 2]);
});
