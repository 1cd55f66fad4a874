// The board follows the cases of the authority as they move. Status only: no key is needed, and none is used.

import { get } from "liaison/api.js";
import { byId, part } from "liaison/dom.js";
import { localiseTimes, t } from "liaison/i18n.js";
import { socket } from "liaison/socket.js";

const root = document.querySelector("[data-board]");
const query = root.dataset.query;
const AFTER_A_FRAME = 250;
const TEXTS = ["code", "urgent_label", "kind_label", "stage_label", "partner_names", "post_names", "due_label", "waiting_label", "reason_label", "persons"];

const filters = root.querySelector("[data-filters]");
filters.addEventListener("change", () => filters.requestSubmit());

/** A row as the server would have rendered it, with the same keys. */
function render(row) {
  const made = byId("row-template").content.querySelector("tr").cloneNode(true);
  made.dataset.code = row.code;
  if (row.urgent) made.dataset.urgent = "true";
  for (const name of TEXTS) part(made, name).textContent = row[name] ?? "";
  part(made, "code").href = row.url;
  part(made, "urgent_label").hidden = !row.urgent;
  const progress = part(made, "progress");
  progress.max = row.steps || 1;
  progress.value = row.step || 0;
  const clock = part(made, "clock");
  clock.hidden = !row.due_at;
  clock.dataset.state = row.clock ?? "";
  part(made, "due_at").dateTime = row.due_at ?? "";
  const waiting = part(made, "waiting_label");
  waiting.hidden = !row.waiting_label;
  waiting.dataset.tone = row.waiting_us ? "warn" : "calm";
  part(made, "last").textContent = row.last?.sentence ?? "";
  const when = part(made, "last_at");
  when.dateTime = row.last?.at ?? "";
  if (!row.last?.at) when.remove();
  return made;
}

const shown = (row) => [...row.querySelectorAll("[data-part]")].map((node) => `${node.textContent}|${node.dataset.state ?? ""}`).join("/");

function place(rows) {
  const body = part(root, "rows");
  const before = new Map([...body.children].map((row) => [row.dataset.code, row]));
  const made = rows.map(render);
  for (const row of made) localiseTimes(row);
  const moved = made.filter((row) => !before.has(row.dataset.code) || shown(before.get(row.dataset.code)) !== shown(row));
  const focused = document.activeElement?.closest("tr")?.dataset.code;
  body.replaceChildren(...made);
  if (focused) body.querySelector(`[data-code="${CSS.escape(focused)}"] a`)?.focus();
  part(root, "list").hidden = rows.length === 0;
  part(root, "none").hidden = rows.length > 0;
  for (const row of moved) row.dataset.fresh = "true";
  const newest = moved.length === 1 ? rows.find((row) => row.code === moved[0].dataset.code) : null;
  if (newest) part(root, "live").textContent = t("{code}: {step}", { code: newest.code, step: newest.last?.sentence ?? newest.stage_label });
}

function count({ totals, counts }) {
  for (const tally of root.querySelectorAll("[data-total]")) part(tally, "n").textContent = totals[tally.dataset.total] ?? 0;
  for (const card of root.querySelectorAll("[data-kind]")) {
    const stages = counts.filter((one) => one.kind === card.dataset.kind);
    part(card, "total").textContent = stages.reduce((sum, one) => sum + one.n, 0);
    for (const stage of card.querySelectorAll("[data-stage]")) {
      const n = stages.find((one) => one.stage === stage.dataset.stage)?.n ?? 0;
      part(stage, "n").textContent = n;
      if (stage.dataset.state !== "now") stage.dataset.state = n ? "done" : "next";
    }
  }
}

let waiting = null;
let again = false;

async function refresh() {
  if (waiting) {
    again = true;
    return;
  }
  waiting = (async () => {
    const paged = new URLSearchParams(location.search).get("after");
    const list = `/api/cases?${query}${paged ? `&after=${encodeURIComponent(paged)}` : ""}`;
    const [{ cases }, numbers] = await Promise.all([get(list), get("/api/cases/board")]);
    place(cases);
    count(numbers);
  })();
  await waiting.catch(() => null); // the next frame or the next visit tries again
  waiting = null;
  if (again) {
    again = false;
    refresh();
  }
}

let timer = 0;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, AFTER_A_FRAME);
}

socket.addEventListener("board", soon);
let greeted = false;
socket.addEventListener("hello", () => {
  if (greeted) soon(); // the line was gone: something may have moved meanwhile
  greeted = true;
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon());
