// Bringing people in where an author keeps what was written from their authority: never silently with less, never with more.

import { confirmed } from "liaison/dom.js";
import { list, t } from "liaison/i18n.js";

/** Add with the history. Where an author keeps it from them, say what they will not see and go on without only if the person wants it.
 *  -> were they added? */
export async function addOrAsk(store, kids, role) {
  try {
    await store.addAll(kids, role, "all");
    return true;
  } catch (error) {
    if (error.code !== "history_restricted") throw error;
  }
  const names = list(kids.map((kid) => store.person(kid).name));
  const sure = await confirmed({
    title: t("Add {names} without what was written before?", { names }),
    text: [t("An author keeps something here from their authority, so the past stays closed: they will see no message and no file from before."),
      store.kind === "case" ? t("They will not see the sealed records of the case either: names, documents, stories. Write what they need again once they are in.") : "",
      t("The key changes, and they read what is written from then on. Or ask the author to release it first.")].filter(Boolean).join(" "),
    yes: t("Add without the past"),
  });
  if (sure) await store.addAll(kids, role, "none");
  return sure;
}
