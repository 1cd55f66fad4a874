// The protocol in node: known answers, every rule as an attack, with the KEM of this machine and with the forced fallback.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forceFallback, kemSource } from "../../sealed/js/suite.js";
import { runAttacks, runCheckpoints, runFiles, runPasskeys, runVectors } from "./run_vectors.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../../sealed/vectors/${name}.json`, import.meta.url)));

const allGood = (results, atLeast) => {
  assert.ok(results.length >= atLeast, `${results.length} results prove too little`);
  assert.deepEqual(results.filter(({ ok }) => !ok), []);
};

test("known answers hold", async () => allGood(await runVectors(read("vectors")), 250));

test("no host can shrink, fork or rewrite the key log unseen", async () => allGood(await runCheckpoints(read("checkpoints")), 40));

test("a security key opens its own slot only", async () => allGood(await runPasskeys(read("passkeys")), 15));

test("a file opens whole or not at all", async () => allGood(await runFiles(read("files")), 50));

test("every rule refuses its attack and lets its lawful twin pass", async () => allGood(await runAttacks(read("attacks")), 120));

test("the same with the JavaScript KEM forced", async () => {
  forceFallback(true);
  assert.equal(await kemSource(), "fallback");
  allGood(await runAttacks(read("attacks")), 120);
  forceFallback(false);
});
