// What this browser keeps between pages, in IndexedDB: never plaintext, never a secret that could be copied out.
// "session" holds one non-extractable key and what it seals; "outbox" and "cache" hold ciphertext; "keylog" is public.

import { openDB } from "idb";

const STORES = ["session", "outbox", "cache", "keylog"];

const database = openDB("enlace", 1, {
  upgrade(db) {
    for (const name of STORES) db.createObjectStore(name);
  },
  blocking(current, blocked, event) {
    event.target.close(); // a newer page is waiting to upgrade: never hold it up
  },
});

export const read = async (store, key) => (await database).get(store, key);
export const write = async (store, key, value) => (await database).put(store, value, key);
export const remove = async (store, key) => (await database).delete(store, key);
export const empty = async (store) => (await database).clear(store);
/** [[key, value], ...] in key order. */
export async function entries(store) {
  const transaction = (await database).transaction(store);
  const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
  return keys.map((key, place) => [key, values[place]]);
}
