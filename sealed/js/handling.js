// Handling codes: what may be done with a message beyond reading it where it was written (docs/protocol.md 5.6, ADR 19). Chosen by the
// author, kept by the readers' clients. H0 for the network, H1 not for judicial use without the author's authority, H2 no onward sharing,
// H3 named authorities alone; `released` widens each to the authorities it names. Pure. The twin of sealed/handling.py.

import { EnlaceError } from "./errors.js";

export const CODES = [0, 1, 2, 3];
const MANY = 64;
const AUTHORITY = /^[!-~]{1,16}$/;
export const OPEN = Object.freeze({ code: 0, released: Object.freeze([]) });

const need = (good) => {
  if (!good) throw new EnlaceError("bad_message");
};

export const isAuthority = (value) => typeof value === "string" && AUTHORITY.test(value);

/** Of [code, [authority, ...]] in strict order. -> {code, released}. Throws EnlaceError("bad_message"). */
export function parseHandling(value) {
  need(Array.isArray(value) && value.length === 2);
  const [code, released] = value;
  need(CODES.includes(code) && Array.isArray(released) && released.length <= MANY);
  need(released.every((one, place) => isAuthority(one) && (place === 0 || released[place - 1] < one)));
  need(code !== 0 || !released.length);
  return { code, released };
}

/** Is this the author's own authority, or one that he released it to? */
const reaches = ({ released }, origin, authority) => authority === origin || released.includes(authority);

/** Into another channel, whose members are of these authorities? The code travels with the words. */
export const mayForward = (handling, origin, authorities) => handling.code <= 1 || authorities.every((one) => reaches(handling, origin, one));

/** Into a file, which leaves Enlace and may end before a court? `reader`: the authority of the officer who exports. */
export const mayExport = (handling, origin, reader) => handling.code === 0 || reaches(handling, origin, reader);

/** To somebody who was not here when it was written? `newcomer`: his authority; `present`: the authorities of the members at that
 *  place. A successor at a desk that has read it inherits an H2, never an H3. */
export const mayOpenHistory = (handling, origin, newcomer, present) =>
  handling.code <= 1 || reaches(handling, origin, newcomer) || (handling.code === 2 && present.includes(newcomer));
