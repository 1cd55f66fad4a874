// Choosing files for a message: by the button, by dropping them on the conversation, by pasting a picture. Each is sealed and sent at once
// and waits beside the composer until the message is sent, or is taken back.

import { h, icon, part, toast } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { upload } from "messaging/attachments.js";
import { sizeOf } from "messaging/file_card.js";
import { prepared } from "messaging/pictures.js";

export class Attaching {
  /** `root`: the conversation; `store()` -> the open channel, or null; `changed()` when what waits has changed. */
  constructor(root, store, changed) {
    Object.assign(this, { root, store, changed, waiting: [] });
    this.home = part(root, "attached");
    const input = part(root, "files");
    part(root, "attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    part(root, "text").addEventListener("paste", (event) => event.clipboardData?.files.length && (event.preventDefault(), this.add(event.clipboardData.files)));
    root.addEventListener("dragover", (event) => this.#over(event));
    root.addEventListener("dragleave", (event) => root.contains(event.relatedTarget) || delete root.dataset.drop);
    root.addEventListener("drop", (event) => this.#drop(event));
  }

  get any() {
    return this.waiting.length > 0;
  }

  add(files) {
    if (!this.store()?.writable) return;
    for (const file of files) this.#begin(file);
    this.changed();
  }

  /** What waits now leaves with the message. -> [{file, thumb}], when each has arrived. Throws what went wrong; then all wait again. */
  async take() {
    const taken = this.waiting;
    const done = await Promise.all(taken.map((one) => one.done));
    this.waiting = this.waiting.filter((one) => !taken.includes(one));
    for (const one of taken) one.node.remove();
    this.changed();
    return done;
  }

  /** The channel is left: nothing of what waits may go into another one. */
  clear() {
    for (const one of this.waiting) this.#discard(one);
  }

  #begin(file) {
    const stop = new AbortController();
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("Sealing and sending {name}", { name: file.name }) });
    const one = { stop, node: null, done: null };
    one.node = h("div", { class: "attached" }, icon("file"), h("span", { class: "attached-name" }, file.name), h("small", {}, sizeOf(file.size)), bar,
      h("button", { type: "button", class: "button button-icon button-s", "aria-label": t("Do not send {name}", { name: file.name }), onclick: () => this.#discard(one) }, icon("close")));
    one.done = this.#send(this.store(), file, stop.signal, (done, whole) => (bar.value = done / whole));
    one.done.then(() => one.node.setAttribute("data-state", "here"), (error) => {
      if (error.code !== "declined") toast(say(error), { tone: "bad" });
      this.#discard(one);
    });
    this.waiting.push(one);
    this.home.append(one.node);
  }

  async #send(store, file, signal, progress) {
    const { blob, name, mime, thumb } = await prepared(file);
    const small = thumb && (await upload(store, thumb, { name: "", mime: "image/jpeg" }, { signal }));
    return { file: await upload(store, blob, { name, mime }, { progress, signal }), thumb: small };
  }

  #discard(one) {
    one.stop.abort();
    one.node.remove();
    this.waiting = this.waiting.filter((other) => other !== one);
    this.changed();
  }

  #over(event) {
    if (!event.dataTransfer?.types.includes("Files") || !this.store()?.writable) return;
    event.preventDefault();
    this.root.dataset.drop = "true";
  }

  #drop(event) {
    delete this.root.dataset.drop;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.add(event.dataTransfer.files);
  }
}
