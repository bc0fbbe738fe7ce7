/** The pane of one thread, with its reply box. */

import { Composer, takeDrops } from "./composer.js";
import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { conversationName } from "./names.js";
import { StatusLine } from "./status.js";

export class ThreadPane {
  constructor(page) {
    this.page = page;
    this.list = new MessageList(page, { inThread: true, label: "Thread" });
    this.composer = new Composer(page, {
      inThread: true,
      send: (draft) => page.send(this.channel, this.root, draft),
      editLast: () => this.list.editLast(),
      leave: () => page.closeThread(),
    });
    this.status = new StatusLine(page);
    this.head = h("header", { class: "pane-head" });
    this.foot = h("div", { class: "pane-foot" }, this.status.element, this.composer.element);
    this.element = h(
      "aside",
      { class: "pane thread", id: "thread", "aria-label": "Thread", hidden: true },
      this.head,
      this.list.element,
      this.foot,
    );
    takeDrops(this.element, () => this.composer);
    const { store } = page;
    store.on("message", (change) => this.heard(change));
    for (const topic of ["status", "prompts"])
      store.on(topic, (frame) => frame.channel === this.channel && frame.thread_ts === this.root && this.drawStatus());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Show a thread. */
  show(channel, root) {
    const { store } = this.page;
    const conversation = store.conversations.get(channel);
    this.channel = channel;
    this.root = root;
    this.element.hidden = false;
    const name =
      conversation.type === "channel" || conversation.type === "group"
        ? `#${conversation.name}`
        : conversationName(store, conversation);
    fill(
      this.head,
      h("h2", { class: "pane-title" }, "Thread"),
      button(
        `Go to ${name}`,
        { class: "pane-topic link", onclick: () => this.page.jump({ channel, ts: root }, { keepThread: true }) },
        name,
      ),
      h("span", { class: "spring" }),
      button("Close thread", { class: "tool", onclick: () => this.page.closeThread() }, icon("close")),
    );
    this.list.log.setAttribute("aria-label", `Thread in ${name}`);
    this.composer.element.hidden = !store.isMember(channel);
    this.composer.element.querySelector(".broadcast").lastChild.data =
      conversation.type === "im" ? " Also send as a direct message" : ` Also send to ${name}`;
    this.composer.at(`${store.me}/${channel}/${root}`, { label: "Reply in thread", placeholder: "Reply…" });
    this.list.show(channel, root);
    this.drawStatus();
  }

  hide() {
    this.element.hidden = true;
    this.channel = "";
    this.root = "";
  }

  drawStatus() {
    this.status.show(this.channel, this.root, (text) =>
      this.page.send(this.channel, this.root, { text, files: [], broadcast: false }),
    );
  }

  heard(change) {
    if (!this.isOpen) return;
    if (change.gone?.ts === this.root && change.channel === this.channel) this.page.closeThread();
    else {
      this.list.hear(change);
      this.status.hear(change);
    }
  }
}
