// Reads [[reader, b64u], ...] on stdin and prints each verdict: "ok" or the code; of an act, the names in it.
import { readFileSync } from "node:fs";
import { unb64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import * as certs from "../../sealed/js/certs.js";
import { actBody, parseControl } from "../../sealed/js/channel.js";
import * as events from "../../sealed/js/events.js";
import { slotHeader } from "../../sealed/js/slots.js";

const READERS = {
  cbor: cbor.decode,
  event: events.parse,
  receipt: events.parseReceipt,
  control: parseControl,
  leaf: certs.parse,
  request: certs.parseRequest,
  slot: slotHeader,
};

async function verdict([reader, text]) {
  if (reader === "act") return `[${Object.keys(actBody(unb64u(text))).sort().map((name) => JSON.stringify(name)).join(", ")}]`;
  try {
    await READERS[reader](unb64u(text));
    return "ok";
  } catch (error) {
    return error.code ?? String(error);
  }
}

const rows = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await Promise.all(rows.map(verdict))));
