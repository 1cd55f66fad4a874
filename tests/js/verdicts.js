// The JavaScript half of tests/sealed/test_agreement.py: one line of JSON in, one line out, until the pipe ends. First the
// stage {leaves, own_root, wires, channel, secret, granter, reader}, then rows [[reader, b64u], ...]; of each row the verdict:
// the code of the refusal, or what was read.
import { createInterface } from "node:readline";
import { b64u, hex, unb64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import * as certs from "../../sealed/js/certs.js";
import { actBody, parseControl, verifyHistory } from "../../sealed/js/channel.js";
import * as events from "../../sealed/js/events.js";
import { Identity } from "../../sealed/js/keys.js";
import { replay } from "../../sealed/js/keylog.js";
import { openGrant } from "../../sealed/js/open_channel.js";
import { openTold } from "../../sealed/js/open_events.js";
import { slotHeader } from "../../sealed/js/slots.js";

const stage = {};

async function set({ leaves, own_root: ownRoot, wires, channel, secret, granter, reader }) {
  const directory = await replay(leaves.map(unb64u), unb64u(ownRoot));
  const { state } = await verifyHistory(unb64u(channel), wires.map(unb64u), directory);
  const identity = await Identity.fromSeed(unb64u(reader));
  Object.assign(stage, { leaves: leaves.map(unb64u), ownRoot: unb64u(ownRoot), directory, state, secret: unb64u(secret), granter: unb64u(granter), identity });
  return stateOf(state);
}

const stateOf = (state) =>
  [state.headN, hex(state.headT), state.epoch, state.rekeyPending, state.logSize, [...state.members].sort().map((one) => one.join(" ")).join()].map(String).join("|");

/** The event at the head of the stage's channel. */
async function take(wire) {
  const event = await events.parse(wire);
  const state = stage.state.copy();
  state.placed = new Set(state.placed);
  await state.apply(event, stage.directory);
  return stateOf(state);
}

const value = (data) => hex(cbor.encode(cbor.decode(data)));

const READERS = {
  cbor: value,
  event: async (data) => hex((await events.parse(data)).eventId),
  receipt: async (data) => {
    const receipt = events.parseReceipt(data);
    const key = stage.directory.key(receipt.kid);
    if (key) await events.verifyReceipt(receipt, key.sigPub);
    return String(receipt.n);
  },
  control: (data) => String(parseControl(data).logSize),
  leaf: async (data) => (await certs.parse(data)).authority ?? "of no authority",
  request: async (data) => b64u((await certs.parseRequest(data)).kid),
  slot: (data) => hex(slotHeader(data).hdr),
  act: (data) => `[${Object.keys(actBody(data)).sort().map((name) => JSON.stringify(name)).join(", ")}]`,
  take,
  open: async (data) => hex(cbor.encode((await openTold(await events.parse(data), stage.secret)).body)),
  grant: async (data) => [...(await openGrant(stage.identity, stage.state.channelId, stage.granter, data))].map(([epoch, secret]) => `${epoch} ${hex(secret)}`).sort().join(),
};

async function verdict([reader, text]) {
  try {
    return `ok ${await READERS[reader](new Uint8Array(Buffer.from(text, "base64url")))}`;
  } catch (error) {
    return error.code ?? String(error);
  }
}

/** The leaves after the lawful ones of the log, judged by its rules: the codes of those refused, and the keys it then vouches for. */
async function log(leaves) {
  const directory = await replay([...stage.leaves, ...leaves.map(unb64u)], stage.ownRoot);
  const rejected = [...directory.rejected].map(([index, code]) => `${index} ${code}`).sort();
  return [...rejected, ...[...directory.keys.values()].filter(({ kid }) => directory.vouched(kid)).map(({ kid }) => b64u(kid)).sort()];
}

async function answer(asked) {
  if (Array.isArray(asked)) return Promise.all(asked.map(verdict));
  return asked.log ? log(asked.log) : set(asked);
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(JSON.parse(line))));
