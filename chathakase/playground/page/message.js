/** One message in a pane: drawn in parts, of which only those are drawn again that have changed. */

import { attachmentsNode } from "./attachments.js";
import { drawBlocks } from "./blocks/index.js";
import { button, fill, fragment, h, morph, same } from "./dom.js";
import { filesNode } from "./files.js";
import { icon } from "./icons.js";
import { isReply } from "./log.js";
import { mrkdwn } from "./mrkdwn.js";
import { appName, author, avatar, userName } from "./names.js";
import { reactionsNode } from "./reactions.js";
import { Surface } from "./surface.js";
import { briefTimeOf, dateOf, dayName, exactTimeOf, timeOf, whenOf } from "./time.js";

const TOGETHER = 5 * 60;
const NOTICES = new Set([
  "channel_join",
  "channel_leave",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
  "channel_unarchive",
  "group_join",
  "group_leave",
  "bot_add",
  "tombstone",
]);

/** Whether a message follows the one before it without its name being said again. */
export function continues(message, previous, inThread) {
  if (!previous || NOTICES.has(message.subtype) || NOTICES.has(previous.subtype)) return false;
  const same =
    message.user === previous.user && message.bot_id === previous.bot_id && message.username === previous.username;
  const alike = message.ephemeral_to === previous.ephemeral_to && message.subtype === previous.subtype;
  const root = inThread && !isReply(previous);
  const near = Number(message.ts) - Number(previous.ts) < TOGETHER;
  return same && alike && near && !root && !previous.reply_count && message.subtype !== "thread_broadcast";
}

export class Row {
  /**
   * @param {object} page what the rows share: store, ask, openThread, …
   * @param {boolean} inThread
   */
  constructor(page, inThread) {
    this.page = page;
    this.inThread = inThread;
    this.drawn = {};
    this.day = h("div", { class: "day", role: "separator" });
    this.note = h("div", { class: "message-note" });
    this.side = h("div", { class: "message-side" });
    this.head = h("div", { class: "message-head" });
    this.body = h("div", { class: "message-body" });
    this.below = h("div", { class: "message-below" });
    this.article = h(
      "article",
      { class: "message", tabindex: "-1" },
      this.note,
      this.side,
      h("div", { class: "message-main" }, this.head, this.body, this.below),
    );
    this.element = h("div", { class: "slot" }, this.article);
  }

  /** Draw a message; `previous` is the one above it. */
  draw(message, previous, channel) {
    this.message = message;
    this.channel = channel;
    this.element.dataset.ts = message.ts;
    const newDay = !previous || dateOf(message.ts).toDateString() !== dateOf(previous.ts).toDateString();
    const continued = !newDay && continues(message, previous, this.inThread);
    this.article.className = this.classes(message, continued);
    this.part(
      "day",
      newDay && !(this.inThread && isReply(message) && !previous) ? dayName(dateOf(message.ts)) : "",
      () => this.drawDay(),
    );
    this.part("head", [message.user, message.username, message.bot_id, message.ts, continued, message.subtype], () =>
      this.drawHead(continued),
    );
    this.part("note", [message.ephemeral_to, message.subtype, message.thread_ts], () => this.drawNote());
    this.part(
      "body",
      [
        message.text,
        message.blocks,
        message.attachments,
        message.edited,
        message.streaming,
        message.subtype,
        message.files,
      ],
      () => this.drawBody(),
    );
    this.drawBelow();
  }

  /** Draw a part if what it is made of has changed. */
  part(name, made, draw) {
    if (name in this.drawn && same(this.drawn[name], made)) return;
    this.drawn[name] = made;
    draw();
  }

  classes(message, continued) {
    const mark = (on, name) => (on ? ` ${name}` : "");
    return `message${mark(continued, "continued")}${mark(NOTICES.has(message.subtype), "notice")}${mark(message.ephemeral_to, "ephemeral")}${mark(message.streaming, "streaming")}${mark(this.mentionsMe(message), "to-me")}`;
  }

  mentionsMe(message) {
    const { me } = this.page.store;
    return message.user !== me && !message.ephemeral_to && (message.text ?? "").includes(`<@${me}>`);
  }

  drawDay() {
    const day = this.drawn.day;
    if (!day) {
      this.day.remove();
      return;
    }
    fill(this.day, h("span", {}, day));
    this.day.setAttribute("aria-label", day);
    this.element.prepend(this.day);
  }

