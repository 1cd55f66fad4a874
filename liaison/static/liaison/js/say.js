// Errors in words. The English sentence of a code is in sealed/errors.json; the catalogue translates it.

import errors from "../../../../sealed/errors.json";

import { t } from "liaison/i18n.js";

/** A sentence for a person: what happened, what was not lost, what to do. */
export function say(error) {
  if (error?.message && error.status) return error.message;
  const row = errors[error?.code];
  return row ? t(row.en) : t("Something went wrong on this page. Nothing you sent was lost. Reload and try again.");
}

/** The same in the place of an event that is not shown because it failed this check. */
export function sayAsRead(code) {
  const row = errors[code];
  return row ? t(row.read || row.en) : say({ code });
}

/** The code as people quote it to support. */
export const codeOf = (error) => error?.code || "unexpected";
