// The words a message had before it was edited, and what is left of one that was withdrawn.

import { byId, h, icon, part, time } from "liaison/dom.js";
import { full, hour, t } from "liaison/i18n.js";
import { reasonName } from "messaging/sentences.js";

/** Every version, the newest first. */
export function showVersions(row) {
  const dialog = byId("versions");
  part(dialog, "versions-list").replaceChildren(...[...row.versions].reverse().map(({ at, text }, place) =>
    h("li", {}, h("p", { class: "muted text-s" }, place === 0 ? t("As it stands") : null, " ", time(at, full(at))), h("p", { class: "version-text" }, text))));
  dialog.showModal();
}

/** "Edited 14:05", which opens the versions. */
export function editedMark(row) {
  if (!row.versions || row.versions.length < 2) return null;
  const { at } = row.versions.at(-1);
  return h("button", { type: "button", title: full(at), onclick: () => showVersions(row) }, t("Edited {time}", { time: hour(at) }));
}

/** In the place of the words of a withdrawn message. */
export function tombstone({ withdrawn: { by, at, reason } }) {
  return h("span", { class: "withdrawn" }, icon("stop", "icon-s"),
    h("span", {}, t("Withdrawn by {who}: {reason}", { who: by.name, reason: reasonName(reason) }), " ", time(at, hour(at), full(at))));
}
