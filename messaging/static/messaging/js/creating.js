// The dialog that makes a channel: kind, sealed title, people whose keys the own authority trusts.

import { busy, byId, fieldError, icon, part } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { createChannel } from "messaging/new_channel.js";
import { Picker, chosenLine } from "messaging/picker.js";

/** Ask and make; `made(id)` afterwards. `preset` {kid}: this person is chosen already. */
export async function showCreating(made, preset = null) {
  try {
    await strongroom.open();
  } catch {
    return; // the officer chose not to unlock: nothing can be sealed then
  }
  const dialog = byId("new-channel");
  const form = dialog.querySelector("[data-create]");
  form.reset();
  complain("");
  fieldError(byId("create-title"), null);
  const picker = new Picker(dialog, { single: true, onchange: (chosen) => (part(dialog, "chosen").textContent = chosenLine(chosen)) });
  if (preset) picker.marked.add(preset);
  part(dialog, "chosen").textContent = "";
  const kindChanged = () => {
    const direct = form.elements.kind.value === "direct";
    part(dialog, "title-field").hidden = direct;
    picker.setSingle(direct);
  };
  for (const input of form.elements.kind) input.onchange = kindChanged;
  kindChanged();
  if (!dialog.open) dialog.showModal();
  form.onsubmit = (event) => {
    event.preventDefault();
    submit(form, dialog, picker, made);
  };
  await picker.load().catch((error) => complain(say(error)));
}

async function submit(form, dialog, picker, made) {
  const kind = form.elements.kind.value;
  const title = byId("create-title").value.trim();
  const untitled = kind !== "direct" && !title;
  fieldError(byId("create-title"), untitled ? t("Write a title.") : null);
  if (untitled) return byId("create-title").focus();
  if (!picker.chosen.length) return complain(t("Choose at least one person."));
  complain("");
  try {
    const members = picker.chosen.map(({ kid }) => ({ kid, role: kind === "direct" ? "o" : "w" }));
    const id = await busy(form.querySelector(".button-primary"), () => createChannel({ kind, members, title: kind === "direct" ? null : title }));
    dialog.close();
    made(id);
  } catch (error) {
    complain(say(error));
  }
  return null;
}

function complain(text) {
  const line = byId("create-error");
  line.replaceChildren(...(text ? [icon("warn", "icon-s"), text] : []));
  line.hidden = !text;
}
