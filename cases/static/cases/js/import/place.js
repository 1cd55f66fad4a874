// Places the cells of a list into persons: pure, no page, no file, no network. The same rules as client/importers/place.py.
//
// A sheet is {name, rows: [[cell]]}; a cell is null, a string, a number, a boolean or {date: "YYYY-MM-DD"}. The tables are
// client/importers/tables/*.json. What cannot be placed is reported, never guessed: `unplaced` columns, `contradictions`
// of the sheet with itself, `problems` of single cells. A value that has a problem is kept, sealed, as it was written.

export const MOST_ROWS = 1000;
const AGE_BANDS = [[6, "0-5"], [12, "6-11"], [15, "12-14"], [18, "15-17"], [25, "18-24"], [40, "25-39"], [60, "40-59"], [130, "60+"]];

/** "Género " and "genero" are one word; so are "N.º" and "no": without accents, case and punctuation. */
export function plain(value) {
  const text = value === null || value === undefined ? "" : String(value.date ?? value);
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}#]+/gu, " ").trim();
}

function wordIndex(words) {
  const index = new Map();
  for (const [code, names] of Object.entries(words)) {
    for (const name of [code, ...names]) if (!index.has(plain(name))) index.set(plain(name), code);
  }
  return index;
}

export function ageBand(birthDate, age, today) {
  let years = age;
  if (birthDate) {
    const [year, month, day] = birthDate.split("-").map(Number);
    const [nowYear, nowMonth, nowDay] = today.split("-").map(Number);
    years = nowYear - year - (nowMonth < month || (nowMonth === month && nowDay < day) ? 1 : 0);
  }
  if (years === null || years === undefined || years < 0) return "unknown";
  return (AGE_BANDS.find(([limit]) => years < limit) ?? [0, "unknown"])[1];
}

/** A date as people write it. Day before month, as everywhere in the region but the United States; where that cannot be and
 *  month before day can, or where both can and differ, the answer says so. -> {date, doubt: null | "ambiguous_date"} | null */
export function readDate(cell) {
  if (cell === null || cell === undefined || cell === "") return { date: null, doubt: null };
  if (cell.date) return { date: cell.date, doubt: null };
  const text = String(cell).trim();
  let match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(text);
  if (match) return valid(+match[1], +match[2], +match[3], null);
  match = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(text);
  if (!match) return null;
  const [first, second, year] = [+match[1], +match[2], +match[3]];
  if (first > 12) return valid(year, second, first, null);
  if (second > 12) return valid(year, first, second, null);
  return valid(year, second, first, first === second ? null : "ambiguous_date");
}

function valid(year, month, day, doubt) {
  const made = new Date(Date.UTC(year, month - 1, day));
  const real = made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  if (!real || year < 1900) return null;
  return { date: `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`, doubt };
}

/** What kind of list this is, by what its first rows look like: "htcds", "manifest", or null when nothing is recognised. */
export function recognise(sheets, tables) {
  for (const sheet of sheets) {
    if (htcdsHeader(sheet, tables.htcds)) return "htcds";
  }
  return sheets.some((sheet) => manifestHeader(sheet, tables.manifest)) ? "manifest" : null;
}

/** `overrides` {column index: field or null} is what the officer decided about columns that contradict themselves.
 *  -> Preview {kind, sheet, columns, unplaced, contradictions, rows, empty}; kind null when nothing was recognised.
 *  rows: [{line, person: {sex, age_band, citizenship, flags, family?, exploitation?}, sealed: [[field, value]], problems: [{column, value, code}]}] */
export function preview(sheets, tables, today, overrides = {}) {
  const kind = recognise(sheets, tables);
  const countries = wordIndex(tables.countries.words);
  if (kind === "htcds") return previewHtcds(sheets, tables.htcds, { countries, today, overrides });
  if (kind === "manifest") return previewManifest(sheets, tables.manifest, { countries, today, overrides });
  return { kind: null, sheet: sheets[0]?.name ?? "", columns: [], unplaced: [], contradictions: [], rows: [], empty: 0, over: 0 };
}

function decide(columns, overrides) {
  for (const column of columns) if (column.index in overrides) column.field = overrides[column.index];
}

