// The HTTP door: JSON in and out, the CSRF token of the page, and one kind of error.

import { EnlaceError } from "sealed/errors.js";

const tokenMark = () => document.querySelector('meta[name="csrf"]');
const token = () => tokenMark()?.content || "";

/** An error the server explained. `message` is already in the reader's language; `fields` maps field names to sentences. */
export class ApiError extends EnlaceError {
  constructor(status, error, retryAfter) {
    super(error.code || "server_error");
    this.status = status;
    this.message = error.message || "";
    this.fields = error.fields || {};
    this.retryAfter = retryAfter;
    this.data = error;
  }
}

/** One opaque part of a file. Throws as `call` does. */
export async function putBytes(path, bytes) {
  await ask(path, { method: "PUT", headers: { "X-CSRFToken": token(), "Content-Type": "application/octet-stream" }, body: bytes });
}

export const getBytes = async (path) => new Uint8Array(await (await ask(path, { method: "GET" })).arrayBuffer().catch(() => {
  throw new ApiError(0, { code: "offline" });
}));

async function ask(path, options) {
  const answer = await fetch(path, { credentials: "same-origin", redirect: "error", ...options }).catch(() => {
    throw new ApiError(0, { code: "offline" });
  });
  if (answer.ok) return answer;
  if (answer.status === 401) globalThis.dispatchEvent(new CustomEvent("enlace:signed-out"));
  const said = await answer.json().catch(() => null);
  throw new ApiError(answer.status, said?.error || { code: "server_error" });
}

/** Send and read JSON. Throws ApiError with the server's code, or ApiError("offline") when nothing answered. */
export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "X-CSRFToken": token(), "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  const renewed = answer.headers.get("X-CSRFToken");
  if (renewed && tokenMark()) tokenMark().content = renewed;
  const text = await answer.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    // An answer that is not JSON is a proxy's or a broken server's: treated as an error below.
  }
  if (answer.ok && (data !== null || answer.status === 204 || text === "")) return data;
  const retry = Number(answer.headers.get("Retry-After")) || null;
  if (answer.status === 401) globalThis.dispatchEvent(new CustomEvent("enlace:signed-out"));
  throw new ApiError(answer.status, data?.error || { code: answer.status === 401 ? "sign_in_again" : "server_error" }, retry);
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const del = (path) => call("DELETE", path);
