// Lists are placed the same in JavaScript as in Python: tests/importers/test_lists.py holds the same expectations, both read
// tests/data/manifest.expected.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Papa from "papaparse";
import { ageBand, preview, readDate } from "../../cases/static/cases/js/import/place.js";

const here = (path) => new URL(path, import.meta.url);
const read = (path) => JSON.parse(readFileSync(here(path)));
const tables = Object.fromEntries(["countries", "htcds", "manifest"].map((name) => [name, read(`../../client/importers/tables/${name}.json`)]));

test("a manifest is placed as the shared expectation says", () => {
  const rows = Papa.parse(readFileSync(here("../data/manifest.csv"), "utf8"), { skipEmptyLines: "greedy" }).data.map((row) => row.map((cell) => cell || null));
  const seen = preview([{ name: "manifest.csv", rows }], tables, "2026-11-23");
  const expected = read("../data/manifest.expected.json");
  assert.deepEqual({ kind: seen.kind, unplaced: seen.unplaced, contradictions: seen.contradictions, rows: seen.rows }, expected);
});

test("the official HTCDS template contradicts itself in the ways that we report", () => {
  const sheet = read("../data/htcds.sheet.json");
  const seen = preview([sheet], tables, "2026-11-23");
  assert.equal(seen.kind, "htcds");
  assert.deepEqual(seen.contradictions.map(({ code, field }) => `${code} ${field}`), read("../data/htcds.expected.json").contradictions);
  assert.deepEqual(seen.rows, read("../data/htcds.expected.json").rows);
});

test("an officer's decision about a column wins over both headers", () => {
  const sheet = read("../data/htcds.sheet.json");
  const seen = preview([sheet], tables, "2026-11-23", { 13: "prs_MailingStreet" });
  assert.ok(seen.rows[0].sealed.some(([name]) => name === "prs_MailingStreet"));
});

test("a list without any column that we know is said to be none", () => {
  assert.equal(preview([{ name: "x", rows: [["a", "b"], ["1", "2"]] }], tables, "2026-11-23").kind, null);
});

test("dates and ages", () => {
  assert.deepEqual(readDate("31/12/1999"), { date: "1999-12-31", doubt: null });
  assert.deepEqual(readDate("12/31/1999"), { date: "1999-12-31", doubt: null });
  assert.deepEqual(readDate("3/4/1999"), { date: "1999-04-03", doubt: "ambiguous_date" });
  assert.equal(readDate("30/2/1999"), null);
  assert.equal(ageBand("2008-11-24", null, "2026-11-23"), "15-17");
  assert.equal(ageBand("2008-11-23", null, "2026-11-23"), "18-24");
  assert.equal(ageBand(null, null, "2026-11-23"), "unknown");
});
