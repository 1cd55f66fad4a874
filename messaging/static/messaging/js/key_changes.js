// What goes into a control event about keys: a new one for exactly these members, or the ones before for somebody who came later.
// Each is made of a store as it stands; nothing is sent here.

import { sealableKey } from "messaging/new_channel.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { EnlaceError } from "sealed/errors.js";
import { Keyring } from "sealed/open_channel.js";
import { sha256 } from "sealed/suite.js";

/** -> {newEpoch, grants [[kid, blob]], ring}. The key is made on a ring of its own: another member may be faster, and then this
 *  secret must not stand in the place of theirs. */
export async function newKeyFor(store, kids) {
  const keyOf = (kid) => sealableKey(store.directory, kid, { entering: !store.state.members.has(kid) });
  const keys = new Map([...kids].map((kid) => [kid, keyOf(kid).kemPub]));
  const ring = new Keyring(store.room.identity, store.channelId);
  const [newEpoch, grants] = await ring.newEpoch(store.state.epoch + 1, keys);
  return { newEpoch, grants: [...grants], ring };
}

/** The first epoch of the history that may be opened to a key: held here without a gap up to now, and nothing in it kept from that
 *  authority. One after the current epoch where already that one may not. Everything must be loaded. */
export function firstOpenTo(store, kid) {
  let from = store.state.epoch;
  while (from > 0 && store.ring.secrets.has(from - 1)) from -= 1;
  return store.opened.amended.openFrom(store.directory.key(unb64u(kid)).authority, from);
}

/** -> {change, grant [kid, blob]} of that history. Throws "history_restricted", "missing_epoch_key". */
export async function historyFor(store, kid) {
  const { epoch } = store.state;
  const key = sealableKey(store.directory, kid);
  const from = firstOpenTo(store, kid);
  if (from > epoch) throw new EnlaceError("history_restricted");
  const blob = await store.ring.grantTo(key.kid, key.kemPub, from, epoch);
  return { change: ["hist", key.kid, from, epoch, await sha256(blob)], grant: [kid, blob] };
}

/** The epochs that signed events say these keys (b64u) were given. */
export function givenTo(state, kids) {
  const given = new Set();
  for (const grant of state.grants) if (kids.has(b64u(grant.kid))) for (let epoch = grant.first; epoch <= grant.last; epoch += 1) given.add(epoch);
  return given;
}

/** -> {changes, grants} that open to a key those of the epochs that this officer holds. */
export async function pastFor(store, kid, epochs) {
  const made = { changes: [], grants: [] };
  const { kid: name, kemPub } = sealableKey(store.directory, kid, { entering: false });
  for (const [first, last] of runs([...epochs].filter((epoch) => store.ring.secrets.has(epoch)))) {
    const blob = await store.ring.grantTo(name, kemPub, first, last);
    made.changes.push(["hist", name, first, last, await sha256(blob)]);
    made.grants.push([kid, blob]);
  }
  return made;
}

/** What any member may open to another: again what he was given, because it may not have opened; beyond that what no author keeps
 *  from his authority. Everything must be loaded. Throws "missing_epoch_key" where there is nothing to give. */
export async function pastAgainFor(store, kid) {
  const epochs = givenTo(store.state, new Set([kid]));
  for (let epoch = firstOpenTo(store, kid); epoch <= store.state.epoch; epoch += 1) epochs.add(epoch);
  const past = await pastFor(store, kid, epochs);
  if (!past.changes.length) throw new EnlaceError("missing_epoch_key");
  return past;
}

/** The stretches of these numbers without a gap in them: [[first, last]]. */
function runs(numbers) {
  const held = new Set(numbers);
  const firsts = numbers.filter((one) => !held.has(one - 1)).sort((one, other) => one - other);
  return firsts.map((first) => {
    let last = first;
    while (held.has(last + 1)) last += 1;
    return [first, last];
  });
}
