// One connection per tab to /ws. Frames only wake the page: what counts is pulled and verified elsewhere.
// Contract: hello, beat, events, ack, nack, receipt, typing, presence, joined, left, case, board, error.

const QUIET_LIMIT = 25_000; // the server beats every 10 s: silence this long means a dead line that TCP has not noticed
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const FINAL = new Set([4401, 4409]); // sign in again; this page is too old

/**
 * A live connection that comes back by itself.
 *
 * Events on it (CustomEvent, the frame in `detail`): one per frame kind, plus "state" with {state} in
 * "connecting" | "open" | "waiting" | "closed" and {code} once it is closed for good.
 */
export class Socket extends EventTarget {
  constructor(url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?protocol=1`) {
    super();
    this.url = url;
    this.state = "closed";
    this.heads = {};
    this.online = new Set();
    this.delayed = false;
    this.tries = 0;
    this.ref = 0;
    this.acks = new Map();
  }

  start() {
    if (this.started) return this;
    this.started = true;
    addEventListener("online", () => this.#soon(0));
    addEventListener("offline", () => this.#cut());
    addEventListener("pagehide", () => this.line?.close(1000));
    addEventListener("pageshow", (event) => event.persisted && this.#soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#check());
    this.#connect();
    return this;
  }

  /** Stop for good (sign-out). */
  stop(code = 1000) {
    this.finished = true;
    this.#set("closed", { code });
    this.line?.close(1000);
  }

  /** Send a frame. False when there is no connection: the caller keeps what must not be lost. */
  send(frame) {
    if (this.line?.readyState !== WebSocket.OPEN || this.state !== "open") return false;
    this.line.send(JSON.stringify(frame));
    return true;
  }

  /** Send a post; resolves to its ack or nack frame, or null when the line broke before an answer. */
  post(channel, wire) {
    const ref = ++this.ref;
    if (!this.send({ t: "post", channel, wire, ref })) return Promise.resolve(null);
    return new Promise((resolve) => this.acks.set(ref, resolve));
  }

  isOnline(officer) {
    return this.online.has(String(officer));
  }

  #set(state, more = {}) {
    if (this.state === state && !more.code) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, ...more } }));
  }

  #connect() {
    clearTimeout(this.timer);
    if (this.finished || this.line) return;
    this.#set("connecting");
    const line = new WebSocket(this.url);
    this.line = line;
    line.onmessage = (event) => this.#hear(JSON.parse(event.data));
    line.onclose = (event) => this.#ended(line, event.code);
    this.#watch();
  }

  #watch() {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.#cut(), QUIET_LIMIT);
  }

  /** Timers sleep in a background tab: on return, ask the line whether it still lives. */
  #check() {
    if (this.state === "open") this.send({ t: "beat" });
    else this.#soon(0);
  }

  #cut() {
    const line = this.line;
    if (!line) return;
    line.onclose = line.onmessage = null;
    line.close(1000);
    this.#ended(line, 1006);
  }

  #ended(line, code) {
    if (this.line !== line) return;
    this.line = null;
    clearTimeout(this.quiet);
    for (const resolve of this.acks.values()) resolve(null);
    this.acks.clear();
    if (FINAL.has(code)) {
      this.finished = true;
      this.#set("closed", { code });
      return;
    }
    if (this.finished) return;
    this.#set("waiting");
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries++);
    this.#soon(Math.random() * longest + (code === 4503 || code === 1012 ? 1000 : 100));
  }

  #soon(wait) {
    clearTimeout(this.timer);
    if (!this.finished && !this.line && navigator.onLine !== false) this.timer = setTimeout(() => this.#connect(), wait);
  }

  #hear(frame) {
    this.#watch();
    if (frame.t === "hello") {
      this.tries = 0;
      this.heads = frame.heads || {};
      this.online = new Set((frame.online || []).map(String));
      this.#set("open");
    } else if (frame.t === "beat") {
      Object.assign(this.heads, frame.heads || {});
      this.delayed = frame.delayed === true;
      this.send({ t: "beat" });
    } else if (frame.t === "presence") {
      if (frame.state === "online") this.online.add(String(frame.officer));
      else this.online.delete(String(frame.officer));
    } else if ((frame.t === "ack" || frame.t === "nack" || frame.t === "error") && this.acks.has(frame.ref)) {
      this.acks.get(frame.ref)(frame);
      this.acks.delete(frame.ref);
    } else if (frame.t === "events") {
      this.heads[frame.channel] = Math.max(this.heads[frame.channel] || 0, frame.head ?? frame.from + frame.wires.length);
    }
    this.dispatchEvent(new CustomEvent(frame.t, { detail: frame }));
  }
}

/** The tab's one connection. Page modules share it. */
export const socket = new Socket();
