// Replays the key log into a directory of keys (docs/protocol.md 4). The twin of sealed/keylog.py; the tree is in merkle.js.

import { b64u, equal } from "./bytes.js";
import { DELISTED, FOCAL, TRUSTED, continuation, parse, rootId } from "./certs.js";
import { EnlaceError } from "./errors.js";
import { sha256, verify } from "./suite.js";

const bad = (detail) => new EnlaceError("bad_leaf", detail);

/** The role of a key when the log had `logSize` leaves: a promotion makes nothing lawful that was done before it. */
export const roleAt = (key, logSize) => (key.roles.findLast(([index]) => index < logSize) ?? key.roles[0])[1];

/** Everything the first `size` leaves say. With an own root the replay is sovereign: other roots count only as the own
 *  authority's trust lists name them. */
export class Directory {
  constructor(ownRoot = null) {
    this.ownRoot = ownRoot;
    this.size = 0;
    this.keys = new Map(); // b64u(kid) -> key
    this.roots = new Map(); // authority -> public key
    this.ownAuthority = null;
    this.trustLists = []; // of the own authority: [index, list]
    this.trustVersions = new Map();
    this.rejected = new Map(); // index -> code
    this.witnesses = new Map(); // authority -> public key of the one that cosigns now
    this.builds = []; // releases of the pages: [index, build]
  }

  key(kid) {
    return this.keys.get(b64u(kid)) ?? null;
  }

  /** The key was certified and not revoked when the log had `logSize` leaves (default: now). */
  vouched(kid, logSize = this.size) {
    const key = this.key(kid);
    if (!key || key.index >= logSize) return false;
    return (key.revokedAt === null || key.revokedAt >= logSize) && this.trusted(key.authority, logSize);
  }

  revoked(kid, logSize = this.size) {
    const key = this.key(kid);
    return Boolean(key) && key.revokedAt !== null && key.revokedAt < logSize;
  }

  /** Every key that a person ever had, revoked ones too. */
  keysOf(subject) {
    return [...this.keys.values()].filter((key) => equal(key.subject, subject));
  }

  /** The newest vouched key of a person, or null. */
  current(subject, logSize = this.size) {
    let newest = null;
    for (const key of this.keysOf(subject)) {
      if (!this.vouched(key.kid, logSize)) continue;
      if (!newest || key.gen > newest.gen || (key.gen === newest.gen && key.index > newest.index)) newest = key;
    }
    return newest;
  }

  /** Every generation after `old` up to `kid` was signed for by the one before: one reset between them and somebody else than the
   *  holder of `old` may hold `kid`, though the last step looks continuous. */
  continues(old, kid) {
    for (let key = this.key(kid); key && key.gen > 0 && !key.reset && key.prevKid; key = this.key(key.prevKid)) {
      if (equal(key.prevKid, old)) return true;
    }
    return false;
  }

  /** Live keys in this person's name that are not among `own` (kids), but for generations before the first of them, which were lost. */
  strangers(subject, own) {
    const mine = own.map((kid) => this.key(kid)?.gen).filter((gen) => gen !== undefined);
    const foreign = (key) => !own.some((kid) => equal(kid, key.kid)) && this.vouched(key.kid);
    return this.keysOf(subject).filter((key) => mine.length && foreign(key) && key.gen > Math.min(...mine));
  }

  /** Listed by our authority, as of `logSize`. A listing also counts for what came before it, because each authority lists
   *  the others at its own pace; a delisting counts from its own leaf on, so that no past is lost. */
  trusted(authority, logSize = this.size) {
    const own = this.roots.get(authority);
    if (!own || this.ownRoot === null || authority === this.ownAuthority) return Boolean(own);
    let standing = null;
    for (const [index, trust] of this.trustLists) {
      if (index >= logSize && standing !== null) break;
      const named = trust.roots.findLast((one) => one.authority === authority && equal(one.public, own));
      if (named) standing = named.status;
      else if (standing !== null) standing = DELISTED;
    }
    return standing === TRUSTED;
  }

