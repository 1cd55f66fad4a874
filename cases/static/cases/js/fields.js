// Forms of acts: turns the fields that the server rendered into the values of an act, and shows what was refused beside them.

import { icon } from "liaison/dom.js";
import { t } from "liaison/i18n.js";

const moment = (text) => `${new Date(text).toISOString().slice(0, 16)}Z`;

const checked = (field) => [...field.querySelectorAll("input:checked")].map((input) => input.value);
const own = (field) => field.querySelector("select, input");

// Each answers the value, or undefined where nothing was given.
const READERS = {
  one_of: (field) => (field.querySelector("select") ? own(field).value || undefined : checked(field)[0]),
  some_of: (field) => (checked(field).length || field.dataset.required ? checked(field) : undefined),
  refs: (field) => (checked(field).length ? checked(field) : undefined),
  keys: (field) => (checked(field).length ? checked(field) : undefined),
  key: (field) => checked(field)[0],
  flag: (field) => own(field).checked,
  number: (field) => (own(field).value === "" ? undefined : Number(own(field).value)),
  moment: (field) => (own(field).value ? moment(own(field).value) : undefined),
};
const plainValue = (field) => own(field)?.value.trim() || undefined;

/** The fields of `root` itself, without those of editors nested in it. */
export function fieldsOf(root) {
  return [...root.querySelectorAll("[data-field]")].filter((field) => {
    const around = field.parentElement.closest("[data-person], form, [data-fields]");
    return around === root || (root.matches("form, dialog") && !field.parentElement.closest("[data-person]"));
  });
}

/** -> {name: value} of everything that was filled in. Editors of persons are read by their own module. */
export function readFields(root) {
  const values = {};
  for (const field of fieldsOf(root)) {
    if (field.dataset.type === "objects") continue;
    const value = (READERS[field.dataset.type] || plainValue)(field);
    if (value !== undefined) values[field.dataset.field] = value;
  }
  return values;
}

function showError(line, text) {
  line.replaceChildren(...(text ? [icon("warn", "icon-s"), text] : []));
  line.hidden = !text;
}

export function clearErrors(root) {
  for (const line of root.querySelectorAll("[data-error], [data-error-for]")) showError(line, "");
  for (const input of root.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

/** Required fields that are empty get their sentence. -> true when nothing is missing. */
export function complete(root) {
  let first = null;
  for (const field of fieldsOf(root)) {
    const required = field.querySelector("[required]");
    if (!required || field.dataset.type === "objects") continue;
    const value = (READERS[field.dataset.type] || plainValue)(field);
    if (value !== undefined && value !== false) continue;
    markField(field, t("This is missing."));
    first ??= required;
  }
  first?.focus();
  return !first;
}

export function markField(field, text) {
  const line = field.querySelector(":scope > [data-error]") || field.querySelector("[data-error]");
  if (line) showError(line, text);
  own(field)?.setAttribute("aria-invalid", "true");
}

/** Puts the sentences of a refusal {path: sentence} beside their fields; what has no field goes under the form. */
export function showRefusal(root, message, fields = {}) {
  const rest = [];
  for (const [path, sentence] of Object.entries(fields)) {
    const field = fieldAt(root, path);
    if (field) markField(field, sentence);
    else rest.push(sentence);
  }
  const line = root.querySelector('[data-error-for="act"]');
  if (line) showError(line, rest.length ? rest.join(" ") : Object.keys(fields).length ? "" : message);
  root.querySelector('[aria-invalid="true"]')?.focus();
}

function fieldAt(root, path) {
  const [name, place, inner] = path.split(".");
  const outer = fieldsOf(root).find((field) => field.dataset.field === name);
  if (!outer || place === undefined) return outer;
  const person = outer.querySelectorAll("[data-person]")[Number(place)];
  return person?.querySelector(`[data-field="${CSS.escape(inner ?? "")}"]`) || outer;
}

/** Names of countries and languages in the reader's language, sorted as the reader sorts. */
export function nameCodes(root) {
  const language = document.documentElement.lang;
  for (const select of root.querySelectorAll("select[data-names]")) {
    const names = new Intl.DisplayNames(language, { type: select.dataset.names });
    const options = [...select.options].filter((option) => option.value && option.text === option.value);
    for (const option of options) option.text = names.of(option.value) || option.value;
    options.sort((one, other) => one.text.localeCompare(other.text, language));
    select.append(...options);
  }
}

export function nameCountries(root) {
  const names = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
  for (const node of root.querySelectorAll("[data-country]")) node.textContent = countryName(node.dataset.country, names);
}

function countryName(code, names) {
  if (code === "XX") return t("Country not known");
  if (code === "XA") return t("Stateless");
  return names.of(code) || code;
}

const two = (n) => String(n).padStart(2, "0");
const localDay = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** What an officer would write most often: today, and now. */
export function suggestDates(root) {
  const now = new Date();
  for (const field of fieldsOf(root)) {
    const input = field.querySelector("input");
    if (!input || input.value) continue;
    if (field.dataset.field === "on" && field.dataset.type === "date") input.value = localDay(now);
    if (field.dataset.field === "at" && field.dataset.type === "moment") input.value = `${localDay(now)}T${two(now.getHours())}:${two(now.getMinutes())}`;
  }
}

/** The sealed fields filled in under `root`: [[name, text], ...]. */
export function readSealed(root) {
  const pairs = [];
  for (const field of root.querySelectorAll("[data-sealed-field]")) {
    const value = field.querySelector("input, textarea").value.trim();
    if (value) pairs.push([field.dataset.sealedField, value]);
  }
  return pairs;
}
