// /join/<token>/: an invitation becomes an account: password, code app, codes for a lost phone. Keys come next (/keys/).

import { get, post } from "liaison/api.js";
import { busy, byId, fieldError, h, part } from "liaison/dom.js";
import { language, t } from "liaison/i18n.js";
import { qr } from "liaison/qr.js";
import { say } from "liaison/say.js";
import { showProblem, showStep } from "liaison/steps.js";

const root = document.querySelector("[data-join]");
const here = `/api/join/${root.dataset.token}`;
const form = (name) => root.querySelector(`[data-form="${name}"]`);
const submitButton = (node) => node.querySelector(".button-primary");

async function invitation() {
  const invited = await get(here);
  part(root, "welcome").textContent = t("Welcome, {name}", { name: invited.name });
  part(root, "invitation").textContent = t("{authority} invites you to the liaison network.", { authority: invited.authority_name || invited.authority });
  byId("join-username").value = invited.username;
  const chosen = root.querySelector(`input[name="language"][value="${invited.language || language}"]`);
  (chosen || root.querySelector('input[name="language"]')).checked = true;
  form("account").hidden = false;
  byId("join-password").focus();
}

async function account(event) {
  event.preventDefault();
  const input = byId("join-password");
  if (input.value.length < 15) {
    fieldError(input, t("Use at least 15 characters."));
    return input.focus();
  }
  fieldError(input, null);
  try {
    const made = await busy(submitButton(event.target), () =>
      post(`${here}/account`, { password: input.value, language: event.target.elements.language.value }));
    part(root, "secret").textContent = made.totp_secret.replace(/(.{4})(?=.)/g, "$1 ");
    part(root, "otpauth").href = made.otpauth;
    part(root, "qr").replaceChildren(qr(made.otpauth, t("Code to scan with the code app")));
    showStep(root, "code");
    byId("join-code").focus();
  } catch (error) {
    fieldError(input, error.fields?.password ? [error.fields.password].flat().join(" ") : say(error));
    input.focus();
  }
  return null;
}

async function code(event) {
  event.preventDefault();
  const input = byId("join-code");
  try {
    const done = await busy(submitButton(event.target), () => post(`${here}/otp`, { code: input.value.replace(/\D/g, "") }));
    part(root, "codes").replaceChildren(...done.recovery_codes.map((text) => h("li", {}, text)));
    showStep(root, "codes", "code");
  } catch (error) {
    fieldError(input, say(error));
    input.select();
  }
}

form("account").addEventListener("submit", account);
form("code").addEventListener("submit", code);
root.querySelector('[data-step="codes"] [data-next]').addEventListener("click", () => location.replace("/keys/"));
invitation().catch((error) => showProblem(root, say(error)));
