// The unlock form, in the dialog of every page and on /unlock/.

import { get } from "liaison/api.js";
import { busy, byId, fieldError } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import * as securityKey from "liaison/slots/security_key.js";
import { strongroom } from "liaison/strongroom.js";

/** Wire a <form data-unlock>; `opened` runs after a successful unlock. */
export function wireUnlock(form, opened) {
  const input = byId("unlock-secret");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!input.value.trim()) return fieldError(input, t("Write your seven words, or your recovery code."));
    fieldError(input, null);
    try {
      await busy(form.querySelector("[data-unlock-submit]"), async () => {
        await nextFrame(); // the button must show that it works before the key derivation takes the processor
        await strongroom.unlock(input.value, hoursOf(form));
      });
      input.value = "";
      opened();
    } catch (error) {
      fieldError(input, say(error));
      input.focus();
      input.select();
    }
    return null;
  });
  offerSecurityKey(form, input, opened);
  return input;
}

/** The button stands there only where one of this officer's slots can be asked for at this host. */
function offerSecurityKey(form, input, opened) {
  const button = form.querySelector("[data-unlock-key]");
  const keys = async () => (securityKey.possible() ? securityKey.keysHere((await get("/api/me")).slots) : []);
  const offer = async () => (button.hidden = !(await keys().catch(() => [])).length);
  button.addEventListener("click", async () => {
    fieldError(input, null);
    try {
      await busy(button, async () => {
        const { vaultKey } = await securityKey.open(await keys());
        await strongroom.unlockWith(vaultKey, hoursOf(form));
      });
      input.value = "";
      opened();
    } catch (error) {
      fieldError(input, say(error));
    }
  });
  strongroom.addEventListener("asking", offer);
  if (!form.closest("dialog")) offer();
}

/** How long this browser shall stay unlocked: 0 is the ordinary rule. */
const hoursOf = (form) => Number(form.querySelector("[data-unlock-keep]").value);

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
