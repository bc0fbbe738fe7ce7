/** What people, apps and conversations are called, and their faces. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const HUES = 10;

/** The name that a user goes by. */
export function userName(store, id) {
  const user = store.users.get(id);
  if (!user) return id === "USLACKBOT" ? "Slackbot" : (id ?? "Somebody");
  return user.profile?.display_name && user.is_bot ? user.profile.display_name : user.real_name || user.name;
}

/** What the app of a bot user is called; the first app where it is not told whose it is. */
export function appName(store, bot) {
  return (store.appOf(bot) ?? store.apps[0])?.name ?? "The app";
}

/** The word after the @ that means a user. */
export function handle(user) {
  return user.profile?.display_name || user.name;
}

/** Who wrote a message, as it is shown. */
export function author(store, message) {
  const bot = Boolean(message.bot_id);
  const name = message.username || (message.user ? userName(store, message.user) : message.bot_profile?.name) || "App";
  return { name, bot, id: message.user ?? message.bot_id ?? name };
}

/** What a conversation is called by the person who speaks. */
export function conversationName(store, conversation) {
  if (conversation.type === "im") return userName(store, otherThan(store.me, conversation));
  if (conversation.type === "mpim") {
    return conversation.members
      .filter((id) => id !== store.me)
      .map((id) => shortName(store, id))
      .join(", ");
  }
  return conversation.name;
}

const shortName = (store, id) => userName(store, id).split(" ")[0];

/** The other one in a direct message. */
export function otherThan(me, conversation) {
  return conversation.members.find((id) => id !== me) ?? me;
}

/** A generated picture of a user: initials on a colour of their own. */
export function avatar(store, id, name, { bot = false } = {}) {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .split(/\s+/)
    .filter(Boolean);
  const isBot = bot || Boolean(store.users.get(id)?.is_bot);
  const capitals = isBot ? name.match(/\p{Lu}/gu) : null;
  const initials =
    capitals?.length > 1
      ? capitals.slice(0, 2).join("")
      : words
          .slice(0, 2)
          .map((word) => [...word][0])
          .join("");
  return h("span", {
    class: `avatar hue-${hue(id)}${isBot ? " avatar-bot" : ""}`,
    "aria-hidden": "true",
    "data-initials": (initials || "?").toUpperCase(),
  });
}

function hue(text) {
  let sum = 5;
  for (const character of text ?? "") sum = (sum * 29 + character.codePointAt(0)) % 99_991;
  return sum % HUES;
}

/** The sign before a conversation's name. */
export function conversationSign(store, conversation) {
  if (conversation.type === "channel") return icon("hash");
  if (conversation.type === "group") return icon("lock");
  if (conversation.type === "mpim") return icon("people");
  const other = otherThan(store.me, conversation);
  return avatar(store, other, userName(store, other));
}
