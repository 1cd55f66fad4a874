// Case codes: pronounceable, random, with a check character. The twin of cases/codes.py.

import { randomBytes } from "sealed/suite.js";

const CONSONANTS = "BDFGHJKLMNPRSTVZ";
const VOWELS = "AIOU";
const CHECK = "0123456789BCDFGHJKLMNPQRSTVWXYZ";

/** Sum of place (from 1) times letter (A = 0) over prefix and both words, modulo 31, as CHECK names it. */
export function checkCharacter(prefix, first, second) {
  const letters = prefix + first + second;
  const sum = [...letters].reduce((total, letter, at) => total + (at + 1) * (letter.charCodeAt(0) - 65), 0);
  return CHECK[sum % 31];
}

// 16 consonants and 4 vowels divide 256: a random byte chooses without bias.
const word = () => Array.from(randomBytes(5), (byte, at) => (at % 2 ? VOWELS[byte % 4] : CONSONANTS[byte % 16])).join("");

/** A new code, such as TV-BADOK-LUSAN-7. */
export function newCode(prefix) {
  const [first, second] = [word(), word()];
  return `${prefix}-${first}-${second}-${checkCharacter(prefix, first, second)}`;
}
