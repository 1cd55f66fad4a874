// The known answers and attack rows, as functions of their files: run by node --test here and in a real browser by
// tests/browser. Each answers [{name, ok, got}] so that both can say what failed.
import * as aead from "../../sealed/js/aead.js";
import { b64u, concat, equal, hex, unb64u, unhex, utf8 } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { verifyHistory } from "../../sealed/js/channel.js";
import { cosignedAt, keyId, parse, verifyLog } from "../../sealed/js/checkpoint.js";
import * as events from "../../sealed/js/events.js";
import { Sealing, openFile, sealedSize } from "../../sealed/js/files.js";
import { unwrap, wrap } from "../../sealed/js/gossip.js";
import { replay } from "../../sealed/js/keylog.js";
import { Identity } from "../../sealed/js/keys.js";
import { Tree, leafHash, treeRoot, verifyConsistency, verifyInclusion } from "../../sealed/js/merkle.js";
import { Keyring, openGrant } from "../../sealed/js/open_channel.js";
import { epochCommit, epochKey, openTold } from "../../sealed/js/open_events.js";
import { Replica } from "../../sealed/js/replica.js";
import { openPasskeySlot, passkeyOf, prfInput } from "../../sealed/js/passkey.js";
import { openSlot, openSlotName } from "../../sealed/js/slots.js";
import { argon2id, hkdf, sha256, sign, signPublic, verify } from "../../sealed/js/suite.js";

