// What goes with a member who goes: keys that nobody who stays was given, and the last of an authority. Said before it is signed,
// because nobody can bring either back. The twin of `departure` in client/rooms.py.

import { t } from "liaison/i18n.js";
import { givenTo } from "messaging/key_changes.js";
import { authorityCode } from "messaging/sentences.js";

/** `state` a ChannelState. -> {epochs: those that only `kid` among the members was given, authority: of which nobody is left, or null}. */
export function departure(state, directory, kid) {
  const staying = new Set([...state.members.keys()].filter((one) => one !== kid));
  const left = givenTo(state, staying);
  const authorityOf = (one) => directory.keys.get(one)?.authority ?? null;
  const authority = authorityOf(kid);
  const alone = state.kind !== "direct" && ![...staying].some((one) => authorityOf(one) === authority);
  return { epochs: [...givenTo(state, new Set([kid]))].filter((epoch) => !left.has(epoch)), authority: alone ? authority : null };
}

/** The warning for a person, "" where there is nothing to warn of. */
export function departureSentence(store, kid) {
  const { epochs, authority } = departure(store.state, store.directory, kid);
  const { own, name } = store.person(kid);
  const said = [];
  if (epochs.length && own) said.push(t("You are the last one here who was given the key of earlier messages. Once you have left nobody can open them again, nor give them to a successor: give the history to another member first."));
  else if (epochs.length) said.push(t("{name} is the last one here who was given the key of earlier messages. After this nobody can open them again, nor give them to a successor: ask {name} to give the history to another member first.", { name }));
  if (authority) said.push(t("Nobody of {authority} will be left here. Whoever follows must be brought in by a coordinator of another authority.", { authority: authorityCode(authority) }));
  return said.join(" ");
}
