// /unlock/: the same form on a page of its own; goes back to where the officer came from.

import { wireAlarms } from "liaison/alarms.js";
import { byId } from "liaison/dom.js";
import { strongroom } from "liaison/strongroom.js";
import { wireUnlock } from "liaison/unlocking.js";

/** Only a path of this site: `next` comes from the address and must not lead away. */
function nextPath() {
  const next = new URLSearchParams(location.search).get("next") || "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

const go = () => location.replace(nextPath());

wireAlarms();
if (await strongroom.resume()) go();
else {
  wireUnlock(document.querySelector("[data-unlock]"), go);
  byId("unlock-secret").focus();
}