const filled = (cell) => cell !== null && cell !== undefined && String(cell.date ?? cell).trim() !== "";
const shown = (cell) => (cell === null || cell === undefined ? "" : String(cell.date ?? cell).trim());

// --- HTCDS ---------------------------------------------------------------------------------------------------------

function machineName(cell, htcds) {
  const name = shown(cell).split("/").pop();
  if (htcds.fields[name]) return { field: name, misspelt: false };
  return htcds.misspelt[name] ? { field: htcds.misspelt[name], misspelt: true } : null;
}

function htcdsHeader(sheet, htcds) {
  for (let line = 0; line < Math.min(5, sheet.rows.length); line += 1) {
    if (sheet.rows[line].filter((cell) => machineName(cell, htcds)).length >= 3) return { line };
  }
  return null;
}

/** The Excel template has a machine row and a label row that contradict each other; form answers have a machine row only. */
function htcdsColumns(sheet, line, htcds) {
  const byLabel = new Map(Object.entries(htcds.fields).map(([field, row]) => [plain(row.label), field]));
  const heads = sheet.rows[line];
  const labels = (sheet.rows[line + 1] ?? []).map(plain);
  const known = labels.filter((label) => byLabel.has(label)).length;
  const hasLabels = known >= 3;
  const columns = [];
  const contradictions = [];
  for (let index = 0; index < Math.max(heads.length, hasLabels ? sheet.rows[line + 1].length : 0); index += 1) {
    const header = shown(heads[index]);
    const label = hasLabels ? shown(sheet.rows[line + 1][index]) : "";
    if (!header && !label) continue;
    const machine = machineName(heads[index], htcds);
    const labelled = hasLabels ? byLabel.get(plain(label)) : undefined;
    const column = { index, header: header || label, label, field: machine?.field ?? null, note: null };
    if (machine?.misspelt) column.note = "misspelt";
    if (machine && labelled && labelled !== machine.field) {
      column.note = "label_disagrees";
      column.other = labelled;
      contradictions.push({ code: "label_disagrees", column: header, field: machine.field, label, other: labelled });
    } else if (!machine && labelled) {
      Object.assign(column, { field: labelled, note: "header_blank" });
      contradictions.push({ code: "header_blank", column: label, field: labelled, label, other: null });
    } else if (!machine && htcds.form_columns.includes(header)) column.note = "of_the_form";
    columns.push(column);
  }
  for (const column of columns.filter((one) => one.note === "misspelt")) {
    contradictions.push({ code: "misspelt", column: column.header, field: column.field, label: column.label, other: null });
  }
  return { columns, contradictions, first: line + (hasLabels ? 2 : 1) };
}

function previewHtcds(sheets, htcds, { countries, today, overrides }) {
  const sheet = sheets.find((one) => htcdsHeader(one, htcds));
  const { columns, contradictions, first } = htcdsColumns(sheet, htcdsHeader(sheet, htcds).line, htcds);
  decide(columns, overrides);
  const choices = Object.fromEntries(
    Object.entries(htcds.fields).filter(([, row]) => row.choices).map(([field, row]) => [field, wordIndex(choiceWords(row.choices))]),
  );
  const rows = [];
  let empty = 0;
  for (let line = first; line < sheet.rows.length; line += 1) {
    const placed = columns.filter((column) => column.field && filled(sheet.rows[line][column.index]));
    if (placed.length === 0) empty += 1;
    else rows.push(htcdsRow(sheet.rows[line], line + 1, placed, { htcds, countries, choices, today }));
  }
  const unplaced = columns.filter((column) => !column.field && column.note !== "of_the_form").map((column) => column.header);
  return { kind: "htcds", sheet: sheet.name, columns, unplaced, contradictions, rows: rows.slice(0, MOST_ROWS), empty, over: Math.max(0, rows.length - MOST_ROWS) };
}

const choiceWords = (choices) => Object.fromEntries(Object.entries(choices).map(([name, label]) => [name, [label]]));

