// Seals a channel, a vault with its slots and a receipt in JavaScript and prints them as JSON, for Python to open.
import { b64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { certify, makeRequest, parseRequest, rootId } from "../../sealed/js/certs.js";
import { ChannelState, channelIdOf } from "../../sealed/js/channel.js";
import { CONTROL, POST, parse } from "../../sealed/js/events.js";
import { Identity } from "../../sealed/js/keys.js";
import { replay } from "../../sealed/js/keylog.js";
import { Keyring } from "../../sealed/js/open_channel.js";
import { Author, controlBody, signReceipt } from "../../sealed/js/open_events.js";
import * as passkey from "../../sealed/js/passkey.js";
import * as slots from "../../sealed/js/slots.js";
import { randomBytes, sign, signPublic } from "../../sealed/js/suite.js";
import * as vault from "../../sealed/js/vault.js";

const at = Date.now();
const rootSeed = randomBytes(32);
const rootPub = await signPublic(rootSeed);
const signed = async (tag, body) => cbor.encode([tag, body, await sign(rootSeed, body)]);
const leaves = [
  await signed("enl1.leaf.root", cbor.encode(["enl1.root", "HN", rootPub, "Honduras", at])),
  await signed("enl1.leaf.trust", cbor.encode(["enl1.trust", "HN", 1, null, [["HN", rootPub, 1]]])),
];

async function person(role, issuer) {
  const identity = await Identity.create();
  const subject = randomBytes(16);
  const request = await parseRequest(await makeRequest(identity, { authority: "HN", subject, display: "Ana Ñandú", role }));
  leaves.push(await certify(request, issuer, { nbf: Math.floor(at / 1000) - 60, exp: Math.floor(at / 1000) + 86_400 }));
  return Object.assign(identity, { subject });
}
const diego = await person(2, { sigSeed: rootSeed, kid: await rootId(rootPub) });
const ana = await person(0, diego);
const carmen = await person(1, diego);
const directory = await replay(leaves, rootPub);

const genesis = ["genesis", randomBytes(16), [1, 0, "network", false], [[ana.kid, "o"], [carmen.kid, "w"]]];
const channelId = await channelIdOf(genesis);
const state = new ChannelState(channelId);
state.place(0, await (await import("../../sealed/js/events.js")).transcriptStart(channelId));
const ring = new Keyring(ana, channelId);
const author = new Author(ana, randomBytes(8));
const wires = [];
const grants = [];

async function push(wire) {
  await state.apply(await parse(wire), directory);
  wires.push(wire);
}

async function newEpoch(epoch, members) {
  const [part, made] = await ring.newEpoch(epoch, new Map(members.map((one) => [b64u(one.kid), one.kemPub])));
  for (const [kid, blob] of made) grants.push([state.headN, b64u(ana.kid), kid, b64u(blob)]);
  return part;
}
const control = async (changes, part) => push(await author.clear(channelId, Math.max(state.epoch, 0), CONTROL, state.headN, state.headT, at, controlBody(directory.size, changes, part)));
const post = async (text) => push(await author.seal(ring.secret(state.epoch), channelId, state.epoch, POST, state.headN, state.headT, at, ["text", text, null]));

await control([genesis], await newEpoch(0, [ana, carmen]));
await post("Señal clara: ¿llegaron? 你好 مرحبا 👋");
await control([], await newEpoch(1, [ana, carmen]));
await post("x".repeat(20_000));

const vaultKey = randomBytes(32);
const code = slots.newRecoveryCode();
const passphrase = slots.passphraseWords().join(" ");
const securityKey = { slotId: randomBytes(16), rpId: "enlace.example.org", credential: randomBytes(32), transports: ["usb"], salt: randomBytes(32) };
const answer = randomBytes(32);
const pins = [rootPub, 1, [leaves.length, randomBytes(32)], [[ana.kid, carmen.kid]], [[channelId, state.headN, state.headT]]];

console.log(JSON.stringify({
  conversation: {
    channel: b64u(channelId), wires: wires.map(b64u), leaves: leaves.map(b64u), own_root: b64u(rootPub), reader: b64u(carmen.userSeed), grants,
    texts: ["Señal clara: ¿llegaron? 你好 مرحبا 👋", "x".repeat(20_000)],
  },
  vault: {
    passphrase, recovery_code: await slots.showRecoveryCode(code), vault_key: b64u(vaultKey), kid: b64u(ana.kid), own_root: b64u(rootPub),
    passphrase_slot: b64u(await slots.sealPassphraseSlot(passphrase, vaultKey, [19_456, 2, 1])),
    recovery_slot: b64u(await slots.sealRecoverySlot(code, vaultKey)),
    passkey_slot: b64u(await passkey.sealPasskeySlot(securityKey, answer, vaultKey)), passkey_answer: b64u(answer),
    passkey_input: b64u(await passkey.prfInput(securityKey)),
    slot_name: b64u(await slots.sealSlotName(vaultKey, securityKey.slotId, "Llave gris")),
    vault: b64u(await vault.seal(vaultKey, ana.subject, 3, { seeds: [[0, ana.userSeed]], pins })),
  },
  receipt: { receipt: b64u(await signReceipt(ana, channelId, state.headN, state.headT, at)), sig_pub: b64u(ana.sigPub), other_pub: b64u(carmen.sigPub) },
}));
