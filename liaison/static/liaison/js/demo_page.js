// The demonstration's sign-in: one click signs in as a made-up officer and unlocks, through the ordinary doors.

import { post } from "liaison/api.js";
import { busy, byId, icon } from "liaison/dom.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";

/** The code in the page may have run out while the visitor was reading: take today's from a fresh copy of it. */
async function codeNow(username) {
  const page = await (await fetch("/demo/", { credentials: "same-origin" })).text();
  const mark = page.match(/<button[^>]*data-enter[^>]*>/g)?.find((tag) => tag.includes(`data-username="${username}"`));
  return mark?.match(/data-code="(\d+)"/)?.[1] || "";
}

async function enter(button) {
  const { username, password, passphrase } = button.dataset;
  const code = await codeNow(username);
  await post("/api/signin", { username, password });
  await post("/api/signin/otp", { code });
  await strongroom.unlock(passphrase);
  location.assign("/");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-enter]");
  if (!button) return;
  const line = byId("demo-error");
  line.hidden = true;
  try {
    await busy(button, () => enter(button));
  } catch (error) {
    line.replaceChildren(icon("warn", "icon-s"), say(error));
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  }
});

/** While the network is being made the page shows how far it is; not under somebody's hands. */
const GROWS = 4000;
if (document.querySelector("[data-making]")) {
  setInterval(() => {
    const busyHere = document.querySelector('[data-state="busy"], [data-search]:focus-within, [data-filter]:focus');
    if (!busyHere && !document.querySelector("[data-filter]").value) location.reload();
  }, GROWS);
}

document.querySelector("[data-filter]").addEventListener("input", (event) => {
  const words = event.target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const group of document.querySelectorAll("[data-group]")) {
    let shown = 0;
    for (const person of group.querySelectorAll("[data-person]")) {
      person.hidden = !words.every((word) => person.dataset.search.toLocaleLowerCase().includes(word));
      shown += person.hidden ? 0 : 1;
    }
    group.hidden = !shown;
  }
});
