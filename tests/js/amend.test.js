// Who may change what was said, and what a message has become: the talks of sealed/vectors/messages.json, as Python judges them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AMENDMENTS, Amendments } from "../../sealed/js/amend.js";
import { b64u, unb64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { EDIT } from "../../sealed/js/events.js";
import { mayExport, mayForward, mayOpenHistory } from "../../sealed/js/handling.js";
import { calls, parseMentions, refuseAbsent } from "../../sealed/js/mention.js";
import * as message from "../../sealed/js/message.js";

const shared = JSON.parse(readFileSync(new URL("../../sealed/vectors/messages.json", import.meta.url)));

const wordsOf = (rows) =>
  rows.map(([n, id, kind, subject, role, body]) => ({ n, eventId: unb64u(id), kind, subject: unb64u(subject), role, body: cbor.decode(unb64u(body)) }));

function heard(words, newestFirst) {
  const places = new Map(words.map(({ n, eventId }) => [b64u(eventId), n]));
  const amendments = new Amendments((id) => places.get(b64u(id)) ?? null);
  for (const word of newestFirst ? [...words].reverse() : words) amendments.take(word);
  return amendments;
}

function verdict(rows, newestFirst) {
  const words = wordsOf(rows);
  try {
    heard(words, newestFirst).check(words.findLast(({ kind }) => AMENDMENTS.has(kind)));
    return null;
  } catch (error) {
    return error.code ?? String(error);
  }
}

for (const newestFirst of [false, true]) {
  const how = newestFirst ? ", newest page first" : "";

  test(`an unlawful amendment is refused, its lawful twin stands${how}`, () => {
    assert.ok(shared.talks.length >= 18);
    for (const { name, code, lawful, attack } of shared.talks) {
      assert.equal(verdict(lawful, newestFirst), null, name);
      assert.equal(verdict(attack, newestFirst), code, name);
    }
  });

  test(`what a message has become${how}`, () => {
    for (const { name, words, of, standing } of shared.standings) {
      const { versions, redacted, reactions } = heard(wordsOf(words), newestFirst).standing(of);
      const { kind, body } = versions.at(-1);
      const told = {
        text: body === null ? null : kind === EDIT ? body[1][1] : body[1],
        versions: versions.length,
        redacted: redacted && redacted.body[1],
        reactions: Object.fromEntries([...reactions].map(([mark, subjects]) => [mark, subjects.map((one) => shared.people[b64u(one)])])),
      };
      assert.deepEqual(told, standing, name);
    }
  });
}

test("a malformed message is none, and what is read is written back", () => {
  assert.ok(shared.bodies.length >= 17);
  for (const { name, lawful, attack } of shared.bodies) {
    const read = message.parse(cbor.decode(unb64u(lawful)));
    assert.deepEqual(message.parse(message.bodyOf(read)), read, name);
    assert.throws(() => message.parse(cbor.decode(unb64u(attack))), { code: "bad_message" }, name);
  }
});

test("every handling code lets do the same in both languages", () => {
  assert.equal(shared.handling.length, 28);
  for (const [code, released, asking, ...verdicts] of shared.handling) {
    const handling = { code, released };
    assert.deepEqual([mayForward(handling, "HN", ["HN", asking]), mayExport(handling, "HN", asking), mayOpenHistory(handling, "HN", asking, ["HN", "MX"])], verdicts);
  }
});

test("a call reaches the same people in both languages", () => {
  assert.equal(shared.calls.length, 12);
  for (const [mentions, name, subject, authority, role, desks, called] of shared.calls) {
    const who = { subject: unb64u(subject), authority, role };
    const [[sort]] = parseMentions(cbor.decode(unb64u(mentions)));
    const alone = () => refuseAbsent(parseMentions(cbor.decode(unb64u(mentions))), [who]);
    if (called || sort === "desk") alone();
    else assert.throws(alone, { code: "call_not_member" }, name);
    assert.equal(calls(parseMentions(cbor.decode(unb64u(mentions))), { subject: unb64u(subject), authority, role, desks }), called, name);
  }
});
