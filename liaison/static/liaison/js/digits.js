// Twelve groups of five digits, as people read them aloud: four to a line.

import { h } from "liaison/dom.js";

/** Fill `node` (class digits) with a fingerprint or safety number, text of groups parted by spaces. */
export function showDigits(node, text) {
  node.replaceChildren(...text.split(" ").flatMap((group) => [h("span", {}, group)]));
}
