// A file in a message: a small picture that opens large, or a card with name, size and "save". Only pictures that are what they say are
// ever shown; everything else is only saved, under a type that no browser runs.

import { busy, byId, confirmed, h, icon, part, toast } from "liaison/dom.js";
import { number, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { download } from "messaging/attachments.js";
import { b64u } from "sealed/bytes.js";
import { SHOWN } from "sealed/files.js";

/** "1.4 MB" */
export function sizeOf(bytes) {
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${number(Math.max(0.1, Math.round(size * 10) / 10))} ${unit}`;
}

export class FileCards {
  /** `store()` -> the open channel. Opened pictures are kept by address until `clear`. */
  constructor(store) {
    this.store = store;
    this.addresses = new Map();
  }

  clear() {
    for (const address of this.addresses.values()) address.then(URL.revokeObjectURL, () => null);
    this.addresses.clear();
    byId("picture")?.close();
  }

  /** The node of one message's file. */
  card({ file, thumb }) {
    return thumb && SHOWN.includes(file.mime) ? this.#picture(file, thumb) : this.#saveable(file);
  }

  #picture(file, thumb) {
    const image = h("img", { alt: file.name, class: "picture-small" });
    const button = h("button", { type: "button", class: "picture", "aria-label": t("Open the picture {name}", { name: file.name }), onclick: () => this.#show(file) }, image);
    this.#address(thumb).then((address) => (image.src = address), (error) => button.replaceWith(broken(error)));
    return button;
  }

  #saveable(file) {
    const button = h("button", { type: "button", class: "button button-s", onclick: () => this.#save(file, button) }, t("Save"));
    return h("span", { class: "file-card" }, icon("file"), h("span", { class: "file-name" }, h("b", {}, file.name || t("File")), h("small", {}, sizeOf(file.length))), button);
  }

  async #show(file) {
    const dialog = byId("picture");
    const home = part(dialog, "picture-home");
    part(dialog, "picture-name").textContent = file.name;
    home.replaceChildren(h("span", { class: "spinner" }));
    const save = part(dialog, "picture-save");
    save.onclick = () => this.#save(file, save);
    dialog.showModal();
    try {
      home.replaceChildren(h("img", { src: await this.#address(file), alt: file.name }));
    } catch (error) {
      home.replaceChildren(broken(error));
    }
  }

  /** An address of an opened picture, for <img> alone. Throws where it is not the picture that it says. */
  #address(file) {
    const name = b64u(file.fileId);
    if (!this.addresses.has(name)) {
      this.addresses.set(name, download(this.store(), file).then(({ blob }) => {
        if (!SHOWN.includes(blob.type)) throw Object.assign(new Error(), { code: "not_what_it_says" });
        return URL.createObjectURL(blob);
      }));
    }
    return this.addresses.get(name);
  }

  async #save(file, button) {
    try {
      const { blob, honest } = await busy(button, () => download(this.store(), file, { progress: (done, whole) => (button.dataset.progress = `${Math.round((done / whole) * 100)} %`) }));
      if (!honest && !(await this.#anyway(file))) return;
      const address = URL.createObjectURL(blob);
      h("a", { href: address, download: honest ? file.name || "archivo" : `${file.name}.bin` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      toast(say(error), { tone: "bad" });
    } finally {
      delete button.dataset.progress;
    }
  }

  #anyway(file) {
    return confirmed({ title: t("This file is not what its name says"), text: t("{name} begins like a file of another kind. It may be a mistake, or made to harm your computer. Ask the sender before you open it.", { name: file.name }), yes: t("Save it anyway"), danger: true });
  }
}

const broken = (error) => h("span", { class: "file-broken" }, icon("warn"), say(error));
