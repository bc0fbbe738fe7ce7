/** What can be done with a message: one toolbar that appears on the row under the pointer or the focus. */

import { confirmed } from "./confirm.js";
import { button, h } from "./dom.js";
import { pickEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { isReply } from "./log.js";
import { openMenu } from "./popover.js";

export class Toolbar {
  /** @param {object} list the messages whose rows it appears on */
  constructor(list) {
    this.list = list;
    this.page = list.page;
    this.element = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" });
    list.list.addEventListener("pointerover", (event) => this.enter(event.target.closest(".slot")));
    list.list.addEventListener(
      "pointerleave",
      () => this.element.contains(document.activeElement) || this.busy() || this.leave(),
    );
    list.list.addEventListener("focusin", (event) => this.enter(event.target.closest(".slot")));
  }

  busy() {
    return this.element.querySelector('[aria-expanded="true"]') !== null;
  }

  enter(slot) {
    if (!slot || this.busy()) return;
    const row = this.list.rows.get(slot.dataset.ts);
    if (!row || (this.row === row && this.element.isConnected && this.drawnFor === this.page.store.me)) return;
    this.row = row;
    this.drawnFor = this.page.store.me;
    this.draw();
    row.article.append(this.element);
  }

  leave() {
    this.element.remove();
    this.row = null;
  }

  draw() {
    const { message } = this.row;
    const mine = this.isMine(message);
    const real = !message.ephemeral_to && message.subtype !== "tombstone";
    const tool = (name, sign, act, more = {}) =>
      button(name, { class: "tool", onclick: (event) => act(event.currentTarget), ...more }, icon(sign));
    const tools = [];
    if (real) {
      tools.push(tool("Add reaction", "smile", (anchor) => this.react(anchor), { "aria-haspopup": "dialog" }));
      if (!this.list.inThread) tools.push(tool("Reply in thread", "reply", () => this.reply()));
      if (mine)
        tools.push(
          tool("Edit message", "edit", () => this.list.edit(message.ts)),
          tool("Delete message", "trash", () => this.remove()),
        );
      tools.push(tool("More actions", "more", (anchor) => this.more(anchor), { "aria-haspopup": "menu" }));
    } else if (message.ephemeral_to)
      tools.push(
        tool("Dismiss message", "close", () =>
          this.page.store.take_gone({ channel: this.row.channel, ts: message.ts }),
        ),
      );
    this.element.replaceChildren(...tools);
    this.element.hidden = !tools.length;
  }

  isMine(message) {
    return (
      message.user === this.page.store.me &&
      !message.bot_id &&
      (!message.subtype || ["thread_broadcast", "file_share", "me_message"].includes(message.subtype))
    );
  }

  react(anchor) {
    const { row } = this;
    pickEmoji(anchor, (name) => this.page.react(row.channel, row.message, name));
  }

  reply() {
    const { channel, message } = this.row;
    this.page.openThread(channel, isReply(message) ? message.thread_ts : message.ts, { focus: true });
  }

  more(anchor) {
    const { page } = this;
    const { channel, message } = this.row;
    const items = [
      { name: "Copy link", act: () => page.copy(page.permalink(channel, message), "Link copied") },
      { name: "Copy text", act: () => page.copy(message.text ?? "", "Text copied") },
    ];
    for (const each of page.store.shortcuts.filter((shortcut) => shortcut.type === "message")) {
      items.push({
        name: each.name,
        note: each.app.name,
        act: () => page.ask("message_action", { callback_id: each.callback_id, app_id: each.app.id, channel, ts: message.ts }),
      });
    }
    openMenu(anchor, items, "More actions");
  }

  async remove() {
    const { channel, message } = this.row;
    const sure = await confirmed({
      title: "Delete message",
      text: "It will be deleted for everyone and cannot be restored.",
      confirm: "Delete",
      style: "danger",
      returnTo: this.row.article,
    });
    if (sure) this.page.ask("delete", { channel, ts: message.ts });
  }

  /** Keys on a focused message. */
  key(event, row) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { message } = row;
    if (message.ephemeral_to || message.subtype === "tombstone") return;
    this.row = row;
    const acts = {
      t: () => !this.list.inThread && this.reply(),
      ArrowRight: () => !this.list.inThread && this.reply(),
      r: () => this.react(row.article),
      e: () => this.isMine(message) && this.list.edit(message.ts),
      Delete: () => this.isMine(message) && this.remove(),
      Escape: () => this.page.focusComposer(this.list.inThread),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }
}
