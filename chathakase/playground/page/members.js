/** Who is in a channel, and who could be. */

import { button, h } from "./dom.js";
import { avatar, userName } from "./names.js";
import { openPopover } from "./popover.js";

/** Show the members of a conversation beside a button. */
export function openMembers(page, anchor, conversation) {
  const { store } = page;
  const shared = conversation.type === "channel" || conversation.type === "group";
  const others = [...store.users.values()].filter(
    (user) => user.id !== "USLACKBOT" && !conversation.members.includes(user.id),
  );
  const line = (id, ...more) =>
    h(
      "li",
      { class: "member" },
      avatar(store, id, userName(store, id)),
      h("span", { class: "member-name" }, userName(store, id)),
      store.users.get(id)?.is_bot ? h("span", { class: "badge-app" }, "APP") : null,
      ...more,
    );
  const add = (id) => button(`Add ${userName(store, id)}`, { class: "button small", onclick: () => invite(id) }, "Add");
  const invite = (id) => {
    close();
    page.api("conversations.invite", { channel: conversation.id, users: id });
  };
  const content = h(
    "div",
    { class: "members-list" },
    h("h3", {}, "Members"),
    h("ul", {}, ...conversation.members.map((id) => line(id))),
    shared && others.length && store.isMember(conversation.id)
      ? [h("h3", {}, "Not here"), h("ul", {}, ...others.map((user) => line(user.id, add(user.id))))]
      : null,
    shared && store.isMember(conversation.id) && conversation.name !== "general"
      ? button("Leave channel", {
          class: "button small",
          onclick: () => {
            close();
            page.api("conversations.leave", { channel: conversation.id });
          },
        })
      : null,
  );
  const close = openPopover(anchor, content, { label: "Members" });
}
