// Who is brought in follows from verified acts: a lying host names nobody.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "enlace-desks-"));
await build({ entryPoints: ["cases/static/cases/js/desks.js"], bundle: true, format: "esm", outfile: join(folder, "desks.mjs"), alias: { sealed: "./sealed/js" } });
const { officersToBringIn } = await import(join(folder, "desks.mjs"));

const BASHIR = "bashir0";
const GHOST = "ghost00";
const directory = { key: (bytes) => ({ authority: Buffer.from(bytes).equals(Buffer.from(BASHIR, "base64url")) ? "MX" : "GT" }) };
const act = (eventId, authority, body, state = "ok") => ({ kind: "act", state, eventId, sender: { authority }, act: body });
const proposal = act("e1", "HN", { act: "referral.propose", to: "MX" });
const acceptance = (officers, authority = "MX", state = "ok") => act("e2", authority, { act: "referral.accept", reply_to: "e1", officers }, state);
const state = (once = []) => ({ spans: new Map(once.map((kid) => [kid, []])) });

test("the officers that the desk named are brought in", () => assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR])], state(), directory), [BASHIR]));
test("an officer of another authority is not", () => assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR, GHOST])], state(), directory), [BASHIR]));
test("an acceptance of the wrong desk names nobody", () => assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR], "GT")], state(), directory), []));
test("an act that failed its checks names nobody", () => assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR], "MX", "failed")], state(), directory), []));
test("who was taken out stays out", () => assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR])], state([BASHIR]), directory), []));
test("a revoked referral brings nobody", () =>
  assert.deepEqual(officersToBringIn([proposal, acceptance([BASHIR]), act("e3", "HN", { act: "referral.revoke", reply_to: "e1" })], state(), directory), []));
