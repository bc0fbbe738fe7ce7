/** The line under the messages that tells what the app is doing, and the prompts that it suggests. */

import { button, fill, h } from "./dom.js";

const TURN = 3_000;

export class StatusLine {
  constructor(page) {
    this.page = page;
    this.line = h("div", { class: "status-line", role: "status", "aria-label": "App status" });
    this.prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts", hidden: true });
    this.element = h("div", { class: "status" }, this.prompts, this.line);
  }

  /** Show what belongs to a place. */
  show(channel, thread_ts, say) {
    const { store } = this.page;
    const status = store.statusOf(channel, thread_ts);
    clearInterval(this.timer);
    if (status) {
      const words = [status.status, ...(status.loading_messages ?? [])];
      let turn = status.loading_messages?.length ? 1 : 0;
      const draw = () => fill(this.line, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, h("strong", {}, store.app.name), ` ${words[turn]}`));
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

  drawPrompts(given, say) {
    const prompts = given?.prompts ?? [];
    this.prompts.hidden = !prompts.length;
    fill(this.prompts, given?.title ? h("div", { class: "prompts-title" }, given.title) : null, ...prompts.map((each) => button(each.title, { class: "prompt", onclick: () => say(each.message) })));
  }
}