  drawHead(continued) {
    const { store } = this.page;
    const { name, bot, id } = author(store, this.message);
    const time = h(
      "time",
      { class: "message-time", datetime: dateOf(this.message.ts).toISOString(), title: exactTimeOf(this.message.ts) },
      continued ? briefTimeOf(this.message.ts) : timeOf(this.message.ts),
    );
    this.article.setAttribute("aria-label", `${name}, ${whenOf(this.message.ts)}`);
    fill(this.side, continued ? time : avatar(store, id, name, { bot }));
    if (continued) fill(this.head);
    else
      fill(
        this.head,
        h("span", { class: "message-author" }, name),
        bot ? h("span", { class: "badge-app" }, "APP") : null,
        time,
      );
  }

  drawNote() {
    const { message } = this;
    const notes = [];
    if (message.ephemeral_to) notes.push(icon("eye"), "Only visible to you");
    else if (message.subtype === "thread_broadcast" && !this.inThread) {
      notes.push(
        icon("reply"),
        "replied to a ",
        button("thread", { class: "link", onclick: () => this.page.openThread(this.channel, message.thread_ts) }),
      );
    } else if (message.subtype === "thread_broadcast") notes.push(icon("reply"), "also sent to the channel");
    fill(this.note, ...notes);
  }

  drawBody() {
    const { message, page } = this;
    const { store } = page;
    if (message.subtype === "tombstone") {
      fill(this.body, h("p", { class: "quiet" }, "This message was deleted."));
      return;
    }
    const edited = message.edited
      ? h("span", { class: "edited", title: `Edited ${whenOf(message.edited.ts)}` }, " (edited)")
      : null;
    const asText =
      !message.blocks?.length ||
      (!message.bot_id && message.blocks.length === 1 && message.blocks[0].type === "rich_text" && message.text);
    if (asText) {
      this.surface = null;
      const text = h("div", { class: "text" }, mrkdwn(message.text, store), message.text ? edited : null);
      if (this.textNode?.parentNode === this.body) morph(this.textNode, text);
      else fill(this.body, (this.textNode = text));
      [...this.body.children].slice(1).forEach((child) => child.remove());
    } else {
      this.textNode = null;
      if (!this.surface) fill(this.body, (this.blocks = h("div", { class: "blocks" })));
      this.surface ??= new Surface(page, { channel: this.channel, ts: message.ts });
      [...this.body.children].slice(1).forEach((child) => child.remove());
      drawBlocks(this.blocks, message.blocks, this.surface);
    }
    this.body.append(fragment(attachmentsNode(page, message, this.channel), filesNode(page, message.files)));
    if (edited && !(asText && message.text)) this.body.append(edited);
    this.article.setAttribute("aria-busy", String(Boolean(message.streaming)));
  }

  drawBelow() {
    const { message, page, channel } = this;
    const { store } = page;
    const replies = this.inThread || isReply(message) ? [] : store.log(channel).publicReplies(message.ts);
    const status = replies.length || !isReply(message) ? store.statusOf(channel, message.ts) : undefined;
    const last = replies.at(-1);
    const repliers = [...new Set(replies.map((ts) => store.message(channel, ts).user))].slice(0, 4);
    this.part(
      "below",
      [message.reactions, replies.length, last, repliers, this.inThread ? "" : status, store.me],
      () => {
        fill(
          this.below,
          reactionsNode(page, channel, message),
          replies.length || (status && !this.inThread) ? this.threadLine(replies.length, last, repliers, status) : null,
        );
      },
    );
  }

  threadLine(count, last, repliers, status) {
    const { page, channel, message } = this;
    const words = count === 1 ? "1 reply" : `${count.toLocaleString()} replies`;
    const faces = repliers.map((id) => avatar(page.store, id, userName(page.store, id)));
    return button(
      count ? `${words}, open thread` : "Open thread",
      { class: "thread-line", title: "Open the thread", onclick: () => page.openThread(channel, message.ts) },
      h("span", { class: "faces" }, ...faces),
      count ? h("strong", {}, words) : null,
      status
        ? h("span", { class: "thread-status" }, `${appName(page.store, status.user)} ${status.status}`)
        : h("span", { class: "quiet" }, `last reply ${whenOf(last)}`),
    );
  }
}
