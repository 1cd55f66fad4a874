// Seals what was read: each row of an HTCDS list into a case of its own, a manifest into one case of many persons.

import { get, post } from "liaison/api.js";
import { newCode } from "cases/codes.js";
import { ChannelStore } from "messaging/channel_store.js";
import { beginChannel } from "messaging/new_channel.js";
import { POST, RECORD } from "sealed/events.js";

const PERSONS_AN_ACT = 250; // an event holds 64 KiB; a coded person takes at most 200 bytes
const LONGEST = 8000;

const cut = (pairs) => pairs.map(([name, value]) => [name, String(value).slice(0, LONGEST)]);

/** -> the codes of the cases opened. On an error, `error.opened` holds those that were opened before it. */
export async function sealLists(room, seen, kind, opening, advanced) {
  const opened = [];
  try {
    if (seen.kind === "htcds") {
      for (const [at, row] of seen.rows.entries()) {
        opened.push(await openCase(room, [row], kind, opening, newCode(kind.prefix)));
        advanced(at + 1);
      }
    } else opened.push(await sealManifest(room, seen.rows, kind, opening, newCode(kind.prefix), advanced));
  } catch (error) {
    error.opened = opened;
    throw error;
  }
  return opened;
}

const coded = (rows, first) => rows.map((row, at) => ({ ref: `P${first + at}`, ...row.person }));

async function openCase(room, rows, kind, { desk, handling }, code) {
  const made = await beginChannel(room, { kind: "case", members: [] });
  await made.act({ act: "case.open", v: 1, kind: kind.code, code, handling, desk, persons: coded(rows, 1) });
  const title = rows.length === 1 ? rows[0].sealed.find(([name]) => name === "name")?.[1] : null;
  if (title) await made.seal(POST, ["title", String(title).slice(0, 200), ""]);
  if (title) await made.seal(RECORD, ["rec", "case", [["title", String(title).slice(0, 200)]]]);
  for (const [at, row] of rows.entries()) {
    if (row.sealed.length) await made.seal(RECORD, ["rec", `P${at + 1}`, cut(row.sealed)]);
  }
  return (await post("/api/cases", made.request())).code;
}

/** The first persons open the case; the others are registered act by act, each with its sealed records in the same request. */
async function sealManifest(room, rows, kind, opening, code, advanced) {
  await openCase(room, rows.slice(0, PERSONS_AN_ACT), kind, opening, code);
  advanced(Math.min(PERSONS_AN_ACT, rows.length));
  if (rows.length <= PERSONS_AN_ACT) return code;
  const { case: row } = await get(`/api/cases/${code}`);
  const store = await new ChannelStore(row.channel, room).load({ live: false });
  for (let first = PERSONS_AN_ACT; first < rows.length; first += PERSONS_AN_ACT) {
    const some = rows.slice(first, first + PERSONS_AN_ACT);
    const records = some.map((one, at) => [`P${first + at + 1}`, cut(one.sealed)]).filter(([, pairs]) => pairs.length);
    await store.actWith({ act: "person.add", v: 1, persons: coded(some, first + 1) }, records);
    advanced(first + some.length);
  }
  return code;
}
