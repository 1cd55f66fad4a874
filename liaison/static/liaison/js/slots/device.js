// The device slot (docs/protocol.md 3, slot type 4): by the officer's own choice this browser stays unlocked for some hours. It lives
// in IndexedDB only, beside a key that no script can read out; the host never sees it. Its hours stand in the sealed header: whoever
// moves them, or the slot, has one that opens nothing.

import { read, remove, write } from "liaison/store.js";
import * as aead from "sealed/aead.js";
import { equal, unb64u } from "sealed/bytes.js";
import * as cbor from "sealed/cbor.js";
import { sealSlot, slotHeader } from "sealed/slots.js";
import { deviceKey, deviceMac, randomBytes } from "sealed/suite.js";

export const HOURS = [1, 4, 12];
const DEVICE = 4;
const HOUR = 3600_000;

const kek = (key, slotId) => deviceMac(key, cbor.encode(["enl1.kek.device", slotId]));

/** Keep the vault key of this officer here for one of HOURS. */
export async function keep(me, vaultKey, hours) {
  const [key, slotId, since] = [await deviceKey(), randomBytes(16), Date.now()];
  const params = [unb64u(me.officer.subject), me.device_tag, since, since + hours * HOUR];
  await write("session", "device", { key, slot: await sealSlot(slotId, DEVICE, params, await kek(key, slotId), vaultKey) });
}

export const forget = () => remove("session", "device");

/** Until when it keeps, in ms; null: there is none, or its time has run out by this clock, or the clock was put back before it began. */
export async function until() {
  return (await alive())?.until ?? null;
}

async function alive() {
  const kept = await read("session", "device");
  if (!kept) return null;
  const { slotId, params, hdr, ciphertext } = slotHeader(kept.slot);
  const [subject, tag, since, end] = params;
  const now = Date.now();
  if (now >= since && now < end && end - since <= HOURS.at(-1) * HOUR) return { key: kept.key, slotId, subject, tag, until: end, hdr, ciphertext };
  await forget();
  return null;
}

/** The vault key of this officer, or null. What belongs to somebody else, or is of before the password changed, is forgotten. */
export async function vaultKeyOf(me) {
  const kept = await judge(me);
  if (!kept) return null;
  try {
    return await aead.open(await kek(kept.key, kept.slotId), kept.hdr, kept.ciphertext);
  } catch {
    await forget();
    return null;
  }
}

/** At each load: what may stay. */
export async function judge(me) {
  const kept = await alive();
  if (!kept) return null;
  if (equal(kept.subject, unb64u(me.officer.subject)) && kept.tag === me.device_tag) return kept;
  await forget();
  return null;
}
