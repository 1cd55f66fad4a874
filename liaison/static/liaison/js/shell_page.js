// Every page with the shell: the seal (lock button, unlock dialog, sign-out), the live line, the count of unread.

import { wireAlarms } from "liaison/alarms.js";
import { get } from "liaison/api.js";
import { banner, byId, h, toast } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { askInTime } from "liaison/renewal.js";
import { startShell } from "liaison/shell.js";
import { socket } from "liaison/socket.js";
import { strongroom } from "liaison/strongroom.js";
import { wireUnlock } from "liaison/unlocking.js";

const NEWS_OF_KEYS = 120_000; // a revocation must reach an open page without anybody reloading it
const TROUBLE_AFTER = 4000; // a short break heals by itself: do not flash a banner for it

function showSeal() {
  const state = strongroom.state;
  document.documentElement.dataset.seal = state;
  for (const button of document.querySelectorAll("[data-lock]")) {
    button.dataset.state = state;
    button.title = state === "open" ? t("Unlocked. Lock now") : t("Locked. Unlock to read");
  }
}

const WHY_LOCKED = {
  idle: () => t("Locked after 15 minutes without a touch."),
  other: () => t("Locked in another window."),
  refused: () => t("Locked: the server shows another key log than before."),
  asked: () => t("Locked. Nothing can be read here until you unlock."),
};

function wireSeal() {
  const dialog = byId("unlock");
  wireUnlock(dialog.querySelector("[data-unlock]"), () => dialog.close());
  dialog.addEventListener("close", () => {
    byId("unlock-secret").value = "";
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest('[data-lock], [data-action="unlock"], [data-action="lock"]');
    if (!target) return;
    if (strongroom.state === "open" && target.dataset.action !== "unlock") strongroom.lock();
    else strongroom.open().catch(() => null);
  });
  strongroom.addEventListener("open", showSeal);
  // The focal point has vouched for the next key: every page begins anew with it. What was being written is kept as a draft.
  strongroom.addEventListener("identity", () => location.reload());
  strongroom.addEventListener("lock", ({ detail }) => {
    showSeal();
    toast(WHY_LOCKED[detail.reason]());
  });
  for (const form of document.querySelectorAll("[data-signout]")) form.addEventListener("submit", signOut);
}

/** Nothing opened may outlive the session: lock first, then leave. */
async function signOut(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  socket.stop();
  await strongroom.lock("asked").catch(() => null);
  event.target.submit();
}

function wireLine() {
  const home = document.querySelector("[data-shell-banner]");
  let timer;
  const show = (node) => home.replaceChildren(...(node ? [node] : []));
  socket.addEventListener("state", ({ detail }) => {
    clearTimeout(timer);
    if (detail.state === "open") show(null);
    else if (detail.code === 4401) signInAgain();
    else if (detail.code === 4409) show(banner("warn", "refresh", t("Enlace was renewed. Reload this page to go on."), reload()));
    else if (detail.state === "waiting") {
      timer = setTimeout(() => show(banner("warn", "offline", t("No connection. What you write waits in this browser, sealed, and leaves by itself."))), TROUBLE_AFTER);
    }
  });
  addEventListener("enlace:signed-out", signInAgain, { once: true });
  socket.start();
}

const reload = () => h("button", { type: "button", class: "button button-s", onclick: () => location.reload() }, t("Reload"));

async function signInAgain() {
  socket.stop(); // with 4401 it would call this again
  await strongroom.signedOut().catch(() => null);
  location.assign(`/signin/?next=${encodeURIComponent(location.pathname)}`);
}

async function countUnread() {
  const node = document.querySelector('[data-count="channels"]');
  const { channels } = await get("/api/channels");
  const waiting = channels.filter((channel) => channel.head_n > channel.unread_from).length;
  node.textContent = waiting ? String(waiting) : "";
  node.setAttribute("aria-label", waiting ? t("with something new") : "");
}

startShell();
wireAlarms();
wireSeal();
wireLine();
setInterval(() => strongroom.room && strongroom.syncDirectory().catch(() => null), NEWS_OF_KEYS);
showSeal();
strongroom.resume().then(showSeal);
strongroom.addEventListener("open", () => askInTime(strongroom.room).catch(() => null)); // at the next unlocking again
if (!document.querySelector("[data-channel-list]")) {
  const soon = () => {
    clearTimeout(soon.timer);
    soon.timer = setTimeout(() => countUnread().catch(() => null), 800);
  };
  socket.addEventListener("events", soon);
  socket.addEventListener("joined", soon);
  socket.addEventListener("left", soon);
  countUnread().catch(() => null);
}
