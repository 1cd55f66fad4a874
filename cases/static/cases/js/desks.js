// Whom an accepted referral brings in: read from the verified acts of the channel, never from what the server says. A host that
// could name the officers would have a coordinator's own browser add its ghost.

import { unb64u } from "sealed/bytes.js";

/** `rows` of a ChannelStore. -> b64u(kid)s that a desk named when it accepted, of its own authority, who were never members. */
export function officersToBringIn(rows, state, directory) {
  const asked = new Map();
  const named = new Map();
  for (const { kind, state: checked, act, eventId, sender } of rows) {
    if (kind !== "act" || checked !== "ok" || !act) continue;
    if (act.act === "referral.propose") asked.set(eventId, act.to);
    if (act.act === "referral.revoke" || act.act === "referral.decline") named.delete(act.reply_to);
    if (act.act === "referral.accept" && asked.get(act.reply_to) === sender.authority) {
      named.set(act.reply_to, act.officers.filter((kid) => directory.key(unb64u(kid))?.authority === sender.authority));
    }
  }
  // Who was a member once and is not now was taken out by somebody: that is not for a page to undo.
  return [...new Set([...named.values()].flat())].filter((kid) => !state.spans.has(kid));
}