async function inflated(row) {
  const raw = Uint8Array.from(atob(row.ciphertext ?? ""), (letter) => letter.charCodeAt(0));
  if (!row.compressed || row.compressed === "False") return raw;
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function runVectors(vectors, { slow = true } = {}) {
  const results = [];
  const check = (name, got, wanted) => results.push({ name, ok: got === wanted, got: String(got).slice(0, 80) });
  const refused = async (work) => {
    try {
      await work();
      return "accepted";
    } catch (error) {
      return error.code;
    }
  };
  for (const row of vectors.cbor.ok) check(`cbor ${row.hex}`, hex(cbor.encode(cbor.decode(unhex(row.hex)))), row.hex);
  for (const row of vectors.cbor.malformed) check(`malformed ${row}`, await refused(() => cbor.decode(unhex(row))), "bad_cbor");
  for (const row of vectors.hkdf_sha256) check("hkdf", hex(await hkdf(unhex(row.IKM), unhex(row.info), Number(row.L), unhex(row.salt))), row.OKM);
  for (const row of vectors.ed25519_rfc8032) {
    const seed = unhex(row.sk).slice(0, 32);
    check("ed25519 public", hex(await signPublic(seed)), row.pk);
    check("ed25519 signature", hex(await sign(seed, unhex(row.msg))), row.sig.slice(0, 128));
  }
  for (const group of vectors.wycheproof_ed25519) {
    for (const row of group.tests) check(`wycheproof ${row.tcId}`, await verify(unhex(group.pk), unhex(row.msg), unhex(row.sig)), row.result === "valid");
  }
  for (const row of vectors.cobblestone) {
    const open = async () => hex(await sha256(await aead.open(unhex(row.key), utf8(row.context), await inflated(row), "cannot_open", "SHA-256")));
    const wrongKey = unhex(row.key).length !== 32;
    if (row.expect === "success") check(row.name, await open(), row.payload_sha256);
    else if (!wrongKey) check(row.name, await refused(open), "cannot_open");
  }
  await tree(vectors.merkle_rfc6962, check);
  if (slow) {
    for (const row of vectors.argon2id.filter(({ lanes, memcost }) => Number(lanes) === 1 && Number(memcost) >= 19_456)) {
      check("argon2id", hex(await argon2id(unhex(row.pass), unhex(row.salt), Number(row.memcost), Number(row.iter), 1, Number(row.length))), row.output);
    }
  }
  await ours(vectors.enlace_v1_prototype, check, slow);
  return results;
}

const unb64 = (text) => Uint8Array.from(atob(text ?? ""), (letter) => letter.charCodeAt(0));

async function tree({ leaves, roots_by_size: roots, inclusion, consistency }, check) {
  const hashes = await Promise.all(leaves.map((leaf) => leafHash(unhex(leaf))));
  const grown = new Tree();
  for (const [size, root] of roots.entries()) {
    check(`merkle ${size}`, hex(await treeRoot(hashes.slice(0, size))), root);
    if (size < hashes.length) await grown.append(hashes[size]);
  }
  for (const [size, root] of roots.entries()) check(`grown tree ${size}`, hex(await grown.root(size)), root);
  for (const row of inclusion) {
    const proof = (row.proof ?? []).map(unb64);
    check(row.file, await verifyInclusion(row.leafIdx, row.treeSize, unb64(row.leafHash), proof, unb64(row.root)), !row.wantErr);
  }
  for (const row of consistency) {
    const proof = (row.proof ?? []).map(unb64);
    check(row.file, await verifyConsistency(row.size1, row.size2, unb64(row.root1), unb64(row.root2), proof), !row.wantErr);
  }
}

async function ours(own, check, slow) {
  const ana = await Identity.fromSeed(unhex(own.seedA));
  const bashir = await Identity.fromSeed(unhex(own.seedB));
  const channel = unhex(own.channel);
  const secret = unhex(own.epoch_secret);
  check("kid A", hex(ana.kid), own.kidA);
  check("kid B", hex(bashir.kid), own.kidB);
  check("commitment", hex(await epochCommit(secret, channel, 0)), own.ecommit);
  check("epoch key", hex(await epochKey(secret, channel, 0)), own.epoch_key);
  const event = await events.parse(cbor.encode([unhex(own.event.hdr), unhex(own.event.sig), unhex(own.event.ct)]));
  await events.verifyPayload(event);
  await events.verifySignature(event, ana.sigPub);
  check("event id", hex(event.eventId), own.event.event_id);
  check("body", hex(cbor.encode((await openTold(event, secret)).body)), own.event.body_cbor);
  check("T1", hex(await events.transcript(await events.transcriptStart(channel), event.eventId)), own.event.T1);
  check("grant", hex((await openGrant(bashir, channel, ana.kid, unhex(own.grant_A_to_B))).get(0)), own.epoch_secret);
  for (const row of own.cobblestone256) {
    const plain = Uint8Array.from({ length: Number(row.pt_len) }, (_, at) => at % 251);
    check(`cobblestone ${row.pt_len}`, hex(await sha256(await aead.seal(unhex(row.key), unhex(row.context), plain, unhex(row.salt)))), row.ct_sha256);
  }
  if (slow) check("slot", hex(await openSlot(unhex(own.slot.slot), own.slot.pass)), own.slot.vault_key);
}

/** Every attack is refused with its code, every lawful twin passes, and the shared conversation opens. */
export async function runAttacks(shared) {
  const results = [];
  const directories = new Map();
  const directory = async (index) => {
    if (!directories.has(index)) directories.set(index, await replay(shared.logs[index].map(unb64u), unb64u(shared.own_root)));
    return directories.get(index);
  };
  const codes = async ({ channel, wires, log }) => {
    const { rows } = await verifyHistory(unb64u(channel), wires.map(unb64u), await directory(log));
    return rows.map((row) => row.code);
  };
  for (const row of shared.rows) {
    const lawful = await codes(row.lawful);
    results.push({ name: `${row.name} (lawful twin)`, ok: lawful.length === row.lawful.wires.length && lawful.every((code) => code === null), got: lawful.join() });
    const found = await codes(row.attack);
    const n = found.findIndex(Boolean);
    results.push({ name: row.name, ok: found[n] === row.code && n === row.n, got: `${found[n] ?? "accepted"} at ${n}` });
  }
  for (const row of shared.grants) results.push(await refusesTheKeys(row, shared.own_root));
  for (const row of shared.keylogs) results.push(await readsTheLog(row, shared.own_root));
  results.push(await opensTheConversation(shared));
  return results;
}

async function refusesTheKeys({ name, code, reader, lawful, attack }, ownRoot) {
  const refused = async ({ channel, wires, leaves, grants }) => {
    const log = await replay(leaves.map(unb64u), unb64u(ownRoot));
    const { state, rows } = await verifyHistory(unb64u(channel), wires.map(unb64u), log);
    if (rows.some((row) => row.code)) return "not a lawful channel";
    const ring = new Keyring(await Identity.fromSeed(unb64u(reader)), unb64u(channel));
    return (await ring.takeAll(state, grants.map(([n, blob]) => [n, unb64u(blob)]))).map((one) => one.code).join();
  };
  const got = [await refused(lawful), await refused(attack)];
  return { name, ok: got[0] === "" && got[1] === code, got: got.join("|") };
}

async function readsTheLog({ name, leaves, rejected, vouched, witnesses }, ownRoot) {
  const log = await replay(leaves.map(unb64u), unb64u(ownRoot));
  const live = [...log.keys.keys()].filter((kid) => log.vouched(unb64u(kid))).sort();
  const cosign = Object.fromEntries([...log.witnesses].map(([authority, key]) => [authority, b64u(key)]));
  const got = JSON.stringify([Object.fromEntries(log.rejected), live, cosign]);
  return { name: `key log: ${name}`, ok: got === JSON.stringify([rejected, [...vouched].sort(), witnesses]), got };
}

async function opensTheConversation({ open, own_root: ownRoot }) {
  const log = await replay(open.leaves.map(unb64u), unb64u(ownRoot));
  const { state, rows } = await verifyHistory(unb64u(open.channel), open.wires.map(unb64u), log);
  const ring = new Keyring(await Identity.fromSeed(unb64u(open.reader)), unb64u(open.channel));
  const failed = await ring.takeAll(state, open.grants.map(([n, , , blob]) => [n, unb64u(blob)]));
  const texts = [];
  for (const { event } of rows) if (event.kind === events.POST) texts.push((await ring.open(event))[1]);
  return { name: "the shared conversation", ok: failed.length === 0 && JSON.stringify(texts) === JSON.stringify(open.texts), got: texts.join("|") };
}

/** Every note gets its verdict, and every log that a hostile host may show is refused with its code and its proof. */
export async function runCheckpoints(shared) {
  const results = [];
  const add = (name, got, wanted) => results.push({ name, ok: got === wanted, got: String(got).slice(0, 80) });
  const verdict = (work) => work().then((value) => JSON.stringify([null, value]), (error) => JSON.stringify([error.code, error.proof ?? null]));
  for (const row of shared.verifier_keys) {
    const [name, id, ...rest] = row.split("+");
    const [sort, ...key] = unb64(rest.join("+"));
    add(name, hex(await keyId(name, sort, Uint8Array.from(key))), id);
  }
  const example = parse(shared.example.note);
  add("the example of C2SP", `${example.size} ${Number(new DataView(example.signatures[1][1].buffer, 4, 8).getBigUint64(0))}`, `${shared.example.size} ${shared.example.time}`);
  for (const row of shared.notes) {
    const got = await verdict(async () => {
      const checkpoint = parse(row.note);
      await verifyLog(checkpoint, unb64(shared.log_key));
      return cosignedAt(checkpoint, shared.witness.name, unb64(shared.witness.key));
    });
    add(row.name, got, JSON.stringify([row.code, row.cosigned_at]));
  }
  for (const row of shared.logs) {
    const seen = row.pinned && { ...row.pinned, root: unb64(row.pinned.root), logKey: unb64(row.pinned.log_key) };
    const replica = new Replica();
    await replica.take(row.leaves.map(unb64));
    const got = await verdict(() => replica.accept(row.note, unb64(row.log_key), seen).then((head) => equal(head.root, parse(row.note).root)));
    add(row.name, got, JSON.stringify(row.code ? [row.code, row.proof] : [null, true]));
  }
  for (const row of shared.heard) {
    const replica = new Replica();
    await replica.take(row.leaves.map(unb64));
    const head = await replica.accept(row.note, unb64(shared.log_key));
    const [size, root, signature] = row.told;
    const got = await verdict(() => replica.hear(head, { size, root: unb64(root), signature: unb64(signature) }).then(() => null));
    add(row.name, got, JSON.stringify(row.code ? [row.code, row.proof] : [null, null]));
    const { body, told } = unwrap(await wrap(head, ["text", "hola", null]));
    add(`wrapped: ${row.name}`, JSON.stringify([body, told.size, hex(told.root)]), JSON.stringify([["text", "hola", null], head.size, hex(head.root)]));
  }
  for (const row of shared.words) {
    const replica = new Replica();
    await replica.take(row.leaves.map(unb64));
    const head = { ...(await replica.accept(row.note, unb64(shared.log_key))), witnessedAt: row.known };
    const got = await verdict(async () => (await replica.witnessed(head, row.cosigned, shared.witness.name, unb64(shared.witness.key))).witnessedAt);
    add(row.name, got, JSON.stringify(row.code ? [row.code, row.proof] : [null, row.at]));
  }
  return results;
}

/** sealed/vectors/files.json: each opens to what was sealed, or is refused with its code. */
export async function runFiles(shared) {
  const results = [];
  for (const row of shared.rows) {
    const [fileId, key, name, mime, length, digest] = row.file;
    const file = { fileId: unb64u(fileId), key: unb64u(key), name, mime, length, digest: unb64u(digest) };
    for (const step of [100, 16_400, 1 << 20]) {
      const got = await drain(openFile(unb64u(row.channel), file, cut(unb64u(row.ciphertext), step))).then(
        (bytes) => (equal(bytes, seven(row.length)) ? null : "other bytes"), (error) => error.code ?? String(error));
      results.push({ name: `${row.name} in ${step}s`, ok: got === row.code, got: String(got) });
    }
  }
  for (const length of [0, 1, 16_376, 50_000]) {
    const sealing = new Sealing(new Uint8Array(32), "a", "text/plain", length, cut(seven(length), 999));
    const ciphertext = await drain(sealing);
    const back = await drain(openFile(new Uint8Array(32), sealing.file, [ciphertext]));
    results.push({ name: `sealed here, ${length} bytes`, ok: equal(back, seven(length)) && ciphertext.length === sealedSize(length), got: ciphertext.length });
  }
  return results;
}

const seven = (length) => Uint8Array.from({ length }, (_, index) => (index * 7) % 251);

function* cut(bytes, step) {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function drain(pieces) {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return concat(...all);
}

/** Slots that a security key opens: only the lawful one does, and each malformed one is refused with its code. */
export async function runPasskeys(shared) {
  const results = [];
  const add = (name, got, wanted) => results.push({ name, ok: got === wanted, got: String(got).slice(0, 80) });
  for (const row of shared.slots) {
    const slot = unhex(row.slot);
    const told = await Promise.resolve().then(() => passkeyOf(slot)).then(
      async (passkey) => {
        const opened = await openPasskeySlot(slot, unhex(row.answer));
        return [passkey && hex(await prfInput(passkey)), opened && hex(opened)];
      },
      (error) => error.code,
    );
    add(row.name, JSON.stringify(told), JSON.stringify(row.code ?? [row.input, row.opens]));
  }
  const [slotId, sealed] = [unhex(shared.name.slot_id), unhex(shared.name.sealed)];
  add("name", await openSlotName(unhex(shared.vault_key), slotId, sealed), "Llave gris, caja fuerte");
  add("name of another slot", await openSlotName(unhex(shared.vault_key), new Uint8Array(16), sealed), null);
  return results;
}
