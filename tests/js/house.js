// A small channel in memory, seen by one reader: what the tests of conversations share.
import "./aliases.js";
import { b64u } from "../../sealed/js/bytes.js";
import * as cbor from "../../sealed/js/cbor.js";
import { certify, makeRequest, parseRequest, rootId } from "../../sealed/js/certs.js";
import { ChannelState, channelIdOf } from "../../sealed/js/channel.js";
import { CONTROL, POST, parse, transcript, transcriptStart } from "../../sealed/js/events.js";
import { Identity } from "../../sealed/js/keys.js";
import { replay } from "../../sealed/js/keylog.js";
import { Keyring } from "../../sealed/js/open_channel.js";
import { Author, controlBody } from "../../sealed/js/open_events.js";
import { randomBytes, sign, signPublic } from "../../sealed/js/suite.js";

const { Rows } = await import("messaging/rows.js");

const AT = Date.now();
const NAMES = new Map();

/** Honduras with its focal point and three officers; Ana opens a channel with Carmen; Bashir is nobody here. */
async function network() {
  const rootSeed = randomBytes(32);
  const rootPub = await signPublic(rootSeed);
  const signed = async (tag, body) => cbor.encode([tag, body, await sign(rootSeed, body)]);
  const leaves = [
    await signed("enl1.leaf.root", cbor.encode(["enl1.root", "HN", rootPub, "Honduras", AT])),
    await signed("enl1.leaf.trust", cbor.encode(["enl1.trust", "HN", 1, null, [["HN", rootPub, 1]]])),
  ];
  const person = async (display, role, issuer) => {
    const identity = await Identity.create();
    const request = await parseRequest(await makeRequest(identity, { authority: "HN", subject: randomBytes(16), display, role }));
    leaves.push(await certify(request, issuer, { nbf: 0, exp: Math.floor(AT / 1000) + 86_400 }));
    NAMES.set(b64u(identity.kid), display);
    return identity;
  };
  const diego = await person("Diego Funes", 2, { sigSeed: rootSeed, kid: await rootId(rootPub) });
  const [ana, carmen, bashir] = [await person("Ana Zelaya", 0, diego), await person("Carmen Lobo", 1, diego), await person("Bashir Haddad", 0, diego)];
  return { ana, carmen, bashir, directory: await replay(leaves, rootPub) };
}

/** A channel as the store holds it, seen by `reader`. */
export class House {
  static async open(reader) {
    const house = new House();
    Object.assign(house, await network(), { ids: [], places: new Map(), items: [], pending: [], problem: null });
    const genesis = ["genesis", randomBytes(16), [1, 0, "network", false], [[house.ana.kid, "o"], [house.carmen.kid, "w"]]];
    house.channelId = await channelIdOf(genesis);
    house.ts = [await transcriptStart(house.channelId)];
    house.state = new ChannelState(house.channelId);
    house.authors = new Map();
    house.ring = new Keyring(house.ana, house.channelId);
    await house.control([genesis], [house.ana, house.carmen]);
    house.room = { identity: house[reader], identities: new Map([[b64u(house[reader].kid), house[reader]]]), kid: b64u(house[reader].kid) };
    house.rows = new Rows(house, () => {});
    return house;
  }

  lost() {
    return false;
  }

  pendingAt(n) {
    return this.pending.includes(n);
  }

  person(kid) {
    return { kid, name: NAMES.get(kid), authority: "HN" };
  }

  author(who) {
    if (!this.authors.has(who)) this.authors.set(who, new Author(who, randomBytes(8)));
    return this.authors.get(who);
  }

  place(kind, change = {}) {
    const { epoch, seenN, tSeen } = { epoch: Math.max(0, this.state.epoch), seenN: this.ids.length, tSeen: this.ts.at(-1), ...change };
    return [this.channelId, epoch, kind, seenN, tSeen, AT];
  }

  async add(wire) {
    const { eventId } = await parse(wire);
    const n = this.ids.length;
    this.ids.push(eventId);
    if (!this.places.has(b64u(eventId))) this.places.set(b64u(eventId), n);
    this.ts.push(await transcript(this.ts[n], eventId));
    this.items.push({ n, wire: b64u(wire), at: new Date(AT).toISOString() });
    return this.items[n];
  }

  async control(changes, members) {
    this.state.place(this.ids.length, this.ts.at(-1));
    const [part] = await this.ring.newEpoch(this.state.epoch + 1, new Map(members.map((one) => [b64u(one.kid), one.kemPub])));
    const wire = await this.author(this.ana).clear(...this.place(CONTROL), controlBody(this.directory.size, changes, part));
    await this.state.applyControl(await parse(wire), this.directory);
    return this.add(wire);
  }

  async post(who, body, change) {
    return this.add(await this.author(who).seal(this.ring.secret(this.state.epoch), ...this.place(change?.kind ?? POST, change), body));
  }

  async shown(item) {
    const row = await this.rows.take(item);
    return row.code || row.kind;
  }
}

export const text = (words) => ["text", words, null];
