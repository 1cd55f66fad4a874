// The one place that holds opened secrets: vault key, key pairs, pins, directory. Everything else asks it.
//
// locked -> open: the officer's passphrase or recovery code opens a slot, the slot opens the vault. To survive a change
// of page the vault key waits in IndexedDB, sealed by an AES-GCM key that cannot be exported, bound to this sign-in.
// open -> locked: by hand, after 15 minutes without a touch, after 12 hours, at sign-out, or when another tab locks. Who chose to keep
// this browser unlocked for some hours (slots/device.js) is not locked for want of a touch, and comes back without a passphrase.

import { get, put } from "liaison/api.js";
import { byId } from "liaison/dom.js";
import { Keylog } from "liaison/keylog_cache.js";
import { Pins } from "liaison/pins.js";
import * as device from "liaison/slots/device.js";
import { read, remove, write } from "liaison/store.js";
import * as aead from "sealed/aead.js";
import { b64u, equal, unb64u } from "sealed/bytes.js";
import * as cbor from "sealed/cbor.js";
import { EnlaceError } from "sealed/errors.js";
import { Identity } from "sealed/keys.js";
import { looksLikeCode, openSlot, parseRecoveryCode } from "sealed/slots.js";
import { hkdf, randomBytes } from "sealed/suite.js";
import * as vault from "sealed/vault.js";

const IDLE = 15 * 60_000;
const LONGEST = 12 * 3600_000;
const HOST_IDLE = 29 * 60_000; // the host ends a sign-in after 30 minutes without a touch
const JUST_BACK = 120_000;
const SAVE_PINS_AFTER = 20_000;
const LOG_REFUSED = new Set(["bad_checkpoint", "log_shrunk", "log_forked"]);
const AES = { name: "AES-GCM", length: 256 };

/** What an open strongroom gives. Keys never leave it as text; `seal`/`unseal` are for this browser's own cache. */
class Room {
  constructor(me, vaultKey, opened) {
    this.officer = me.officer;
    this.authority = me.officer.authority;
    this.subject = me.officer.subject;
    this.vaultKey = vaultKey;
    this.seeds = opened.seeds;
    this.pins = opened.pins;
    this.counter = opened.counter;
    this.directory = null;
    this.logHead = null; // of the key log, as accepted: it goes into everything this officer writes
    this.identity = null;
    this.identities = new Map();
  }

  /** Make the key pairs of every generation, the newest first: history was granted to the earlier ones. */
  async makeIdentities() {
    for (const [generation, seed] of this.seeds.toSorted(([one], [other]) => other - one)) {
      const identity = await Identity.fromSeed(seed);
      identity.generation = generation;
      this.identities.set(b64u(identity.kid), identity);
    }
    // Of the first seed, which stays when the locks are changed: what waits in this browser must not be lost with them.
    const [first] = [...this.identities.values()].slice(-1);
    this.localKey = await hkdf(first.userSeed, "enl1.local.cache");
  }

  /** Take the log as it is now. The newest key that it vouches for speaks for this officer; one made since waits for the focal point.
   *  Before any is vouched for, the newest. */
  follow(directory) {
    const own = [...this.identities.values()];
    this.directory = directory;
    this.identity = own.find(({ kid }) => directory.vouched(kid)) ?? own[0];
    this.kid = b64u(this.identity.kid);
  }

  /** The key that waits for the focal point's word while an earlier one is in use, or null. */
  get next() {
    const [newest] = this.identities.values();
    return newest === this.identity ? null : newest;
  }

  /** Is the own newest key vouched for in the key log? */
  get vouched() {
    return Boolean(this.directory?.key(this.identity.kid)) && this.directory.vouched(this.identity.kid, this.directory.size);
  }

  /** Seal a value of CBOR shapes for this browser's cache; only the same vault opens it again. */
  async seal(name, value) {
    return aead.seal(this.localKey, cbor.encode(["enl1.local", this.subject, name]), cbor.encode(value));
  }

  /** The value, or null when it was sealed by another vault or under another name. */
  async unseal(name, bytes) {
    try {
      return cbor.decode(await aead.open(this.localKey, cbor.encode(["enl1.local", this.subject, name]), bytes));
    } catch {
      return null;
    }
  }

  async remember(name, value) {
    await write("cache", `${this.subject}/${name}`, await this.seal(name, value));
  }

  async recall(name) {
    const bytes = await read("cache", `${this.subject}/${name}`);
    return bytes ? this.unseal(name, bytes) : null;
  }

