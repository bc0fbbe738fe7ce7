/** Editing one's own message in its place. */

import { attachCompletion } from "./completion.js";
import { button, h } from "./dom.js";
import { handle } from "./names.js";
import { unescaped } from "./mrkdwn.js";

/** A stored text as a person would type it. */
export function typed(text, store) {
  const plain = text.replace(/<([^<>\n]+)>/g, (all, token) => {
    const [target, label] = token.split("|");
    if (target.startsWith("@"))
      return store.users.has(target.slice(1)) ? `@${handle(store.users.get(target.slice(1)))}` : all;
    if (target.startsWith("#")) return `#${store.conversations.get(target.slice(1))?.name ?? label ?? target.slice(1)}`;
    if (target.startsWith("!"))
      return /^!(here|channel|everyone)$/.test(target) ? `@${target.slice(1)}` : (label ?? all);
    return target.replace(/^mailto:/, "");
  });
  return unescaped(plain);
}

export class Editor {
  /**
   * @param {object} page
   * @param {import("./message.js").Row} row
   * @param {() => void} closed
   */
  constructor(page, row, closed) {
    this.page = page;
    this.row = row;
    this.closed = closed;
    this.field = h("textarea", {
      class: "editor-field",
      "aria-label": "Edit message",
      rows: "1",
      value: typed(row.message.text ?? "", page.store),
    });
    this.element = h(
      "div",
      { class: "editor" },
      this.field,
      h(
        "div",
        { class: "editor-buttons" },
        button("Cancel", { class: "button small", onclick: () => this.close() }),
        button("Save changes", { class: "button small primary", onclick: () => this.save() }),
      ),
    );
    this.before = this.field.value;
    row.article.classList.add("editing");
    row.body.after(this.element);
    this.field.addEventListener("input", () => this.fit());
    this.field.addEventListener("keydown", (event) => this.key(event));
    attachCompletion(page, this.field, { commands: false });
    this.fit();
    this.field.focus();
    this.field.setSelectionRange(this.before.length, this.before.length);
  }

  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }

  key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey) this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async save() {
    const text = this.field.value.trim();
    if (!text) return;
    const { channel, message } = this.row;
    if (text !== this.before.trim() && !(await this.page.ask("edit", { channel, ts: message.ts, text }))) return;
    this.close();
  }

  close() {
    if (!this.element.isConnected) return;
    const inside = this.element.contains(document.activeElement);
    this.element.remove();
    this.row.article.classList.remove("editing");
    this.closed();
    if (inside) this.page.focusComposer(this.row.inThread);
  }
}
