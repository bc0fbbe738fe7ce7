/** Links and mentions as nodes: only http, https and mailto are links, and permalinks stay inside the page. */

import { h } from "./dom.js";
import { userName } from "./names.js";

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** An address as a URL if a message may link to it, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** Where a Slack permalink of this workspace leads, or null. */
export function placeOf(store, address) {
  const url = safeUrl(address);
  if (!url) return null;
  const ours = url.hostname === `${store.team.domain}.slack.com` || url.host === location.host;
  const match = /^\/archives\/([A-Z0-9]+)(?:\/p(\d+)(\d{6}))?\/?$/.exec(url.pathname);
  if (!ours || !match) return null;
  return {
    channel: match[1],
    ts: match[2] ? `${match[2]}.${match[3]}` : "",
    thread_ts: url.searchParams.get("thread_ts") ?? "",
  };
}

/**
 * A link that is safe to follow, or null if the address is none.
 * @param {object} store
 * @param {string} address
 * @param {(Node|string)[]} children
 */
export function link(store, address, children, attributes = {}) {
  const url = safeUrl(address);
  if (!url) return null;
  const anchor = h("a", { ...attributes, href: url.href, rel: "noopener noreferrer", target: "_blank" }, ...children);
  const place = placeOf(store, address);
  if (place) {
    anchor.removeAttribute("target");
    anchor.dataset.jump = JSON.stringify(place);
  }
  return anchor;
}

/** A mention: a user or channel that can be clicked, or a word for many. */
export function mention(store, kind, id, label = "") {
  if (kind === "user") {
    const known = store.users.get(id);
    const text =
      known?.profile?.display_name && known.is_bot
        ? known.profile.display_name
        : known
          ? userName(store, id)
          : label || id;
    return h(
      "span",
      { class: `mention${id === store.me ? " mention-me" : ""}`, "data-user": id },
      `@${text.replace(/^@/, "")}`,
    );
  }
  if (kind === "channel") {
    const channel = store.conversations.get(id);
    const name = channel?.name || label || id;
    if (!channel) return h("span", { class: "mention" }, `#${name}`);
    return h("a", { class: "mention", href: `#${id}`, "data-jump": JSON.stringify({ channel: id }) }, `#${name}`);
  }
  if (kind === "usergroup") return h("span", { class: "mention" }, label || `@${id}`);
  return h("span", { class: "mention mention-me" }, `@${id}`);
}