  /** The root that is trusted now, or null. */
  rootOf(authority) {
    return this.trusted(authority) ? this.roots.get(authority) : null;
  }

  /** The only root that a sovereign replay takes for an authority: our own, or the one our newest list with it names. */
  expectedRoot(authority) {
    if (authority === this.ownAuthority) return this.ownRoot;
    for (const [, trust] of this.trustLists.toReversed()) {
      const named = trust.roots.find((one) => one.authority === authority);
      if (named) return named.public;
    }
    return null;
  }
}

/** `leaves`: Uint8Arrays in order. A leaf that breaks a rule is recorded in `rejected` and changes nothing. */
export async function replay(leaves, ownRoot = null) {
  const directory = new Directory(ownRoot);
  if (ownRoot !== null) await anchor(directory, leaves);
  return run(directory, leaves);
}

/** Finds the own authority by its root, and its trust lists, before anything is judged. */
async function anchor(directory, leaves) {
  const parsed = await Promise.all(leaves.map((leaf) => parse(leaf).catch(() => null)));
  const own = parsed.find((leaf) => leaf?.type === "root" && equal(leaf.public, directory.ownRoot));
  directory.ownAuthority = own?.authority ?? null;
  for (const [index, leaf] of parsed.entries()) {
    const mine = leaf?.type === "trust" && leaf.authority === directory.ownAuthority;
    if (mine && (await follows(leaf, directory.trustLists.at(-1)?.[1], directory.ownRoot))) directory.trustLists.push([index, leaf]);
  }
}

/** Signed by the root of its authority, and the next one after the last by number and by hash. */
async function follows(trust, last, root) {
  const next = last
    ? trust.version === last.version + 1 && trust.prevHash !== null && equal(trust.prevHash, await sha256(last.signed))
    : trust.version === 1 && trust.prevHash === null;
  return next && Boolean(root) && verify(root, trust.signed, trust.sig);
}

/** Replays the next leaves into `directory`. A new trust list may change what was said of older leaves, so that a sovereign
 *  directory is replayed whole. */
async function run(directory, leaves) {
  for (const leaf of leaves) {
    try {
      await apply(directory, await parse(leaf));
    } catch (error) {
      if (!(error instanceof EnlaceError)) throw error;
      directory.rejected.set(directory.size, error.code);
    }
    directory.size += 1;
  }
  return directory;
}

async function apply(directory, leaf) {
  if (leaf.type === "root") applyRoot(directory, leaf);
  else if (leaf.type === "cert") await applyCert(directory, leaf);
  else if (leaf.type === "revoke") await applyRevocation(directory, leaf);
  else if (leaf.type === "witness") await applyWitness(directory, leaf);
  else if (leaf.type === "build") await applyBuild(directory, leaf);
  else await applyTrust(directory, leaf);
}

async function applyTrust(directory, trust) {
  const own = directory.ownRoot !== null && trust.authority === directory.ownAuthority;
  const root = own ? directory.ownRoot : directory.roots.get(trust.authority);
  const fits = await follows(trust, directory.trustVersions.get(trust.authority), root);
  if (!fits) throw bad("trust list does not follow, or is not signed by its root");
  directory.trustVersions.set(trust.authority, trust);
}

function applyRoot(directory, root) {
  if (directory.ownRoot !== null) {
    const expected = directory.expectedRoot(root.authority);
    if (!expected || !equal(expected, root.public)) throw bad("a root that our authority does not list");
  }
  if (directory.roots.has(root.authority)) throw bad("a second root of one authority");
  directory.roots.set(root.authority, root.public);
}

