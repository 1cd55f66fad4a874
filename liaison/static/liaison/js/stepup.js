// Steps that want a fresh one-time code: the server says so, the dialog of ui/step_up_dialog.html asks, the step is done again.

import { ApiError, post } from "liaison/api.js";
import { busy, byId, fieldError, toast } from "liaison/dom.js";
import { say } from "liaison/say.js";

/** Do it; when the server wants a fresh code, ask for it and do it again. Rejects with code "declined" when the person closes. */
export async function withStepUp(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== "step_up_required") throw error;
    await askCode();
    return work();
  }
}

/** Do what a button asks, and tell what went wrong; not that the person thought better of it. */
export async function tried(button, work) {
  try {
    await busy(button, work);
  } catch (error) {
    if (error.code !== "declined" && error.code !== "locked") toast(say(error), { tone: "bad" });
  }
}

function askCode() {
  const dialog = byId("step-up");
  const input = byId("step-up-code");
  input.value = "";
  fieldError(input, null);
  dialog.showModal();
  return new Promise((resolve, reject) => {
    const form = dialog.querySelector("form");
    const closed = () => reject(new ApiError(0, { code: "declined" }));
    dialog.addEventListener("close", closed, { once: true });
    form.onsubmit = async (event) => {
      event.preventDefault();
      try {
        await busy(form.querySelector(".button-primary"), () => post("/api/me/step-up", { code: input.value.replace(/\D/g, "") }));
        dialog.removeEventListener("close", closed);
        dialog.close();
        resolve();
      } catch (error) {
        fieldError(input, say(error));
        input.select();
      }
    };
  });
}
