// Carrying a message into another channel, with its handling code and the authority whose words they are.

import { get } from "liaison/api.js";
import { authorityMark, busy, byId, h, icon, part, skeletonRows, toast } from "liaison/dom.js";
import { list, t } from "liaison/i18n.js";
import { say } from "liaison/say.js";
import { ChannelStore } from "messaging/channel_store.js";
import { kindName } from "messaging/sentences.js";
import { mayForward } from "sealed/handling.js";

/** Asks where to; `store` holds the message of `row`. */
export async function showForwarding(store, row) {
  const dialog = byId("forwarding");
  const form = dialog.querySelector("form");
  const filter = dialog.querySelector("[data-forward-filter]");
  const home = part(dialog, "forward-channels");
  const complain = (text) => {
    const line = byId("forwarding-error");
    line.replaceChildren(...(text ? [icon("warn", "icon-s"), text] : []));
    line.hidden = !text;
  };
  part(dialog, "forward-quote").replaceChildren(h("b", {}, row.sender.name), row.text);
  complain("");
  filter.value = "";
  home.replaceChildren(...skeletonRows(3));
  dialog.showModal();
  const channels = await reachable(store);
  const draw = () => drawChannels(home, channels, filter.value, row, store);
  filter.oninput = draw;
  draw();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const chosen = form.elements.channel?.value;
    if (!chosen) return complain(t("Choose a channel."));
    try {
      await busy(form.querySelector(".button-primary"), async () => {
        const target = await new ChannelStore(chosen, store.room).load({ live: false, page: 1 });
        await target.bringIn(row, store);
      });
      dialog.close();
      toast(t("Forwarded, with its handling code."), { tone: "good" });
    } catch (error) {
      complain(say(error));
    }
    return null;
  };
}

/** The other channels in which this officer writes, with their titles as this browser knows them. */
async function reachable(store) {
  const { channels } = await get("/api/channels");
  const others = channels.filter((one) => one.id !== store.id && ["o", "w"].includes(one.my_role));
  return Promise.all(others.map(async (one) => {
    const [title] = (await store.room.recall(`list/${one.id}`)) ?? [];
    const names = one.members.filter(({ subject }) => subject !== store.room.subject).map(({ name }) => name);
    return { ...one, title: title || one.case?.code || list(names.slice(0, 4)) || kindName(one.kind), names, authorities: [...new Set(one.members.map(({ authority }) => authority))] };
  }));
}

/** Where the code keeps it from somebody the channel stands there and says so; what counts is judged on the verified members. */
function drawChannels(home, channels, words, row, store) {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = channels.filter(({ title, names }) => wanted.every((word) => [title, ...names].join(" ").toLocaleLowerCase().includes(word)));
  home.replaceChildren(...found.map((one) => {
    const may = mayForward(row.message.handling, store.opened.amended.originOf(row), one.authorities);
    return h("label", { class: "choice" }, h("input", { type: "radio", name: "channel", value: one.id, disabled: !may }),
      h("span", {}, h("b", {}, one.title), h("small", {}, may ? list(one.names.slice(0, 4)) : t("Its handling code keeps it from somebody there.")), h("span", { class: "row row-tight" }, ...one.authorities.map((code) => authorityMark(code)))));
  }));
  if (!found.length) home.append(h("p", { class: "hint center" }, t("No channel fits.")));
}
