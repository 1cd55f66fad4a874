// Whom a message calls, for people: names for what stands in it, who there is to call, and whether it calls this officer. Who serves a
// desk is the host's word (sealed/mention.js); everybody else is named by certificates.

import { list, t } from "liaison/i18n.js";
import { directoryOf } from "liaison/people.js";
import { authorityCode } from "messaging/sentences.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { calls, refuseAbsent } from "sealed/mention.js";

const roleName = (role) => [t("Officers"), t("Supervisors"), t("Focal points"), t("Systems"), t("Custodians")][role];

const listings = new WeakMap(); // room -> promise of {names, served}

/** Of the host's listing: names id -> name; served kid -> ids of desks. Without an answer nobody serves any. */
function desksOf(room) {
  if (!listings.has(room)) {
    const asked = directoryOf(room).then(({ people, posts }) => ({
      names: new Map(posts.map((post) => [String(post.id), post.name])),
      served: new Map(people.map((one) => [one.kid, one.posts.map(String)])),
    }));
    listings.set(room, asked.catch(() => {
      listings.delete(room);
      return { names: new Map(), served: new Map() };
    }));
  }
  return listings.get(room);
}

export class Calls {
  /** Of one store, with what the host says of desks. */
  static async of(store) {
    return new Calls(store, await desksOf(store.room));
  }

  constructor(store, { names, served }) {
    Object.assign(this, { store, names, served });
  }

  /** Does this message call this officer? */
  own({ mentions }) {
    if (!mentions?.length) return false;
    const { room } = this.store;
    const key = room.directory.key(room.identity.kid);
    return Boolean(key) && calls(mentions, { ...key, desks: this.served.get(room.kid) || [] });
  }

  /** How many opened messages, not read yet, call this officer. */
  get waiting() {
    const { shown, ownRead } = this.store;
    return shown.filter((row) => row.kind === "text" && row.state === "ok" && !row.own && !row.withdrawn && row.n >= ownRead && this.own(row.message)).length;
  }

  /** The name of one mention in this reader's language. */
  name([sort, one, role]) {
    if (sort === "person") return this.store.members.find((member) => member.subject === b64u(one))?.name || this.#known(one) || t("Somebody unknown here");
    if (sort === "desk") return this.names.get(one) || t("A desk");
    return `${roleName(role)} ${authorityCode(one)}`;
  }

  /** Who can be called here: [{label, sub, mention}]: members but oneself, the desks they serve, their roles. */
  get choices() {
    const others = this.store.members.filter((member) => !member.own);
    const people = new Map(others.filter((one) => one.subject).map((one) => [one.subject, { sub: authorityCode(one.authority), mention: ["person", unb64u(one.subject)] }]));
    const desks = new Map(others.flatMap((one) => this.served.get(one.kid) || []).map((id) => [id, { sub: t("Desk"), mention: ["desk", id] }]));
    const roles = new Map(others.map((one) => this.store.directory.key(unb64u(one.kid))).filter(Boolean)
      .map((key) => [`${key.authority} ${key.role}`, { sub: t("Role"), mention: ["role", key.authority, key.role] }]));
    return [...people.values(), ...desks.values(), ...roles.values()].map((one) => ({ ...one, label: this.name(one.mention) }));
  }

  /** "Calls Bashir Haddad and Supervisors MX", for the foot of a message. */
  sentence({ mentions }) {
    return t("Calls {names}", { names: list(mentions.map((one) => this.name(one))) });
  }

  #known(subject) {
    return [...this.store.directory.keys.values()].find((key) => b64u(key.subject) === b64u(subject))?.display;
  }
}

/** Throws EnlaceError("call_not_member") where a person or role is called that is not here. */
export function refuseAbsentIn(store, mentions) {
  refuseAbsent(mentions, [...store.state.members.keys()].map((kid) => store.directory.key(unb64u(kid))).filter(Boolean));
}
