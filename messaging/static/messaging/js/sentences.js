// What happened in a channel, in one line for this reader. Texts only: no DOM.

import { list, t, tn } from "liaison/i18n.js";

/** Sentences of one control event. `row.changes` [[name, ...]], `row.newEpoch` boolean, `name(kid)` a display name. */
export function controlSentences(row, name) {
  const who = row.sender.name;
  const said = row.changes.map((change) => CHANGES[change[0]]?.(who, change, name, row)).filter(Boolean);
  if (!row.changes.length && row.newEpoch) said.push(t("{who} changed the key of the channel", { who }));
  return said;
}

const CHANGES = {
  genesis: (who, change, name, row) => {
    const others = change[3].map(([kid]) => kid).filter((kid) => kid !== row.sender.kid).map(name);
    return others.length ? t("{who} opened this channel with {others}", { who, others: list(others) }) : t("{who} opened this channel", { who });
  },
  add: (who, [, kid], name, row) => {
    const whole = row.changes.some((change) => change[0] === "hist" && change[1] === kid && change[2] === 0);
    const some = row.changes.some((change) => change[0] === "hist" && change[1] === kid && change[2] > 0);
    if (whole) return t("{who} added {other}, with the whole history", { who, other: name(kid) });
    if (some) return t("{who} added {other}, with part of the history", { who, other: name(kid) });
    return t("{who} added {other}, from here on", { who, other: name(kid) });
  },
  remove: (who, [, kid], name, row) =>
    kid === row.sender.kid ? t("{who} left", { who }) : t("{who} removed {other}. The key was changed", { who, other: name(kid) }),
  rekey: (who, [, , kid], name, row) =>
    kid === row.sender.kid ? t("{who} goes on with a new key", { who }) : t("{who} confirmed the new key of {other}", { who, other: name(kid) }),
  hist: (who, [, kid], name, row) =>
    row.changes.some((change) => change[0] === "add" && change[1] === kid) ? null : t("{who} opened earlier messages to {other}", { who, other: name(kid) }),
  role: (who, [, kid, role], name) => t("{who} made {other} {role}", { who, other: name(kid), role: roleAs(role) }),
  policy: (who) => t("{who} changed the rules of the channel", { who }),
};

const roleAs = (role) => ({ o: t("a coordinator"), w: t("a writer"), r: t("a reader"), c: t("a custodian") })[role] || role;

/** "Coordinator", "Writer", ... for badges. */
export const roleName = (role) => ({ o: t("Coordinator"), w: t("Writer"), r: t("Reader"), c: t("Custodian") })[role] || role;

export const kindName = (kind) => ({ direct: t("Direct"), corridor: t("Corridor"), network: t("Network"), case: t("Case") })[kind] || kind;

/** "HN", "IOM". */
export const authorityCode = (authority) => authority.replace(/^x-/, "").toUpperCase();

/** "4 members, HN and MX". */
export function membersLine(members) {
  const codes = [...new Set(members.map((member) => authorityCode(member.authority)))];
  return `${tn("{n} member", "{n} members", members.length)} · ${codes.length > 5 ? tn("{n} authority", "{n} authorities", codes.length) : list(codes)}`;
}

/** Why a message was withdrawn. */
export const reasonName = (reason) =>
  ({
    mistake: t("written by mistake"), wrong_channel: t("it belongs in another channel"), person_at_risk: t("it puts a person at risk"),
    no_consent: t("the person did not consent"), other: t("another reason"),
  })[reason];

/** One line for lists: the newest message as "Ana: text". */
export function preview(row) {
  if (!row) return "";
  const text = row.withdrawn ? t("A withdrawn message") : row.text || row.file?.name || "";
  return `${row.own ? t("You") : firstName(row.sender.name)}: ${text.replace(/\s+/g, " ").slice(0, 120)}`;
}

export const firstName = (name) => name.split(/\s+/)[0];
