// Words, plurals and times in the language of the page and the zone of the reader. The catalogue is a static file made
// from the .po files; msgids are the English texts.

export const language = globalThis.document?.documentElement.lang || "en";
const catalogue = () => globalThis.enlaceCatalogue || {};
const plural = new Intl.PluralRules(language);

function place(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text in the reader's language with {name} replaced from `values`. Never HTML: it goes into textContent. */
export function t(msgid, values = {}) {
  const found = catalogue()[msgid];
  return place(typeof found === "string" ? found : msgid, values);
}

/** One of two texts by number; {n} is the number. The catalogue's key is the singular. */
export function tn(one, many, n, values = {}) {
  const found = catalogue()[one];
  const forms = Array.isArray(found) ? found : [one, many];
  return place(plural.select(n) === "one" ? forms[0] : forms[1], { n: number(n), ...values });
}

const cache = new Map();
function format(key, options) {
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(language, options));
  return cache.get(key);
}

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const asDate = (when) => (when instanceof Date ? when : new Date(when));
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export const number = (n) => new Intl.NumberFormat(language).format(n);
/** "14:05" */
export const hour = (when) => format("hour", HOUR).format(asDate(when));
/** "4 November 2025, 14:05 CST": for titles, where nothing may be left to guess. */
export const full = (when) => format("full", { dateStyle: "long", timeStyle: "long" }).format(asDate(when));
/** "23 de noviembre de 2028", for what ends on a day. */
export const date = (when) => format("date", { dateStyle: "long" }).format(asDate(when));

/** A list in words: "Ana, Bashir and Carmen". */
export const list = (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items);

/** The day as people say it: "Today", "Yesterday", "Tuesday 4 November", with the year when it is another one. */
export function day(when, now = new Date()) {
  const date = asDate(when);
  const apart = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (apart === 0) return t("Today");
  if (apart === 1) return t("Yesterday");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const words = format(`day${year}`, { weekday: "long", day: "numeric", month: "long", year }).format(date);
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
}

/** Short for lists: "14:05" today, "Yesterday", "4 Nov", "4 Nov 2024". */
export function brief(when, now = new Date()) {
  const date = asDate(when);
  const apart = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (apart === 0) return hour(date);
  if (apart === 1) return t("Yesterday");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(`brief${year}`, { day: "numeric", month: "short", year }).format(date);
}

/** "in 3 hours", "2 days ago". */
export function relative(when, now = Date.now()) {
  const seconds = (asDate(when).getTime() - now) / 1000;
  const steps = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) || ["minute", 60];
  if (!cache.has("relative")) cache.set("relative", new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  return cache.get("relative").format(Math.trunc(seconds / size), unit);
}

const SHOWN = { at: hour, day, brief, full, ago: relative, when: (date) => `${brief(date)}${isToday(date) ? "" : ` ${hour(date)}`}` };
const isToday = (date) => midnight(asDate(date)) === midnight(new Date());

/** Rewrite every <time datetime data-time="at|day|brief|full|ago|when"> under `root` into the reader's zone. */
export function localiseTimes(root = document) {
  for (const node of root.querySelectorAll("time[datetime][data-time]")) {
    const date = new Date(node.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    node.textContent = (SHOWN[node.dataset.time] || hour)(date);
    node.title = full(date);
  }
}
