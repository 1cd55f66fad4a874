// Imports a list: reads it in this browser, shows what it understood and what not, then seals it into cases. The server sees
// coded facts and ciphertext, never the file.

import { busy, badge, byId, h, icon, part, pageData } from "liaison/dom.js";
import { list, number, t, tn } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { showStep } from "liaison/steps.js";
import { strongroom } from "liaison/strongroom.js";
import { preview } from "cases/import/place.js";
import { readTable } from "cases/import/read_table.js";
import { sealLists } from "cases/import/seal.js";
import { followLock } from "cases/lock.js";
import countries from "../../../../client/importers/tables/countries.json";
import htcds from "../../../../client/importers/tables/htcds.json";
import manifest from "../../../../client/importers/tables/manifest.json";

const TABLES = { countries, htcds, manifest };
const ROWS_SHOWN = 12;
const PROBLEMS_SHOWN = 50;
const root = document.querySelector("[data-import]");
const { kinds } = pageData();
const kindOf = (code) => kinds.find((kind) => kind.code === code);
let sheets = null;
let seen = null;
const overrides = {};

followLock();

const today = () => {
  const now = new Date();
  return [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
};

// --- 1 The file ------------------------------------------------------------------------------------------------------------

function fileError(text) {
  const line = root.querySelector('[data-error-for="file"]');
  line.replaceChildren(...(text ? [icon("warn", "icon-s"), text] : []));
  line.hidden = !text;
}

async function take(file) {
  fileError("");
  try {
    sheets = await readTable(file);
  } catch (error) {
    fileError(say(error));
    return;
  }
  for (const key of Object.keys(overrides)) delete overrides[key];
  look();
  if (!seen.kind) fileError(t("No column of this list is one Enlace knows. Give the first row names such as Name, Sex, Date of birth, Nationality."));
  else if (seen.rows.length === 0) fileError(t("This list has columns but no person. The template is empty; fill in a row for each person."));
  if (seen.kind) showStep(root, "check");
  if (seen.kind && seen.rows.length === 0) showStep(root, "file");
}

const drop = part(root, "drop");
part(root, "file").addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]));
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.dataset.over = "true";
});
drop.addEventListener("dragleave", () => delete drop.dataset.over);
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
part(root, "again").addEventListener("click", () => {
  part(root, "file").value = "";
  showStep(root, "file");
});

// --- 2 What was understood ---------------------------------------------------------------------------------------------------

const FIELDS = {
  number: () => t("Number in the list"), name: () => t("Full name"), given_name: () => t("Given names"), family_name: () => t("Family name"),
  first_family_name: () => t("First family name"), second_family_name: () => t("Second family name"), original_name: () => t("Name in its own script"),
  sex: () => t("Sex"), birth_date: () => t("Date of birth"), age: () => t("Age"), citizenship: () => t("Citizenship"), document: () => t("Document"),
  family: () => t("Family"), phone: () => t("Telephone"), flags: () => t("Care needs"), address: () => t("Address"), notes: () => t("Notes"),
};
const PROBLEMS = {
  ambiguous_date: () => t("Day and month could be exchanged; read as day first"), not_a_date: () => t("Not a date"),
  unknown_country: () => t("No country of this name"), unknown_value: () => t("Not in the list of values"),
  not_a_number: () => t("Not a number"), no_name: () => t("No name in this row"),
};
const fieldName = (field) => (seen.kind === "htcds" ? htcds.fields[field]?.label ?? field : FIELDS[field]?.() ?? field);

function look() {
  seen = preview(sheets, TABLES, today(), overrides);
  part(root, "summary").replaceChildren(...summary());
  part(root, "columns").replaceChildren(...columns());
  part(root, "problems").replaceChildren(...problems());
  part(root, "preview").replaceChildren(table());
}

function summary() {
  const people = tn("{n} person was read.", "{n} persons were read.", seen.rows.length);
  const kind = seen.kind === "htcds"
    ? t("An HTCDS list: each row becomes a case of trafficking.")
    : t("A manifest: all rows become one case of return by land.");
  const more = [];
  if (seen.over) more.push(h("div", { class: "banner", "data-tone": "bad" }, icon("warn"), h("p", {}, tn("{n} row more than 1,000 was left out. Split the list.", "{n} rows more than 1,000 were left out. Split the list.", seen.over))));
  return [h("h2", {}, people), h("p", { class: "muted" }, kind), ...more];
}

const WHY = {
  label_disagrees: () => t("The two headers of this column disagree. Which one is right?"),
  header_blank: () => t("The machine name is missing; placed by its label."),
  misspelt: () => t("The name is misspelt in the official file; it was recognised."),
  column_twice: () => t("A second column of the same name; it goes to the notes."),
};

/** Contradictions and columns without a place, each with the choice that settles it. */
function columns() {
  const odd = seen.columns.filter((column) => column.note && column.note !== "of_the_form" || (!column.field && column.note !== "of_the_form"));
  if (!odd.length) return [h("p", { class: "row" }, badge(t("Every column has its place"), "good", "check"))];
  return [
    h("h3", {}, tn("{n} column needs a look", "{n} columns need a look", odd.length)),
    h("ul", { class: "rows card card-flush" }, ...odd.map(columnRow)),
  ];
}

function columnRow(column) {
  const contradiction = seen.contradictions.find((one) => one.column === column.header);
  const why = contradiction ? WHY[contradiction.code]() : t("No field for this column; kept, sealed, among the notes.");
  return h("li", { class: "list-row import-column", "data-column": column.index },
    h("span", { class: "row-main" }, h("span", { class: "row-title" }, h("span", { class: "text" }, column.header)), h("span", { class: "row-sub wrap" }, why)),
    chooser(column, contradiction));
}

