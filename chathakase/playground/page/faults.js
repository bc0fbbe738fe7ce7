/** The buttons that cause faults, to see how a bot bears them. */

import { button, h } from "./dom.js";
import { toast } from "./toast.js";

const NO_SOCKET = "No app is connected, so there is no socket.";
const NO_ECHO = "The model that answers here is not the echo, so nothing can be done to it.";

/** What each button is called, what it does, what it asks for, and what is said if there is nothing to disturb. */
const FAULTS = {
  Slack: [
    ["Disconnect socket", "Slack asks the app to reconnect, then closes", { what: "disconnect" }, NO_SOCKET],
    ["Drop socket", "The connection breaks without a word", { what: "drop" }, NO_SOCKET],
    [
      "Redeliver last event",
      "The same event once more, as a retry",
      { what: "redeliver" },
      "There has been no event yet: say something first.",
    ],
    [
      "429 next call",
      "The next call that writes text is rate limited for 3 seconds",
      { what: "limit", method: "writes", times: 1, seconds: 3 },
    ],
    ["500 next call", "The next call that writes text fails", { what: "fail", method: "writes", times: 1 }],
    ["Slow network", "The next 20 calls take 2 seconds longer", { what: "slow", method: "*", times: 20, seconds: 2 }],
    [
      "Kill the stream",
      "The open stream is ended from Slack's side",
      { what: "kill_stream" },
      "No stream is open: the app edits its messages, or is not writing.",
    ],
  ],
  Model: [
    ["Slow model", "The next answer begins 8 seconds later", { what: "model", how: "slow" }, NO_ECHO],
    ["Refuse", "The next question is refused by a policy", { what: "model", how: "refuse" }, NO_ECHO],
    ["Cut off", "The connection breaks in the middle of the next answer", { what: "model", how: "cut" }, NO_ECHO],
    ["Overloaded", "The next 5 requests are answered with 503", { what: "model", how: "overload" }, NO_ECHO],
  ],
};

/** The row of buttons. */
export function faultButtons(page) {
  const make = ([name, title, fields, nothing]) =>
    button(name, { class: "button small", title, onclick: () => cause(page, title, fields, nothing) });
  const row = ([where, faults]) =>
    h(
      "div",
      { class: "fault-row", role: "group", "aria-label": `Faults of ${where}` },
      h("span", { class: "fault-name", "aria-hidden": "true" }, where),
      ...faults.map(make),
    );
  const end = button("End all faults", {
    class: "button small primary",
    title: "Everything works again",
    onclick: () => cause(page, "Everything works again", { what: "clear" }),
  });
  const rows = Object.entries(FAULTS).map(row);
  return h("div", { class: "fault", role: "group", "aria-label": "Cause faults" }, ...rows, end);
}

/** Cause a fault, and tell what it does, or that there is nothing to disturb. */
async function cause(page, does, fields, nothing) {
  const made = await page.ask("fault", fields);
  if (made) toast(made.count || !nothing ? `${does}.` : nothing, { error: !made.count && Boolean(nothing) });
}
