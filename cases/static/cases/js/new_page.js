// Opens a case: the coded opening in clear, title and identities sealed, all in one request.

import { post } from "liaison/api.js";
import { busy, pageData } from "liaison/dom.js";
import { say } from "liaison/say.js";
import { strongroom } from "liaison/strongroom.js";
import { newCode } from "cases/codes.js";
import { clearErrors, complete, readFields, readSealed, showRefusal } from "cases/fields.js";
import { followLock } from "cases/lock.js";
import { Persons } from "cases/persons.js";
import { beginChannel } from "messaging/new_channel.js";
import { POST, RECORD } from "sealed/events.js";

const form = document.querySelector("[data-open-case]");
const { kind } = pageData();
const persons = new Persons(form.querySelector('[data-field="persons"]'));
persons.add();
followLock();

async function open() {
  const room = await strongroom.open();
  await strongroom.syncDirectory();
  const made = await beginChannel(room, { kind: "case", members: [] });
  const { desk, handling } = readFields(form);
  const code = newCode(kind.prefix);
  await made.act({ act: "case.open", v: 1, kind: kind.code, code, handling, desk, persons: persons.coded() });
  const about = readSealed(form.querySelector(".card-sealed"));
  const title = about.find(([name]) => name === "title")?.[1];
  if (title) await made.seal(POST, ["title", title, ""]);
  if (about.length) await made.seal(RECORD, ["rec", "case", about]);
  for (const [ref, pairs] of persons.sealed()) await made.seal(RECORD, ["rec", ref, pairs]);
  const answer = await post("/api/cases", made.request());
  location.assign(`/cases/${answer.code}/`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors(form);
  const whole = [complete(form), persons.complete()];
  if (!whole.every(Boolean)) return;
  try {
    await busy(form.querySelector("[data-sign]"), open);
  } catch (error) {
    if (error.code !== "locked") showRefusal(form, say(error), error.fields);
  }
});