function chooser(column, contradiction) {
  const id = `column-${column.index}`;
  const fields = seen.kind === "htcds" ? Object.keys(htcds.fields) : Object.keys(FIELDS);
  const first = [column.field, contradiction?.field, contradiction?.other].filter(Boolean);
  const options = [...new Set([...first, ...fields])].map((field) => h("option", { value: field, selected: field === column.field }, fieldName(field)));
  const select = h("select", { id, class: "input", "aria-label": t("Field of the column {name}", { name: column.header }) },
    h("option", { value: "", selected: !column.field }, seen.kind === "htcds" ? t("Leave out") : t("Notes")), ...options);
  select.addEventListener("change", () => {
    overrides[column.index] = select.value || null;
    look();
    byId(id)?.focus();
  });
  return select;
}

function problems() {
  const all = seen.rows.flatMap((row) => row.problems.map((problem) => ({ ...problem, line: row.line })));
  if (!all.length) return [];
  const shown = all.slice(0, PROBLEMS_SHOWN).map(({ line, column, value, code }) =>
    h("li", {}, h("b", {}, t("Row {line}", { line: number(line) })), " ", [column, value && `“${value}”`].filter(Boolean).join(": "), " · ", PROBLEMS[code]()));
  return [h("details", { class: "card", open: all.length <= 8 },
    h("summary", { class: "strong" }, tn("{n} value could not be placed. It is kept, sealed, as it was written.", "{n} values could not be placed. They are kept, sealed, as they were written.", all.length)),
    h("ul", { class: "import-problems" }, ...shown),
    all.length > shown.length ? h("p", { class: "muted" }, tn("and {n} more", "and {n} more", all.length - shown.length)) : "")];
}

const sealedOf = (row, field) => String(row.sealed.find(([name]) => name === field)?.[1] ?? "");

function table() {
  const regions = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
  const labels = Object.fromEntries(kindOf("land_return").acts.find((act) => act.name === "case.open").fields.find((one) => one.name === "persons").fields
    .filter((one) => one.values).map((one) => [one.name, new Map(one.values.map(({ code, label }) => [code, label]))]));
  const country = (code) => (code === "XX" ? "?" : code === "XA" ? t("Stateless") : regions.of(code) ?? code);
  const heads = [t("Row"), t("Full name"), t("Sex"), t("Age"), t("Citizenship"), t("Family"), t("Care needs")];
  const rows = seen.rows.slice(0, ROWS_SHOWN).map((row) => {
    const cells = [number(row.line), sealedOf(row, "name") || "—", labels.sex.get(row.person.sex), labels.age_band.get(row.person.age_band),
      country(row.person.citizenship), row.person.family ?? "", list(row.person.flags.map((flag) => labels.flags.get(flag) ?? flag))];
    return h("tr", {}, ...cells.map((text, at) => h("td", { "data-label": heads[at], dir: at === 1 ? "auto" : null }, text ?? "")));
  });
  const rest = seen.rows.length - rows.length;
  return h("div", {},
    h("table", { class: "table table-cards" }, h("caption", { class: "visually-hidden" }, t("The first persons as they were read")),
      h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, ...rows)),
    rest > 0 ? h("p", { class: "muted pad" }, tn("and {n} more", "and {n} more", rest)) : "");
}

// --- 3 Sealing -----------------------------------------------------------------------------------------------------------------

async function send() {
  const room = await strongroom.open();
  await strongroom.syncDirectory();
  showStep(root, "send");
  const progress = part(root, "progress");
  progress.max = seen.rows.length;
  const opening = { desk: byId("import-desk").value, handling: byId("import-handling").value };
  const kind = kindOf(seen.kind === "htcds" ? "trafficking" : "land_return");
  const codes = await sealLists(room, seen, kind, opening, (done) => (progress.value = done));
  part(root, "result").replaceChildren(
    h("div", { class: "banner", "data-tone": "good" }, icon("check"),
      h("p", {}, tn("{n} case was opened. Its names are sealed; only you can read them until you bring others in.", "{n} cases were opened. Their names are sealed; only you can read them until you bring others in.", codes.length))),
    h("ul", { class: "rows card card-flush" }, ...codes.slice(0, 40).map((code) => h("li", {}, h("a", { class: "list-row code", href: `/cases/${code}/` }, code)))),
    h("div", { class: "form-actions" }, h("a", { class: "button button-primary", href: codes.length === 1 ? `/cases/${codes[0]}/` : "/cases/" }, t("Go on"))));
}

part(root, "send").addEventListener("click", async (event) => {
  try {
    await busy(event.currentTarget, send);
  } catch (error) {
    if (error.code === "locked") return;
    const opened = error.opened?.length ? tn("{n} case was opened before it stopped.", "{n} cases were opened before it stopped.", error.opened.length) : "";
    part(root, "result").replaceChildren(
      h("div", { class: "banner", "data-tone": "bad", role: "alert" }, icon("warn"),
        h("p", {}, [say(error), ...Object.values(error.fields ?? {}), opened].filter(Boolean).join(" "))),
      h("div", { class: "form-actions" }, h("button", { class: "button", type: "button", "data-back": "" }, t("Back to the check"))));
    root.querySelector("[data-back]").addEventListener("click", () => showStep(root, "check"));
  }
});
