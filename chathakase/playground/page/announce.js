/** Says new messages to screen readers once they are complete, not while they grow. */

import { author } from "./names.js";
import { unescaped } from "./mrkdwn.js";

const QUIET = 1_200;
const MOST = 600;

/** Announce what others write. */
export function announce(store) {
  const waiting = new Map();
  const region = document.querySelector("#announcer");
  store.on("message", ({ channel, ts, message, fresh }) => {
    if (!message || message.user === store.me || (!fresh && !waiting.has(ts))) return;
    if (message.ephemeral_to && message.ephemeral_to !== store.me) return;
    if (!store.isMember(channel)) return;
    clearTimeout(waiting.get(ts));
    waiting.set(
      ts,
      setTimeout(() => {
        if (store.message(channel, ts)?.streaming) return;
        waiting.delete(ts);
        const last = store.message(channel, ts);
        if (last) region.textContent = `${author(store, last).name}: ${unescaped(last.text ?? "").slice(0, MOST)}`;
      }, QUIET),
    );
  });
}
