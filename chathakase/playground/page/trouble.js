/** The buttons that make trouble, to see how a bot bears it. */

import { button, h } from "./dom.js";
import { toast } from "./toast.js";

const TROUBLES = [
  ["Disconnect socket", "Slack asks the app to reconnect, then closes", { what: "disconnect" }],
  ["Drop socket", "The connection breaks without a word", { what: "drop" }],
  ["Redeliver last event", "The same event once more, as a retry", { what: "redeliver" }],
  [
    "429 next call",
    "The next call is rate limited for 3 seconds",
    { what: "limit", method: "*", times: 1, seconds: 3 },
  ],
  ["500 next call", "The next call fails on Slack's side", { what: "fail", method: "*", times: 1 }],
  ["Slow network", "The next 20 calls take 2 seconds longer", { what: "slow", method: "*", times: 20, seconds: 2 }],
  ["Kill the stream", "The open stream is ended from Slack's side", { what: "kill_stream" }],
];

/** The row of buttons. */
export function troubleButtons(page) {
  const make = ([name, title, fields]) =>
    button(name, { class: "button small", title, onclick: () => cause(page, name, fields) });
  const end = button("End all trouble", {
    class: "button small primary",
    title: "Everything works again",
    onclick: () => cause(page, "End all trouble", { what: "clear" }),
  });
  return h("div", { class: "trouble", role: "group", "aria-label": "Make trouble" }, ...TROUBLES.map(make), end);
}

async function cause(page, name, fields) {
  if (await page.ask("trouble", fields)) toast(`${name}: done`);
}