  forget(name) {
    return remove("cache", `${this.subject}/${name}`);
  }

  /** What the author of a message says of the key log. Throws where the host shows two logs; then everything is locked. */
  hear(told) {
    return strongroom.hear(told);
  }
}

class Strongroom extends EventTarget {
  constructor() {
    super();
    this.room = null;
    this.tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("enlace.seal") : null;
    if (this.tabs) this.tabs.onmessage = ({ data }) => this.#fromOtherTab(data);
    this.ready = null;
  }

  get state() {
    return this.room ? "open" : "locked";
  }

  /** Once per page: open silently if this sign-in is still unlocked in this browser. Resolves to the Room or null. */
  resume() {
    this.ready ??= this.#resume().catch(() => null);
    return this.ready;
  }

  /** The Room; when locked, asks by the unlock dialog. Rejects with EnlaceError("locked") when the person declines. */
  async open() {
    await this.resume();
    if (this.room) return this.room;
    const dialog = byId("unlock");
    if (!dialog) {
      location.assign(`/unlock/?next=${encodeURIComponent(location.pathname + location.search)}`);
      return new Promise(() => {});
    }
    if (!dialog.open) dialog.showModal();
    this.dispatchEvent(new Event("asking"));
    return new Promise((resolve, reject) => {
      const opened = () => settle(() => resolve(this.room));
      const closed = () => settle(() => (this.room ? resolve(this.room) : reject(new EnlaceError("locked"))));
      const settle = (finish) => {
        this.removeEventListener("open", opened);
        dialog.removeEventListener("close", closed);
        finish();
      };
      this.addEventListener("open", opened);
      dialog.addEventListener("close", closed);
    });
  }

  /** Open with the seven words or the recovery code; `hours`: and keep this browser unlocked so long. Throws
   *  EnlaceError("bad_passphrase") when no slot opens. */
  async unlock(text, hours = 0) {
    const me = await get("/api/me");
    if (!me.vault) throw new EnlaceError("no_vault");
    const secret = looksLikeCode(text) ? await parseRecoveryCode(text) : text;
    for (const row of me.slots) {
      const key = await openSlot(unb64u(row.slot), secret);
      if (key) return this.#unlocked(me, key, hours);
    }
    throw new EnlaceError("bad_passphrase");
  }

  /** Open with the vault key that a slot of another kind gave. */
  async unlockWith(vaultKey, hours = 0) {
    return this.#unlocked(await get("/api/me"), vaultKey, hours);
  }

