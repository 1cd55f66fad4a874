// Is this event what it claims to be, at this place? The checks of an event that is shown (docs/protocol.md 5.3),
// judged by position in the transcript, never by the clock. No page, no network.

import { b64u, equal } from "sealed/bytes.js";
import { actBody, mayAnswer } from "sealed/channel.js";
import { EnlaceError } from "sealed/errors.js";
import { ACT, CONTROL, verifyPayload, verifySignature } from "sealed/events.js";

const POSTING = new Set(["o", "w"]);

/**
 * Throws EnlaceError with the code of the first check that fails.
 *
 * `view`: {state ChannelState, directory, places Map b64u(event id) -> its first n, ts [T_0..T_head], pendingAt(n) -> boolean,
 * proposals Map b64u(event id) -> authority asked}. Control events are judged by the state itself, not here.
 */
export async function judge(event, n, view) {
  // The first place of an id is its only one: what an author saw is still true later, so the host could show a message twice.
  if (view.places.get(b64u(event.eventId)) !== n) throw new EnlaceError("wrong_transcript", "not the event of this place");
  if (!equal(event.channelId, view.state.channelId)) throw new EnlaceError("wrong_channel");
  await verifyPayload(event);
  const key = view.directory.key(event.senderKid);
  if (!key) throw new EnlaceError("unknown_key");
  await verifySignature(event, key.sigPub);
  // The host names the control events beside the pages: one that it left out there has changed nothing here.
  if (event.kind === CONTROL && !view.state.changedAt(n)) throw new EnlaceError("wrong_transcript", "a change that was hidden");
  if (event.kind === CONTROL) return key;
  const role = view.state.memberAt(n, event.senderKid);
  if (!role && event.kind === ACT) judgeGuest(event, n, view);
  else if (!role) throw new EnlaceError("not_a_member");
  else if (!POSTING.has(role)) throw new EnlaceError("not_allowed");
  if (view.pendingAt(n)) throw new EnlaceError("rekey_pending");
  if (event.epoch !== view.state.epochAt(n)) throw new EnlaceError("wrong_epoch");
  if (event.seenN > n || !equal(view.ts[event.seenN], event.tSeen)) throw new EnlaceError("wrong_transcript");
  return key;
}

/** A desk answers the referral addressed to its authority before it is in the channel, and nothing else. */
function judgeGuest(event, n, view) {
  const body = actBody(event.payload);
  const asked = view.proposals.get(body.reply_to);
  if (!mayAnswer(event, body, asked, view.directory, view.state.logSizeAt(n))) throw new EnlaceError("not_a_member");
  if (event.seenN !== 0) throw new EnlaceError("wrong_transcript");
}

/** The JSON object of an act; {} for anything else. */
export const actOf = (event) => actBody(event.payload);

/** Remember a referral, so that the authority it asks may answer. */
export function noteProposal(event, proposals) {
  const body = event.kind === ACT ? actOf(event) : {};
  if (body.act === "referral.propose" && typeof body.to === "string") proposals.set(b64u(event.eventId), body.to);
}
