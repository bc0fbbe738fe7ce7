/** All select menus, single and multiple, with options of their own or of the workspace or of the app. */

import { button, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { conversationName, userName } from "../names.js";
import { textObject } from "../mrkdwn.js";
import { openPopover } from "../popover.js";

const PAUSE = 250;
/** Of each kind: the key of a choice (with an s for many), and of what is chosen at first. */
const KEYS = {
  static: "option",
  external: "option",
  users: "user",
  conversations: "conversation",
  channels: "channel",
};
let number = 0;

export function select(element, block, surface, { dispatch, label }) {
  return new Select(element, block, surface, dispatch, label).node;
}

class Select {
  constructor(element, block, surface, dispatch, label) {
    Object.assign(this, { element, block, surface, dispatch });
    number += 1;
    this.id = `select-${number}`;
    this.many = element.type.startsWith("multi_");
    this.kind = element.type.replace("multi_", "").replace("_select", "");
    this.key = `selected_${KEYS[this.kind]}${this.many ? "s" : ""}`;
    this.placeholder = element.placeholder?.text ?? (this.many ? "Choose…" : "Choose one…");
    this.label = label;
    this.chosen = this.first();
    this.node = h("button", {
      type: "button",
      class: "select",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": label || this.placeholder,
      onclick: () => this.open(),
    });
    this.node.addEventListener(
      "keydown",
      (event) => event.key === "ArrowDown" && (event.preventDefault(), this.open()),
    );
    this.draw();
    this.enter();
  }

  get byOption() {
    return KEYS[this.kind] === "option";
  }

  /** What is chosen at first, as options. */
  first() {
    const before = this.surface.entered(this.block, this.element);
    const initial = before ? before[this.key] : this.element[`initial_${KEYS[this.kind]}${this.many ? "s" : ""}`];
    const here = this.element.default_to_current_conversation && !initial ? this.surface.page.place.channel : null;
    const given = initial ?? (here && this.many ? [here] : here) ?? [];
    return (Array.isArray(given) ? given : [given]).map((each) => (typeof each === "string" ? this.named(each) : each));
  }

  /** An id of the workspace as an option. */
  named(id) {
    const { store } = this.surface;
    const conversation = store.conversations.get(id);
    const text = conversation
      ? `${conversation.name && conversation.type !== "mpim" ? "#" : ""}${conversationName(store, conversation)}`
      : userName(store, id);
    return { value: id, text: { type: "plain_text", text } };
  }

  /** What is chosen, in the shape of the payload. */
  selected() {
    const all = this.chosen.map((option) => (this.byOption ? option : option.value));
    return { [this.key]: this.many ? all : (all[0] ?? null) };
  }

  enter() {
    this.surface.enter(this.block, this.element, this.selected());
  }

  draw() {
    const { store } = this.surface;
    const texts = this.chosen.map((option) =>
      h("span", { class: this.many ? "chip" : "select-value" }, textObject(option.text, store)),
    );
    fill(this.node, ...(texts.length ? texts : [h("span", { class: "select-empty" }, this.placeholder)]), icon("down"));
    this.node.setAttribute(
      "aria-label",
      [this.label || this.placeholder, ...this.chosen.map((option) => option.text?.text)].join(", "),
    );
  }

  open() {
    const name = this.label || this.placeholder;
    this.list = h("div", {
      class: "options",
      role: "listbox",
      id: this.id,
      "aria-label": name,
      "aria-multiselectable": this.many || null,
    });
    this.search = h("input", {
      type: "search",
      class: "field",
      placeholder: this.kind === "external" ? "Type to search" : "Filter",
      "aria-label": `Filter ${name}`,
      "aria-controls": this.id,
      oninput: () => this.look(),
    });
    this.search.addEventListener("keydown", (event) => this.keyed(event));
    this.list.addEventListener("keydown", (event) => this.keyed(event));
    this.close = openPopover(this.node, h("div", { class: "select-panel" }, this.search, this.list), {
      label: name,
      focus: this.search,
      width: true,
    });
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    if (this.kind !== "external") {
      this.offer(this.groups());
      return;
    }
    const least = this.element.min_query_length ?? 3;
    if (this.search.value.length < least) {
      fill(
        this.list,
        h("p", { class: "quiet" }, `Type at least ${least} ${least === 1 ? "character" : "characters"}.`),
      );
      return;
    }
    fill(this.list, h("p", { class: "quiet" }, "Asking the app…"));
    this.timer = setTimeout(() => this.ask(this.search.value), PAUSE);
  }

  async ask(value) {
    const answer = await this.surface.suggest(this.block, this.element, value);
    if (!this.list.isConnected || this.search.value !== value) return;
    if (!answer) fill(this.list, h("p", { class: "quiet" }, "The app has not answered."));
    else this.offer(answer.option_groups ?? [{ options: answer.options ?? [] }]);
  }

  groups() {
    const { store } = this.surface;
    const { element, kind } = this;
    if (kind === "static") return element.option_groups ?? [{ options: element.options ?? [] }];
    if (kind === "users")
      return [{ options: [...store.users.keys()].filter((id) => id !== "USLACKBOT").map((id) => this.named(id)) }];
    const include = element.filter?.include;
    const kinds = { channel: "public", group: "private", im: "im", mpim: "mpim" };
    const fits = (each) =>
      kind === "channels"
        ? each.type === "channel"
        : (each.type === "channel" || each.members.includes(store.me)) &&
          (!include || include.includes(kinds[each.type]));
    return [{ options: [...store.conversations.values()].filter(fits).map((each) => this.named(each.id)) }];
  }

  offer(groups) {
    const wanted = this.kind === "external" ? "" : this.search.value.toLowerCase();
    fill(this.list);
    for (const group of groups) {
      const options = (group.options ?? []).filter((option) =>
        (option.text?.text ?? "").toLowerCase().includes(wanted),
      );
      if (!options.length) continue;
      if (group.label)
        this.list.append(h("div", { class: "option-group" }, textObject(group.label, this.surface.store)));
      this.list.append(...options.map((option) => this.option(option)));
    }
    if (!this.list.childNodes.length) fill(this.list, h("p", { class: "quiet" }, "Nothing found."));
  }

  option(option) {
    const chosen = this.chosen.some((each) => each.value === option.value);
    return button(
      option.text?.text ?? "",
      {
        class: "option",
        role: "option",
        title: null,
        "aria-selected": String(chosen),
        onclick: () => this.choose(option),
      },
      h("span", { class: "option-tick" }, chosen ? icon("check") : null),
      h(
        "span",
        {},
        textObject(option.text, this.surface.store),
        option.description ? h("span", { class: "quiet" }, textObject(option.description, this.surface.store)) : null,
      ),
    );
  }

  choose(option) {
    const has = this.chosen.some((each) => each.value === option.value);
    if (!this.many) this.chosen = [option];
    else if (has) this.chosen = this.chosen.filter((each) => each.value !== option.value);
    else if (this.chosen.length < (this.element.max_selected_items ?? Infinity)) this.chosen = [...this.chosen, option];
    this.draw();
    this.enter();
    if (this.many) this.again(option);
    else this.close();
    if (this.dispatch) this.surface.act(this.block, this.element, this.selected(), this.node);
  }

  /** Draw the options once more, with the focus where it was. */
  again(option) {
    const focused = this.list.contains(document.activeElement);
    const at = [...this.list.querySelectorAll(".option")].indexOf(document.activeElement);
    if (this.kind === "external") fill(this.list, this.option(option));
    else this.look();
    if (focused) (this.list.querySelectorAll(".option")[at] ?? this.search).focus();
  }

  keyed(event) {
    const all = [...this.list.querySelectorAll(".option")];
    const at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (at + step < 0 ? this.search : all[Math.min(at + step, all.length - 1)])?.focus();
    } else if (event.key === "Enter" && event.target === this.search) {
      event.preventDefault();
      all[0]?.click();
    }
  }
}