function htcdsRow(cells, line, placed, context) {
  const { htcds, today } = context;
  const values = {};
  const sealed = [];
  const problems = [];
  for (const column of placed) {
    const cell = cells[column.index];
    const read = readHtcds(cell, column.field, context);
    if (read.problem) problems.push({ column: column.header, value: shown(cell), code: read.problem });
    values[column.field] = read.value;
    sealed.push([column.field, Array.isArray(read.value) ? read.value.join(";") : read.value ?? shown(cell)]);
  }
  const country = Array.isArray(values.prs_Citizenship) ? values.prs_Citizenship[0] : values.prs_Citizenship;
  const person = {
    sex: htcds.coded.prs_Gender[values.prs_Gender] ?? "unknown",
    age_band: ageBand(values.prs_Birthdate, null, today),
    citizenship: country ?? "XX",
    flags: [],
  };
  const named = Object.entries(htcds.sealed_names).filter(([field]) => values[field]);
  const full = ["prs_FirstName", "prs_MiddleName", "prs_SecondName"].map((field) => values[field]).filter(Boolean).join(" ");
  if (full) sealed.unshift(["name", full]);
  for (const [field, name] of named) if (!name.endsWith("_name")) sealed.push([name, values[field]]);
  if (Array.isArray(values.vic_TypeOfExploitation)) {
    person.exploitation = values.vic_TypeOfExploitation.map((code) => htcds.coded.vic_TypeOfExploitation[code]);
  }
  return { line, person, sealed, problems };
}

function readHtcds(cell, field, { htcds, countries, choices }) {
  const { type } = htcds.fields[field];
  const text = shown(cell);
  if (type === "date") {
    const read = readDate(cell);
    return read ? { value: read.date, problem: read.doubt } : { value: text, problem: "not_a_date" };
  }
  if (type === "country") return readSeveral(text, countries, "unknown_country");
  if (type === "choices") return readSeveral(text, choices[field], "unknown_value");
  if (type === "choice") {
    const code = choices[field].get(plain(text));
    return code ? { value: code, problem: null } : { value: text, problem: "unknown_value" };
  }
  if (type === "number") {
    const number = Number(text.replace(",", "."));
    return Number.isFinite(number) ? { value: text, problem: null } : { value: text, problem: "not_a_number" };
  }
  return { value: text, problem: null };
}

/** Excel joins labels with ";", form answers join names with spaces. Nothing is dropped: what is unknown is a problem. */
function readSeveral(text, index, code) {
  const whole = index.get(plain(text));
  if (whole) return { value: [whole], problem: null };
  const parts = text.includes(";") ? text.split(";") : text.split(/\s+/);
  const found = parts.map((part) => index.get(plain(part)));
  if (found.every(Boolean)) return { value: [...new Set(found)], problem: null };
  const known = [...new Set(found.filter(Boolean))];
  return { value: known.length ? known : text, problem: code };
}

// --- Manifest ------------------------------------------------------------------------------------------------------

function manifestHeader(sheet, manifest) {
  const index = wordIndex(manifest.columns);
  let best = null;
  for (let line = 0; line < Math.min(15, sheet.rows.length); line += 1) {
    const fields = new Set(sheet.rows[line].map((cell) => (filled(cell) ? index.get(plain(cell)) : undefined)).filter(Boolean));
    const named = fields.has("name") || fields.has("given_name") || fields.has("family_name") || fields.has("first_family_name");
    if (named && fields.size >= 2 && (!best || fields.size > best.size)) best = { line, size: fields.size };
  }
  return best;
}

function manifestColumns(sheet, line, manifest) {
  const index = wordIndex(manifest.columns);
  const taken = new Map();
  const contradictions = [];
  const columns = sheet.rows[line].map((cell, place) => ({ index: place, header: shown(cell), label: "", field: index.get(plain(cell)) ?? null, note: null }));
  for (const column of columns.filter((one) => one.field)) {
    if (taken.has(column.field)) {
      contradictions.push({ code: "column_twice", column: column.header, field: column.field, label: "", other: taken.get(column.field) });
      Object.assign(column, { field: null, note: "column_twice" });
    } else taken.set(column.field, column.header);
  }
  return { columns: columns.filter((one) => one.header), contradictions };
}