  async #unlocked(me, vaultKey, hours) {
    await device.forget(); // what was chosen before does not outlive another choice
    await this.#enter(me, vaultKey, { keep: true });
    if (hours) await device.keep(me, vaultKey, hours);
    this.tabs?.postMessage({ kind: "unlocked" });
    return this.room;
  }

  /** A new vault key, and the locks that `seal(vaultKey)` makes for it; `send(work)` may ask for a fresh code. The host takes vault and
   *  locks at once or neither, so at no moment is there no way in, and an old lock opens no later vault. */
  async changeLocks(seal, send) {
    const { room } = this;
    await this.#mergeVault(room);
    const vaultKey = randomBytes(32);
    const [slots, counter] = [await seal(vaultKey), room.counter + 1];
    const sealed = await vault.seal(vaultKey, unb64u(room.subject), counter, { seeds: room.seeds, pins: room.pins.toArray() });
    await send(() => put("/api/me/vault", { vault: b64u(sealed), slots }));
    room.vaultKey.set(vaultKey);
    room.counter = counter;
    room.pins.changed = false;
    await room.remember("vault.counter", counter);
    await this.#keepForSession(await get("/api/me"), vaultKey);
    await device.forget();
    this.tabs?.postMessage({ kind: "relocked" });
  }

  /** Enter with a vault that was just made on this page (joining). */
  async enterNew(me, vaultKey) {
    await this.#enter(me, vaultKey, { fresh: true, keep: true });
  }

  /** Forget every opened secret in this tab, in the others, and in the slots of this browser. */
  async lock(reason = "asked") {
    await device.forget();
    await this.#close(reason);
  }

  /** The host ended the sign-in. For want of a touch, that is its own rule, and the hours that the officer chose go on. Else somebody
   *  ended it, perhaps its owner from another computer because this one was stolen: nothing stays. */
  async signedOut() {
    const now = Date.now();
    const idle = now - this.touched > HOST_IDLE || (this.back && now - this.back < JUST_BACK);
    if (!idle) await device.forget();
    await this.#close("other");
  }

  async #close(reason) {
    await this.#savePins().catch(() => null);
    this.#leave(reason);
    await remove("session", "slot");
    this.tabs?.postMessage({ kind: "locked" });
  }

  /** Change the pins by `change(pins)`; they are kept sealed here at once and in the vault soon after. */
  async pin(change) {
    const room = this.room;
    if (!room || change(room.pins) === false) return;
    clearTimeout(this.pinTimer);
    this.pinTimer = setTimeout(() => this.#savePins().catch(() => null), SAVE_PINS_AFTER);
    await room.remember("pins", room.pins.toArray());
  }

  /** The same, and wait until the vault on the server holds it (a verified mark must not be lost with the browser). */
  async pinNow(change) {
    await this.pin(change);
    await this.#savePins();
  }

  /** Fetch new leaves of the key log and rebuild the directory. */
  async syncDirectory() {
    const { room } = this;
    try {
      await this.#syncLog(room);
    } catch (error) {
      await this.#refuseLog(error);
      throw error;
    }
    this.dispatchEvent(new Event("directory"));
    await this.pin((pins) => pins.changed);
    return room.directory;
  }

  async hear(told) {
    const { keylog } = this;
    if (told.size > keylog.directory.size) await this.syncDirectory();
    try {
      await keylog.hear(told);
    } catch (error) {
      await this.#refuseLog(error);
      throw error;
    }
  }

  /** Keys in the own name that this vault does not hold. */
  get strangers() {
    const { room } = this;
    return room ? room.directory.strangers(unb64u(room.subject), [...room.identities.values()].map(({ kid }) => kid)) : [];
  }

  get witnessStale() {
    return Boolean(this.room) && this.keylog.witnessStale;
  }

  async #resume() {
    const tag = document.querySelector('meta[name="session"]')?.content;
    if (!tag) return null;
    const slot = await sessionSlot(tag);
    if (!slot && !(await device.until())) return null;
    const me = await get("/api/me");
    const kept = await device.vaultKeyOf(me);
    if (slot) await this.#enter(me, await unsealed(slot));
    else if (kept) await this.#enter(me, kept, { keep: true }).catch(forgetStale);
    return this.room;
  }

  /** `fresh`: the vault was made on this page just now; `keep`: the next pages of this sign-in open by themselves. */
  async #enter(me, vaultKey, { fresh = false, keep = false } = {}) {
    const stored = await vault.open(vaultKey, unb64u(me.officer.subject), unb64u(me.vault));
    const room = new Room(me, vaultKey, { seeds: stored.seeds, counter: stored.counter, pins: Pins.fromArray(stored.pins) });
    await room.makeIdentities();
    const remembers = await this.#refuseOldVault(room);
    const local = await room.recall("pins");
    if (local) room.pins.merge(Pins.fromArray(local));
    this.keylog = new Keylog();
    try {
      await this.#syncLog(room);
    } catch (error) {
      await this.#refuseLog(error);
      throw error;
    }
    refuseSwappedKeys(room);
    // Nothing here remembers a newer state and no witness vouches for this one: it may be yesterday's, with a revoked key in it.
    if (!fresh && !remembers && this.keylog.witnessStale) throw new EnlaceError("witness_stale");
    await room.remember("vault.counter", room.counter);
    if (keep) await this.#keepForSession(me, vaultKey);
    this.room = room;
    this.ready = Promise.resolve(room);
    this.since = Date.now();
    this.touched = Date.now();
    this.#watchIdle();
    await this.pin((pins) => pins.changed);
    // Last, because whoever sees it may leave for the next page at once, and finds there what was kept.
    document.documentElement.dataset.seal = "open";
    this.dispatchEvent(new Event("open"));
  }

  /** The host could hand out yesterday's vault, to hide a pin or a key. This browser remembers the newest it saw. -> does it? */
  async #refuseOldVault(room) {
    const seen = await room.recall("vault.counter");
    if (room.counter < (seen ?? 0)) throw new EnlaceError("vault_rollback");
    return seen !== null;
  }

  async #syncLog(room) {
    const before = room.kid;
    room.follow(await this.keylog.sync(room.pins));
    room.logHead = this.keylog.head;
    if (room.directory.revoked(room.identity.kid)) await device.forget(); // whoever has this computer shall not come back by it
    if (before && before !== room.kid) this.dispatchEvent(new Event("identity"));
  }

  /** A log that is not the one seen before: nothing more is opened or sealed here, and every page says so. */
  async #refuseLog(error) {
    if (!LOG_REFUSED.has(error.code)) return;
    this.dispatchEvent(new CustomEvent("refused", { detail: { error } }));
    if (!this.room) return;
    this.#leave("refused");
    await remove("session", "slot");
    this.tabs?.postMessage({ kind: "locked" });
  }

  async #keepForSession(me, vaultKey) {
    const key = await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, vaultKey);
    await write("session", "slot", { tag: me.session_tag, key, iv, sealed, since: Date.now(), touched: Date.now() });
  }

  #leave(reason) {
    clearTimeout(this.pinTimer);
    clearInterval(this.idleTimer);
    const was = this.room;
    this.room = null;
    this.ready = Promise.resolve(null);
    document.documentElement.dataset.seal = "locked";
    if (was) {
      was.vaultKey.fill(0);
      this.dispatchEvent(new CustomEvent("lock", { detail: { reason } }));
    }
  }

  #watchIdle() {
    clearInterval(this.idleTimer);
    if (!this.listening) {
      this.listening = true;
      for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, () => this.#touch(), { passive: true });
    }
    this.idleTimer = setInterval(() => this.#checkIdle(), 20_000);
  }

  #touch() {
    const now = Date.now();
    if (now - this.touched > HOST_IDLE) this.back = now;
    this.touched = now;
  }

  async #checkIdle() {
    const slot = await read("session", "slot");
    const now = Date.now();
    if (!slot) return this.#leave("other");
    if (this.touched > slot.touched) await write("session", "slot", { ...slot, touched: this.touched });
    const last = Math.max(this.touched, slot.touched);
    const idle = now - last > IDLE && !(await device.until());
    if (idle || now - slot.since > LONGEST) await this.lock("idle");
    return null;
  }

  async #fromOtherTab({ kind }) {
    if (kind === "locked") this.#leave("other");
    else if (kind === "relocked") this.room?.vaultKey.set(await unsealed(await read("session", "slot")));
    else if (kind === "unlocked" && !this.room) {
      this.ready = null;
      this.resume();
    }
  }

  async #savePins() {
    clearTimeout(this.pinTimer);
    const room = this.room;
    if (!room || !room.pins.changed) return;
    for (let tries = 0; tries < 3; tries += 1) {
      const counter = room.counter + 1;
      const sealed = await vault.seal(room.vaultKey, unb64u(room.subject), counter, { seeds: room.seeds, pins: room.pins.toArray() });
      try {
        await put("/api/me/vault", { vault: b64u(sealed) });
        room.counter = counter;
        room.pins.changed = false;
        await room.remember("vault.counter", counter);
        return;
      } catch (error) {
        if (error.code !== "vault_moved_on") throw error;
        await this.#mergeVault(room);
      }
    }
  }

  /** Another tab or device saved first: take what it knew, keep what we know, try again. */
  async #mergeVault(room) {
    const me = await get("/api/me");
    const stored = await vault.open(room.vaultKey, unb64u(room.subject), unb64u(me.vault));
    room.counter = stored.counter;
    room.seeds = stored.seeds;
    room.pins.merge(Pins.fromArray(stored.pins));
    room.pins.changed = true;
  }
}

