/** The slash commands that Slack itself has, as far as they make sense here. */

import { handle } from "./names.js";

/** @type {Record<string, {description: string, usage_hint?: string, run: (page: any, channel: string, words: string) => Promise<any>}>} */
export const BUILT_IN = {
  "/invite": { description: "Add somebody to this channel", usage_hint: "@name", run: invite },
  "/join": { description: "Become a member of a channel", usage_hint: "#channel", run: join },
  "/leave": { description: "Leave this channel", run: (page, channel) => page.api("conversations.leave", { channel }) },
  "/topic": {
    description: "Set the channel's topic",
    usage_hint: "text",
    run: (page, channel, topic) => page.api("conversations.setTopic", { channel, topic }),
  },
};

async function invite(page, channel, words) {
  const names = words
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/^@/, ""));
  const users = [...page.store.users.values()].filter(
    (user) => names.includes(user.name) || names.includes(handle(user).toLowerCase()),
  );
  if (!users.length) return page.fail("There is nobody by that name in this workspace.");
  return page.api("conversations.invite", { channel, users: users.map((user) => user.id).join(",") });
}

async function join(page, channel, words) {
  const name = words.trim().replace(/^#/, "");
  const found = name
    ? [...page.store.conversations.values()].find((each) => each.name === name)
    : page.store.conversations.get(channel);
  if (!found) return page.fail(`There is no channel #${name}.`);
  const joined = await page.api("conversations.join", { channel: found.id });
  if (joined) page.open(found.id);
  return joined;
}
