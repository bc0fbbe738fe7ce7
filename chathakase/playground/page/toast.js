/** Short notices that go by themselves. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";

const STAYS = 6_000;

/**
 * Show a notice.
 * @param {string} text
 * @param {{error?: boolean, action?: {name: string, act: () => void}}} [options]
 */
export function toast(text, { error = false, action } = {}) {
  const node = h(
    "div",
    { class: `toast${error ? " toast-error" : ""}` },
    h("span", {}, text),
    action
      ? button(action.name, {
          class: "button small",
          onclick: () => {
            node.remove();
            action.act();
          },
        })
      : null,
    button("Dismiss", { class: "tool", onclick: () => node.remove() }, icon("close")),
  );
  const all = document.querySelector("#toasts");
  all.append(node);
  while (all.children.length > 4) all.firstElementChild.remove();
  setTimeout(() => node.remove(), STAYS);
}