/** What this sign-in keeps for its next page, or null. */
async function sessionSlot(tag) {
  const slot = await read("session", "slot");
  const now = Date.now();
  if (slot && slot.tag === tag && now - slot.since <= LONGEST && now - slot.touched <= IDLE) return slot;
  await remove("session", "slot");
  return null;
}

/** The locks were changed elsewhere: the vault key kept here opens nothing any more. */
async function forgetStale(error) {
  if (error.code === "bad_vault") await device.forget();
  throw error;
}

const unsealed = async ({ key, iv, sealed }) => new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));

/** The private key must belong to a certificate in this name: a host that swaps the vault or the certificate stops here. A newer key
 *  that is not in the vault is no reason to lock its victim out: that is an alarm (`strangers`). Nor are new keys after all was lost,
 *  which wait for the focal point: they come after every key that is known. */
function refuseSwappedKeys({ directory, identities, subject: name }) {
  const subject = unb64u(name);
  const known = directory.keysOf(subject);
  const [newest] = identities.values();
  const waits = known.every(({ gen }) => gen < newest.generation);
  const own = [...identities.values()].some(({ kid }) => known.some((key) => equal(key.kid, kid)));
  if (directory.current(subject) && !own && !waits) throw new EnlaceError("wrong_vault");
}

export const strongroom = new Strongroom();
