/** The question that is asked before something happens. */

import { button, h } from "./dom.js";
import { openLayer } from "./layers.js";

let number = 0;

/**
 * Ask; resolves to whether the answer is yes.
 * @param {{title: any, text: any, confirm?: string, deny?: string, style?: string, returnTo?: HTMLElement}} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, confirm = "Yes", deny = "Cancel", style = "primary", returnTo }) {
  return new Promise((resolve) => {
    number += 1;
    const answer = (yes) => {
      close();
      resolve(yes);
    };
    const yes = button(confirm, { class: `button ${style}`, onclick: () => answer(true) });
    const dialog = h(
      "div",
      {
        class: "dialog confirm",
        role: "alertdialog",
        "aria-labelledby": `ask-${number}`,
        "aria-describedby": `asked-${number}`,
      },
      h("h2", { id: `ask-${number}`, class: "dialog-title" }, title),
      h("div", { id: `asked-${number}`, class: "dialog-body" }, text),
      h("div", { class: "dialog-foot" }, button(deny, { class: "button", onclick: () => answer(false) }), yes),
    );
    const close = openLayer(dialog, { escape: () => answer(false), returnTo });
    yes.focus();
  });
}
