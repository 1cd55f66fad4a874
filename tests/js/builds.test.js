// Which releases of the pages a key log announces: the logs of sealed/vectors/builds.json, as Python reads them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { unb64u } from "../../sealed/js/bytes.js";
import { replay } from "../../sealed/js/keylog.js";

const { rows } = JSON.parse(readFileSync(new URL("../../sealed/vectors/builds.json", import.meta.url)));

test("both languages take and refuse the same releases", async (all) => {
  assert.ok(rows.length > 12);
  for (const { name, leaves, rejected, builds } of rows) {
    await all.test(name, async () => {
      const log = await replay(leaves.map(unb64u));
      assert.deepEqual(Object.fromEntries(log.rejected), rejected);
      assert.deepEqual(log.builds.map(([index, build]) => [index, build.version]), builds);
    });
  }
});
