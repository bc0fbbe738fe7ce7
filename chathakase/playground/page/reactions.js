/** The emoji under a message. */

import { button, h } from "./dom.js";
import { emojiCharacter, pickEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { userName } from "./names.js";

/** The row of reactions of a message, or null. */
export function reactionsNode(page, channel, message) {
  if (!message.reactions?.length) return null;
  const { store } = page;
  const marks = message.reactions.map(({ name, users }) => {
    const mine = users.includes(store.me);
    const who = users.map((id) => (id === store.me ? "you" : userName(store, id))).join(", ");
    const title = `${who} reacted with :${name}:`;
    return button(
      title,
      {
        class: `reaction${mine ? " mine" : ""}`,
        "aria-pressed": String(mine),
        onclick: () => page.react(channel, message, name),
      },
      h("span", { class: "emoji" }, emojiCharacter(name) || `:${name}:`),
      h("span", { class: "count" }, String(users.length)),
    );
  });
  const add = button(
    "Add another reaction",
    {
      class: "reaction reaction-add",
      "aria-haspopup": "dialog",
      onclick: (event) => pickEmoji(event.currentTarget, (name) => page.react(channel, message, name)),
    },
    icon("smile"),
  );
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, ...marks, add);
}
