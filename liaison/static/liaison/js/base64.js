// Bytes in JSON and in addresses: base64url without padding.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Uint8Array -> text. */
export function b64u(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3);
    text += DIGITS[a >> 2] + DIGITS[((a & 3) << 4) | (b >> 4)];
    if (at + 1 < bytes.length) text += DIGITS[((b & 15) << 2) | (c >> 6)];
    if (at + 2 < bytes.length) text += DIGITS[c & 63];
  }
  return text;
}

/** Text -> Uint8Array. Throws a SyntaxError on anything that is not base64url. */
export function unb64u(text) {
  if (!/^[\w-]*$/.test(text)) throw new SyntaxError("not base64url");
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}
