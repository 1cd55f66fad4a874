// Building and filling the page. Text goes in by textContent only; markup comes from <template> elements or from `h`.

import { t } from "liaison/i18n.js";

/** The element with this id, or null. */
export const byId = (id) => document.getElementById(id);

/** A new element: h("p", {class: "muted", "data-x": 1, onclick: f}, "text", child, null). Strings become text nodes. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && (name === "value" || name === "checked" || name === "disabled" || name === "hidden")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** First element of the page's <template id>, cloned. */
export const clone = (id) => byId(id).content.firstElementChild.cloneNode(true);

/** The element under `root` marked data-part="name". */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** Set texts by part: fill(row, {title: "…"}); null hides the part. */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    const node = part(root, name);
    if (!node) continue;
    node.textContent = text ?? "";
    node.hidden = text === null || text === undefined;
  }
  return root;
}

const SVG = "http://www.w3.org/2000/svg";

/** One symbol of the sprite, as `{% icon %}` makes it. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

const SMALL_WORDS = new Set(["de", "del", "la", "las", "los", "y", "da", "do", "dos", "du", "des"]);

/** "Ana Zelaya" -> "AZ", the twin of the template filter. */
export function initials(name) {
  const all = String(name).split(/\s+/).filter(Boolean);
  const words = all.filter((word) => !SMALL_WORDS.has(word.toLowerCase()));
  const used = words.length ? words : all.length ? all : ["?"];
  return ([...used[0]][0] + (used.length > 1 ? [...used[used.length - 1]][0] : "")).toUpperCase();
}

/** Initials over the tint of the authority; decoration beside a written name. */
export function avatar(name, authority = "", extra = "") {
  const code = authority.replace(/^x-/, "");
  return h("span", { class: `avatar ${extra}`.trim(), "data-authority": authority, "aria-hidden": "true" },
    initials(name), code ? h("small", {}, code) : null);
}

export const authorityMark = (code) => h("span", { class: "authority", "data-authority": code }, code.replace(/^x-/, "").toUpperCase());

/** One row of a <dl class="facts">. */
export const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

/** <span class="badge"> with an optional icon. */
export const badge = (text, tone = "calm", symbol = null) =>
  h("span", { class: "badge", "data-tone": tone }, symbol && icon(symbol), text);

/** What is not opened yet: hatched for the eye, named for the ear. */
export const sealedMark = () => h("span", { class: "sealed" }, sealedWord());
export const sealedWord = () => h("span", { class: "visually-hidden" }, t("Sealed"));

export const time = (when, text, title) => h("time", { datetime: new Date(when).toISOString(), title }, text);

/** A short word at the edge of the page. tone "bad" stays twice as long. */
export function toast(text, { tone = "calm", action = null, onaction = null } = {}) {
  const home = document.querySelector("[data-toasts]");
  const node = h("div", { class: "toast", "data-tone": tone }, h("span", {}, text),
    action && h("button", { type: "button", class: "button button-quiet button-s", onclick: () => { node.remove(); onaction?.(); } }, action));
  home?.append(node);
  setTimeout(() => node.remove(), tone === "bad" ? 9000 : 4500);
  return node;
}

/** A banner element; the caller places and removes it. */
export const banner = (tone, symbol, text, action = null) =>
  h("div", { class: "banner banner-strip", "data-tone": tone, role: tone === "bad" ? "alert" : "status" }, icon(symbol), h("p", {}, text), action);

/** Ask before something that cannot be taken back. Resolves to true or false. */
export function confirmed({ title, text, yes, danger = false }) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  const button = dialog.querySelector("[data-confirm-yes]");
  button.textContent = yes;
  button.className = `button ${danger ? "button-danger-fill" : "button-primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** Show the button as busy while the work runs; the work's result or error passes through. */
export async function busy(button, work) {
  if (!button) return work();
  button.dataset.state = "busy";
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    return await work();
  } finally {
    delete button.dataset.state;
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

/** Put an error sentence under a field (null clears it) and tell assistive technology. */
export function fieldError(input, text) {
  const line = byId(`${input.id}-error`);
  input.setAttribute("aria-invalid", text ? "true" : "false");
  if (!line) return;
  line.replaceChildren(...(text ? [icon("warn", "icon-s"), text] : []));
  line.hidden = !text;
}

/** Data the server put into the page by json_script, or null. */
export function pageData(id = "page-data") {
  const node = byId(id);
  return node ? JSON.parse(node.textContent) : null;
}

export const skeletonRows = (count = 4) =>
  Array.from({ length: count }, () => h("div", { class: "skeleton-row", "aria-hidden": "true" },
    h("div", {}, h("span", { class: "skeleton" }), h("span", { class: "skeleton" }))));

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("Copied."));
  } catch {
    toast(t("Your browser refused to copy. Select the text and copy it yourself."), { tone: "bad" });
  }
}