/** Focal points are certified by the root of their authority, all others by one of its live focal points. */
async function issuerPublic(directory, cert) {
  const root = directory.roots.get(cert.authority);
  if (!root) throw bad("no root of this authority");
  if (cert.role === FOCAL) {
    if (!equal(cert.issuerKid, await rootId(root))) throw bad("a focal point not certified by its root");
    return root;
  }
  const issuer = directory.key(cert.issuerKid);
  if (!issuer || issuer.role !== FOCAL || issuer.authority !== cert.authority || issuer.revokedAt !== null) {
    throw bad("not certified by a live focal point of the same authority");
  }
  return issuer.sigPub;
}

async function applyCert(directory, cert) {
  if (!(await verify(await issuerPublic(directory, cert), cert.signed, cert.sigIssuer))) throw bad("issuer's signature");
  const known = directory.key(cert.kid);
  if (known) {
    const renewal = equal(known.subject, cert.subject) && known.authority === cert.authority && known.gen === cert.gen;
    if (!renewal || known.revokedAt !== null || cert.exp <= known.exp) throw bad("not a renewal");
    known.roles.push([directory.size, cert.role]);
    Object.assign(known, { display: cert.display, role: cert.role, nbf: cert.nbf, exp: cert.exp });
    return;
  }
  for (const key of directory.keysOf(cert.subject)) {
    if (key.authority !== cert.authority || key.gen >= cert.gen) throw bad("a generation that does not follow");
  }
  const { kid, authority, subject, display, role, kemPub, sigPub, gen, prevKid, nbf, exp, issuerKid } = cert;
  const reset = gen > 0 && !(await signedFor(directory, cert));
  directory.keys.set(b64u(kid), {
    kid, authority, subject, display, role, kemPub, sigPub, gen, prevKid, nbf, exp, issuerKid, reset, index: directory.size, revokedAt: null,
    roles: [[directory.size, role]], // [index of the leaf, role it gave]
  });
}

/** The newest key before named this one as its next; else a new generation is a key reset, which people must confirm. */
export async function signedFor(directory, cert) {
  const { kid, authority, subject, gen, prevKid, sigPrev } = cert;
  const previous = prevKid ? directory.key(prevKid) : null;
  if (previous === null || !equal(previous.subject, subject) || sigPrev === null) return false;
  // Whoever stole a key can sign with it still, after it was revoked or replaced.
  if (previous.revokedAt !== null || directory.keysOf(subject).some((key) => key.gen > previous.gen)) return false;
  return verify(previous.sigPub, continuation(prevKid, kid, authority, subject, gen), sigPrev);
}

async function applyRevocation(directory, { kid, issuerKid, signed, sig }) {
  const key = directory.key(kid);
  const issuer = directory.key(issuerKid);
  if (!key || !issuer || key.revokedAt !== null) throw bad("nothing to revoke");
  const byFocal = issuer.role === FOCAL && issuer.authority === key.authority && issuer.revokedAt === null;
  if (!(equal(issuer.kid, key.kid) || byFocal) || !(await verify(issuer.sigPub, signed, sig))) throw bad("who revokes may not");
  key.revokedAt = directory.size;
}

async function applyWitness(directory, { authority, public: publicKey, issuerKid, status, signed, sig }) {
  const issuer = directory.key(issuerKid);
  if (!issuer || issuer.role !== FOCAL || issuer.authority !== authority || issuer.revokedAt !== null) {
    throw bad("not a live focal point of this authority");
  }
  if (!(await verify(issuer.sigPub, signed, sig))) throw bad("signature");
  if (status === TRUSTED) directory.witnesses.set(authority, publicKey);
  else directory.witnesses.delete(authority);
}

/** The releases of one key are one list, each naming the one before: none can be slipped in, left out or taken back. */
async function applyBuild(directory, build) {
  const last = directory.builds.findLast(([, one]) => equal(one.public, build.public))?.[1];
  const follows = last ? build.prevHash !== null && equal(build.prevHash, await sha256(last.signed)) : build.prevHash === null;
  if (!follows) throw bad("a build that does not follow the last one of its release key");
  directory.builds.push([directory.size, build]);
}
