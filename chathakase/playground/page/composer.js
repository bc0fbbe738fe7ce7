/** The box in which a message is written, with its files. */

import { attachCompletion } from "./completion.js";
import { button, fill, h } from "./dom.js";
import { pickEmoji } from "./emoji.js";
import { size } from "./files.js";
import { icon } from "./icons.js";
import { openMenu } from "./popover.js";

const drafts = new Map();

export class Composer {
  /**
   * @param {object} page
   * @param {{inThread: boolean, send: (draft: {text: string, files: File[], broadcast: boolean}) => Promise<boolean>, editLast: () => boolean, leave?: () => void}} options
   */
  constructor(page, { inThread, send, editLast, leave }) {
    Object.assign(this, { page, inThread, editLast, leave });
    this.deliver = send;
    this.files = [];
    this.key = "";
    this.field = h("textarea", { class: "composer-field", rows: "1", autocomplete: "off", spellcheck: "true" });
    this.previews = h("div", { class: "previews", hidden: true });
    this.chooser = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      "aria-label": "Choose files",
      onchange: () => this.addFiles(this.chooser.files),
    });
    this.sendButton = button("Send message", { class: "tool send", onclick: () => this.send() }, icon("send"));
    this.broadcast = h("input", { type: "checkbox" });
    const tools = [
      button("Attach files", { class: "tool", onclick: () => this.chooser.click() }, icon("clip")),
      button("Mention somebody", { class: "tool", onclick: () => this.type("@") }, icon("at")),
      button(
        "Insert emoji",
        {
          class: "tool",
          "aria-haspopup": "dialog",
          onclick: (event) => pickEmoji(event.currentTarget, (name) => this.type(`:${name}: `)),
        },
        icon("smile"),
      ),
      inThread
        ? null
        : button(
            "Commands and shortcuts",
            { class: "tool", "aria-haspopup": "menu", onclick: (event) => this.shortcuts(event.currentTarget) },
            icon("bolt"),
          ),
    ];
    this.box = h(
      "div",
      { class: "composer-box" },
      this.field,
      this.previews,
      h("div", { class: "composer-tools" }, ...tools, this.chooser, h("span", { class: "spring" }), this.sendButton),
    );
    this.element = h(
      "div",
      { class: "composer" },
      this.box,
      inThread ? h("label", { class: "broadcast" }, this.broadcast, " Also send to channel") : null,
    );
    this.completion = attachCompletion(page, this.field, { commands: !inThread });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("paste", (event) => this.pasted(event));
    this.changed();
  }

  /** Write to another place; each keeps its draft. */
  at(key, { label, placeholder }) {
    if (this.key !== key) {
      if (this.key) drafts.set(this.key, { text: this.field.value, files: this.files });
      this.key = key;
      const draft = drafts.get(key) ?? { text: "", files: [] };
      this.field.value = draft.text;
      this.files = draft.files;
      this.broadcast.checked = false;
      this.completion.close();
      this.drawPreviews();
      this.changed();
    }
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = placeholder;
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Put a text in, at the caret. */
  type(text) {
    const { selectionStart, value } = this.field;
    const space = text === "@" && selectionStart && !/\s/.test(value[selectionStart - 1]) ? " " : "";
    this.focus();
    this.field.setRangeText(space + text, selectionStart, this.field.selectionEnd, "end");
    this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  shortcuts(anchor) {
    const { store } = this.page;
    const items = store.shortcuts
      .filter((each) => each.type === "global")
      .map((each) => ({
        name: each.name,
        note: each.app.name,
        act: () => this.page.ask("shortcut", { callback_id: each.callback_id, app_id: each.app.id }),
      }));
    const commands = this.page
      .commands()
      .map((each) => ({ name: each.command, note: each.description, act: () => this.replace(`${each.command} `) }));
    openMenu(anchor, [...items, ...commands], "Commands and shortcuts");
  }

  replace(text) {
    this.field.value = text;
    this.changed();
    this.focus();
    this.completion.close();
  }

  changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 240)}px`;
    this.sendButton.disabled = !this.field.value.trim() && !this.files.length;
  }

  pressed(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.field.value && this.editLast()) event.preventDefault();
    else if (event.key === "Escape") {
      event.preventDefault();
      if (this.leave) this.leave();
      else this.field.blur();
    }
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.addFiles(files);
  }

  addFiles(files) {
    this.files = [...this.files, ...files];
    this.chooser.value = "";
    this.drawPreviews();
    this.changed();
    this.focus();
  }

  drawPreviews() {
    this.previews.hidden = !this.files.length;
    fill(this.previews, ...this.files.map((file) => this.preview(file)));
  }

  preview(file) {
    const drop = button(
      `Remove ${file.name}`,
      { class: "preview-drop", onclick: () => this.dropFile(file) },
      icon("close"),
    );
    if (file.type.startsWith("image/")) {
      const address = URL.createObjectURL(file);
      return h(
        "div",
        { class: "preview" },
        h("img", { src: address, alt: file.name, onload: () => URL.revokeObjectURL(address) }),
        drop,
      );
    }
    return h(
      "div",
      { class: "preview preview-file" },
      icon("file"),
      h("span", {}, file.name, h("span", { class: "quiet" }, size(file.size))),
      drop,
    );
  }

  dropFile(file) {
    this.files = this.files.filter((other) => other !== file);
    this.drawPreviews();
    this.changed();
    this.focus();
  }

  /** Send what is written; it comes back if that fails. */
  async send() {
    const text = this.field.value.trim();
    const { files, key } = this;
    if ((!text && !files.length) || this.sending) return;
    const broadcast = this.broadcast.checked;
    this.sending = true;
    this.files = [];
    this.field.value = "";
    this.drawPreviews();
    this.changed();
    try {
      const sent = await this.deliver({ text, files, broadcast });
      if (sent) this.broadcast.checked = false;
      else this.giveBack(key, text, files);
    } finally {
      this.sending = false;
    }
  }

  giveBack(key, text, files) {
    if (this.key !== key) {
      drafts.set(key, { text, files });
      return;
    }
    this.field.value = this.field.value ? `${text}\n${this.field.value}` : text;
    this.files = [...files, ...this.files];
    this.drawPreviews();
    this.changed();
  }
}

/** Let files be dropped onto a pane. */
export function takeDrops(pane, composer) {
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  pane.addEventListener("dragover", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    pane.classList.add("dropping");
  });
  pane.addEventListener(
    "dragleave",
    (event) => pane.contains(event.relatedTarget) || pane.classList.remove("dropping"),
  );
  pane.addEventListener("drop", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    pane.classList.remove("dropping");
    composer().addFiles(event.dataTransfer.files);
  });
}