function previewManifest(sheets, manifest, { countries, today, overrides }) {
  const found = sheets.map((sheet) => ({ sheet, header: manifestHeader(sheet, manifest) })).filter((one) => one.header);
  const { sheet, header } = found.reduce((best, one) => (one.header.size > best.header.size ? one : best));
  const { columns, contradictions } = manifestColumns(sheet, header.line, manifest);
  decide(columns, overrides);
  const context = { countries, sexes: wordIndex(manifest.sexes), flags: flagWords(manifest.flags), today, families: new Map() };
  const rows = [];
  let empty = 0;
  for (let line = header.line + 1; line < sheet.rows.length; line += 1) {
    const placed = columns.filter((column) => filled(sheet.rows[line][column.index]));
    if (placed.filter((column) => column.field && column.field !== "number").length === 0) empty += 1;
    else rows.push(manifestRow(sheet.rows[line], line + 1, placed, context));
  }
  const unplaced = columns.filter((column) => !column.field).map((column) => column.header);
  return { kind: "manifest", sheet: sheet.name, columns, unplaced, contradictions, rows: rows.slice(0, MOST_ROWS), empty, over: Math.max(0, rows.length - MOST_ROWS) };
}

const flagWords = (flags) => Object.entries(flags).map(([code, words]) => [code, words.map(plain)]);

function manifestRow(cells, line, placed, context) {
  const values = Object.fromEntries(placed.filter((one) => one.field).map((one) => [one.field, cells[one.index]]));
  const problems = [];
  const report = (field, code) => {
    const column = placed.find((one) => one.field === field);
    problems.push({ column: column?.header ?? field, value: shown(values[field]), code });
  };
  const birth = readDate(values.birth_date ?? null);
  if (birth === null) report("birth_date", "not_a_date");
  else if (birth.doubt) report("birth_date", birth.doubt);
  const age = readAge(values.age, report);
  const sex = context.sexes.get(plain(values.sex)) ?? null;
  if (sex === null) report("sex", "unknown_value");
  const citizenship = filled(values.citizenship) ? context.countries.get(plain(values.citizenship)) : "XX";
  if (!citizenship) report("citizenship", "unknown_country");
  const person = {
    sex: sex ?? "unknown",
    age_band: ageBand(birth?.date ?? null, age, context.today),
    citizenship: citizenship ?? "XX",
    flags: readFlags(values.flags, context.flags),
  };
  if (filled(values.family)) person.family = familyRef(shown(values.family), context.families);
  const sealed = sealManifest(values, birth?.date ?? null);
  if (!sealed.some(([field]) => field === "name")) problems.push({ column: "", value: "", code: "no_name" });
  // A column that has no place in a case is not thrown away: it is kept, sealed, among the notes.
  const rest = placed.filter((one) => !one.field).map((one) => `${one.header}: ${shown(cells[one.index])}`);
  const notes = [shown(values.notes), shown(values.flags), ...rest].filter(Boolean).join("\n");
  if (notes) sealed.push(["notes", notes]);
  return { line, person, sealed, problems };
}

function readAge(cell, report) {
  if (!filled(cell)) return null;
  const match = /^(\d{1,3})(?:[.,]0)?(?:\s.*)?$/.exec(shown(cell));
  const age = match ? Number(match[1]) : NaN;
  if (Number.isInteger(age) && age < 130) return age;
  report("age", "not_a_number");
  return null;
}

function readFlags(cell, words) {
  const text = ` ${plain(cell)} `;
  return words.filter(([, names]) => names.some((name) => text.includes(` ${name} `))).map(([code]) => code);
}

function familyRef(label, families) {
  const key = plain(label);
  if (!families.has(key)) families.set(key, `F${families.size + 1}`);
  return families.get(key);
}

function sealManifest(values, birthDate) {
  const parts = ["given_name", "first_family_name", "family_name", "second_family_name"].map((field) => shown(values[field]));
  const name = shown(values.name) || parts.filter(Boolean).join(" ");
  const pairs = [
    ["name", name],
    ["other_names", shown(values.original_name)],
    ["birth_date", birthDate ?? shown(values.birth_date)],
    ["document", shown(values.document)],
    ["phone", shown(values.phone)],
    ["address", shown(values.address)],
  ];
  return pairs.filter(([, value]) => value);
}
