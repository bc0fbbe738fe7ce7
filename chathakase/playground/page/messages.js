/** A list of messages: one row per message, kept by its ts, so that only what has changed is drawn. */

import { button, h } from "./dom.js";
import { Editor } from "./editor.js";
import { icon } from "./icons.js";
import { isReply, position, visible } from "./log.js";
import { Row } from "./message.js";
import { Toolbar } from "./toolbar.js";

const AT_ONCE = 80;
const PER_FRAME = 120;
const NEAR = 60;

export class MessageList {
  /**
   * @param {object} page
   * @param {{inThread: boolean, label: string}} options
   */
  constructor(page, { inThread, label }) {
    this.page = page;
    this.inThread = inThread;
    this.rows = new Map();
    this.shown = [];
    this.ahead = [];
    this.changed = new Set();
    this.intro = h("div", { class: "intro" });
    this.list = h("div", { class: "rows" });
    this.tail = h("div", { class: "tail" });
    this.content = h("div", { class: "content" }, this.intro, this.list, this.tail);
    this.log = h(
      "div",
      { class: "log", role: "log", "aria-label": label, "aria-live": "off", tabindex: "0" },
      this.content,
    );
    this.jump = button(
      "Jump to new messages",
      { class: "jump-down", hidden: true, onclick: () => this.toBottom(true) },
      icon("arrow"),
      h("span", {}, "New messages"),
    );
    this.element = h("div", { class: "log-frame" }, this.log, this.jump);
    this.toolbar = new Toolbar(this);
    this.stick = true;
    this.height = 0;
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.log.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resized()).observe(this.content);
    new ResizeObserver(() => this.resized()).observe(this.log);
  }

  /** Show a channel, or a thread of it. */
  show(channel, root = "") {
    this.channel = channel;
    this.root = root;
    this.editor?.close();
    this.changed.clear();
    this.rows.clear();
    this.list.replaceChildren();
    this.toolbar.leave();
    const all = this.wanted();
    const first = Math.max(0, all.length - AT_ONCE);
    this.ahead = all.slice(0, first);
    this.shown = [];
    for (const ts of all.slice(first)) this.insert(ts);
    this.stick = true;
    this.toBottom();
    this.drawAhead();
  }

  /** The ts of what is to be seen, oldest first. */
  wanted() {
    const { store } = this.page;
    const log = store.log(this.channel);
    const all = this.root ? [this.root, ...log.replies(this.root, store.me)] : log.main;
    return all.filter((ts) => visible(log.get(ts), store.me));
  }

  /** Draw what is further up, a part per frame, so that opening a long thread does not wait for it. */
  drawAhead(all = false) {
    cancelAnimationFrame(this.frame);
    if (!this.ahead.length) return;
    const draw = () => {
      const part = this.ahead.splice(all ? 0 : Math.max(0, this.ahead.length - PER_FRAME));
      const before = this.log.scrollHeight - this.log.scrollTop;
      const rows = part.map((ts, index) => this.made(ts, part[index - 1] ?? this.ahead.at(-1)));
      this.list.prepend(...rows.map((row) => row.element));
      this.shown.unshift(...part);
      if (part.length < this.shown.length) this.redraw(this.shown[part.length]);
      this.log.scrollTop = this.stick ? this.log.scrollHeight : this.log.scrollHeight - before;
      if (this.ahead.length) this.frame = requestAnimationFrame(draw);
    };
    if (all) draw();
    else this.frame = requestAnimationFrame(draw);
  }

  made(ts, above) {
    const log = this.page.store.log(this.channel);
    const row = new Row(this.page, this.inThread);
    row.draw(log.get(ts), above && log.get(above), this.channel);
    this.rows.set(ts, row);
    return row;
  }

  insert(ts) {
    const at = this.place(ts);
    const next = this.rows.get(this.shown[at]);
    const row = this.made(ts, this.shown[at - 1] ?? this.ahead.at(-1));
    this.shown.splice(at, 0, ts);
    this.list.insertBefore(row.element, next?.element ?? null);
    if (next) this.redraw(this.shown[at + 1]);
  }

  place(ts) {
    return position(this.shown, ts);
  }

  remove(ts) {
    const at = this.place(ts);
    this.rows.get(ts)?.element.remove();
    this.rows.delete(ts);
    if (this.shown[at] === ts) this.shown.splice(at, 1);
    this.ahead = this.ahead.filter((other) => other !== ts);
    if (this.shown[at]) this.redraw(this.shown[at]);
  }

  redraw(ts) {
    const at = this.place(ts);
    const log = this.page.store.log(this.channel);
    const above = this.shown[at - 1] ?? this.ahead.at(-1);
    this.rows.get(ts)?.draw(log.get(ts), above && log.get(above), this.channel);
  }

  /** A message was posted, changed or deleted: it is drawn with the next frame. */
  hear({ channel, ts }) {
    if (channel !== this.channel) return;
    if (!this.changed.size) requestAnimationFrame(() => this.settle());
    this.changed.add(ts);
  }

  settle() {
    const { store } = this.page;
    for (const ts of this.changed) {
      const message = store.message(this.channel, ts);
      const belongs = this.belongs(message);
      if (!belongs) {
        if (this.rows.has(ts) || this.ahead.includes(ts)) this.remove(ts);
      } else if (this.rows.has(ts)) {
        this.redraw(ts);
      } else if (!this.ahead.includes(ts)) {
        this.insert(ts);
        if (message.user === store.me) this.stick = true;
        if (!this.stick) this.jump.hidden = false;
      }
    }
    this.changed.clear();
    if (this.stick) this.toBottom();
  }

  belongs(message) {
    if (!visible(message, this.page.store.me)) return false;
    if (this.root) return message.ts === this.root || message.thread_ts === this.root;
    return !isReply(message) || message.subtype === "thread_broadcast";
  }

  /** A status has changed: its root tells of it. */
  hearStatus(ts) {
    if (this.rows.has(ts)) this.redraw(ts);
  }

  toBottom(smooth = false) {
    this.stick = true;
    this.jump.hidden = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  scrolled() {
    const gap = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
    if (this.log.scrollHeight === this.height || gap < NEAR) this.stick = gap < NEAR;
    this.height = this.log.scrollHeight;
    if (this.stick) this.jump.hidden = true;
  }

  resized() {
    this.height = this.log.scrollHeight;
    if (this.stick) this.log.scrollTop = this.log.scrollHeight;
  }

  /** Show one message in the middle, and mark it for a moment. */
  reveal(ts) {
    this.drawAhead(true);
    const row = this.rows.get(ts);
    if (!row) return false;
    this.stick = false;
    row.element.scrollIntoView({ block: "center" });
    requestAnimationFrame(() => row.element.scrollIntoView({ block: "center" }));
    row.article.classList.add("found");
    setTimeout(() => row.article.classList.remove("found"), 2_400);
    row.article.focus({ preventScroll: true });
    return true;
  }

  /** Edit a message in its place. */
  edit(ts) {
    const row = this.rows.get(ts);
    if (!row) return;
    this.editor?.close();
    this.editor = new Editor(this.page, row, () => (this.editor = null));
  }

  /** Edit the last message of the person who speaks; whether there is one. */
  editLast() {
    const { store } = this.page;
    const ts = this.shown.findLast(
      (each) => store.message(this.channel, each)?.user === store.me && !store.message(this.channel, each).bot_id,
    );
    if (ts) this.edit(ts);
    return Boolean(ts);
  }

  key(event) {
    if (event.target !== this.log && !event.target.matches?.("article.message")) return;
    const here = event.target.closest(".slot")?.dataset.ts;
    const at = here ? this.place(here) : this.shown.length;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = this.rows.get(this.shown[at + step]);
      if (next) {
        next.article.focus({ preventScroll: true });
        next.element.scrollIntoView({ block: "nearest" });
      } else if (step > 0) this.page.focusComposer(this.inThread);
    } else if (here) this.toolbar.key(event, this.rows.get(here));
  }
}
