/** The line under the messages that tells what the app is doing, and the prompts that it suggests. */

import { button, fill, h } from "./dom.js";
import { isReply } from "./log.js";
import { appName } from "./names.js";

const TURN = 3_000;
const RECENT = 20;

export class StatusLine {
  constructor(page) {
    this.page = page;
    this.line = h("div", { class: "status-line", role: "status", "aria-label": "App status" });
    this.prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts", hidden: true });
    this.stop = button("Stop", {
      class: "button small stop",
      title: "Stop the reply that is being written",
      hidden: true,
      onclick: () => page.ask("stop", { channel: this.channel, ts: this.stream }),
    });
    this.element = h("div", { class: "status" }, this.prompts, h("div", { class: "status-row" }, this.line, this.stop));
  }

  /** Show what belongs to a place. */
  show(channel, thread_ts, say) {
    const { store } = this.page;
    this.place(channel, thread_ts ?? "");
    const status = store.statusOf(channel, thread_ts);
    clearInterval(this.timer);
    if (status) {
      const words = [status.status, ...(status.loading_messages ?? [])];
      let turn = status.loading_messages?.length ? 1 : 0;
      const draw = () =>
        fill(
          this.line,
          h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
          h("span", {}, h("strong", {}, appName(store, status.user)), ` ${words[turn]}`),
        );
      draw();
      if (words.length > 2) {
        this.timer = setInterval(() => {
          turn = (turn % (words.length - 1)) + 1;
          draw();
        }, TURN);
      }
    } else fill(this.line);
    this.drawPrompts(store.promptsOf(channel, thread_ts), say);
  }

  /** At another place another reply may be written. */
  place(channel, root) {
    if (this.channel === channel && this.root === root) return;
    Object.assign(this, { channel, root, stream: "" });
    const log = this.page.store.log(channel);
    const all = (root ? log.threads.get(root) : log.main) ?? [];
    this.stream = all.slice(-RECENT).find((ts) => log.get(ts)?.streaming) ?? "";
    this.stop.hidden = !this.stream;
  }

  /** A message has changed: perhaps one is being written here, or is finished. */
  hear({ channel, ts, message }) {
    if (channel !== this.channel) return;
    const here = message?.streaming && (this.root ? message.thread_ts === this.root : !isReply(message));
    if (here) this.stream = ts;
    else if (this.stream === ts) this.stream = "";
    this.stop.hidden = !this.stream;
  }

  drawPrompts(given, say) {
    const prompts = given?.prompts ?? [];
    this.prompts.hidden = !prompts.length;
    fill(
      this.prompts,
      given?.title ? h("div", { class: "prompts-title" }, given.title) : null,
      ...prompts.map((each) => button(each.title, { class: "prompt", onclick: () => say(each.message) })),
    );
  }
}
