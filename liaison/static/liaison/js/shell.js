// What every page does by itself: theme, times, dialogs, small manners of forms. Knows nothing of keys.

import { byId, copyText } from "liaison/dom.js";
import { localiseTimes } from "liaison/i18n.js";

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("enlace.theme", root.dataset.theme);
  } catch {
    // Storage refused: the choice lasts for this page.
  }
}

function onClick(event) {
  const target = event.target.closest("[data-action], [data-opens], [data-closes], [data-copies], [data-prints]");
  if (!target) return;
  if (target.dataset.action === "theme") toggleTheme();
  else if (target.dataset.opens) byId(target.dataset.opens)?.showModal();
  else if ("closes" in target.dataset) target.closest("dialog")?.close();
  else if (target.dataset.copies) copyText(byId(target.dataset.copies).textContent.trim().replace(/\s+/g, " "));
  else if ("prints" in target.dataset) print();
}

function onChange(event) {
  const shows = event.target.dataset?.shows;
  if (shows) byId(shows).type = event.target.checked ? "text" : "password";
}

/** A second click on a slow form must not send it twice. */
function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.elements.next) form.elements.next.value = location.pathname + location.search; // pages change in place
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "true";
  const button = event.submitter || form.querySelector("button:not([type=button])");
  if (button) button.dataset.state = "busy";
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".menu-item")) menu.open = false;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
}

/** A click on the backdrop closes a dialog that nothing would be lost by closing. */
function closeByBackdrop(event) {
  if (event.target instanceof HTMLDialogElement && event.target.open && !("firm" in event.target.dataset)) {
    const box = event.target.getBoundingClientRect();
    const outside = event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right;
    if (outside && event.detail) event.target.close();
  }
}

export function startShell() {
  document.addEventListener("click", onClick);
  document.addEventListener("click", closeMenus);
  document.addEventListener("click", closeByBackdrop);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(event));
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.querySelector("[data-focus]")?.focus();
  localiseTimes();
  setInterval(localiseTimes, 60_000);
}
