/** The pane of one conversation: its head, its messages and the box to write in. */

import { Composer, takeDrops } from "./composer.js";
import { append, button, fill, h } from "./dom.js";
import { Home } from "./home.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { openMembers } from "./members.js";
import { conversationName, conversationSign, userName } from "./names.js";
import { StatusLine } from "./status.js";

export class ChannelPane {
  constructor(page) {
    this.page = page;
    this.list = new MessageList(page, { inThread: false, label: "Messages" });
    this.composer = new Composer(page, {
      inThread: false,
      send: (draft) => page.send(this.id, "", draft),
      editLast: () => this.list.editLast(),
    });
    this.status = new StatusLine(page);
    this.home = new Home(page);
    this.bar = h("div", { class: "join-bar", hidden: true });
    this.head = h("header", { class: "pane-head" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "App" });
    this.foot = h("div", { class: "pane-foot" }, this.status.element, this.composer.element, this.bar);
    this.element = h(
      "main",
      { class: "pane channel", id: "channel", "aria-label": "Conversation" },
      this.head,
      this.tabs,
      this.home.element,
      this.list.element,
      this.foot,
    );
    takeDrops(this.element, () => this.composer);
    const { store } = page;
    store.on("message", (change) => this.heard(change));
    store.on("status", (frame) => frame.channel === this.id && this.heardStatus(frame));
    store.on("prompts", (frame) => frame.channel === this.id && this.drawStatus());
    store.on("conversation", (each) => each.id === this.id && this.drawFrame());
    store.on("home", (user) => user === store.me && this.home.draw());
    document.addEventListener("visibilitychange", () => this.seen());
  }

  /** Show a conversation, in the app's case with one of its tabs. */
  show(id, tab = "messages") {
    this.id = id;
    const { store } = this.page;
    const conversation = store.conversations.get(id);
    this.tab = store.appIn(conversation) ? tab : "messages";
    this.drawFrame();
    this.list.show(id);
    this.drawStatus();
    this.seen();
  }

  drawFrame() {
    const { store } = this.page;
    const conversation = store.conversations.get(this.id);
    if (!conversation) return;
    const name = conversationName(store, conversation);
    const shown = conversation.type === "channel" || conversation.type === "group" ? `#${name}` : name;
    this.element.setAttribute("aria-label", shown);
    this.list.log.setAttribute("aria-label", `Messages in ${shown}`);
    document.title = `${shown} – ${store.team.name}`;
    fill(
      this.head,
      button(
        "Open the sidebar",
        { class: "tool only-narrow", onclick: () => this.page.toggleSidebar(true) },
        icon("menu"),
      ),
      h("h1", { class: "pane-title" }, h("span", { class: "pane-sign" }, conversationSign(store, conversation)), name),
      h("div", { class: "pane-topic", title: conversation.topic || null }, conversation.topic || ""),
      h("span", { class: "spring" }),
      conversation.type === "im"
        ? null
        : button(
            `${conversation.members.length} members`,
            {
              class: "tool members",
              "aria-haspopup": "dialog",
              onclick: (event) => openMembers(this.page, event.currentTarget, conversation),
            },
            icon("people"),
            String(conversation.members.length),
          ),
    );
    this.drawTabs(conversation);
    this.drawIntro(conversation, shown);
    this.drawFoot(conversation, shown);
  }

  drawTabs(conversation) {
    const { store } = this.page;
    const app = store.appIn(conversation);
    const tabs = app
      ? [
          ["home", "Home"],
          ["messages", "Messages"],
          ["about", "About"],
        ].filter(([tab]) => tab !== "home" || app.home)
      : [];
    this.tabs.hidden = !app;
    this.tabs.replaceChildren(
      ...tabs.map(([tab, name]) => {
        const chosen = this.tab === tab;
        return button(name, {
          class: "tab",
          role: "tab",
          "aria-selected": String(chosen),
          tabindex: chosen ? "0" : "-1",
          onclick: () => this.page.openTab(tab),
          onkeydown: (event) => this.turnTab(event, tabs),
        });
      }),
    );
    this.home.element.hidden = this.tab === "messages";
    this.list.element.hidden = this.tab !== "messages";
    this.foot.hidden = this.tab !== "messages";
    this.home.show(this.tab, app);
  }

  turnTab(event, tabs) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex(([tab]) => tab === this.tab);
    this.page.openTab(tabs[(at + step + tabs.length) % tabs.length][0]);
    this.tabs.querySelector('[aria-selected="true"]').focus();
  }

  drawIntro(conversation, shown) {
    const { store } = this.page;
    const { intro } = this.list;
    fill(intro, h("div", { class: "intro-sign" }, conversationSign(store, conversation)), h("h2", {}, shown));
    const names = {
      im: `This is where you and ${shown} talk. Nobody else sees it.`,
      mpim: "A conversation of these people alone.",
      group: "A private channel: only its members see it.",
      channel: "The very beginning of this channel.",
    };
    append(intro, [h("p", { class: "quiet" }, conversation.purpose || names[conversation.type])]);
    const app = store.appIn(conversation);
    if (app)
      append(intro, [h("p", { class: "quiet" }, `Write ${app.name} a message, or mention @${shown} in a channel.`)]);
  }

  drawFoot(conversation, shown) {
    const member = this.page.store.isMember(conversation.id);
    const open = member && !conversation.is_archived;
    this.composer.element.hidden = !open;
    this.bar.hidden = open;
    this.composer.at(`${this.page.store.me}/${conversation.id}`, {
      label: `Message ${shown}`,
      placeholder: `Message ${shown}`,
    });
    if (conversation.is_archived) fill(this.bar, `${shown} is archived.`);
    else if (!member)
      fill(
        this.bar,
        h("span", {}, "You are looking at ", h("strong", {}, shown), "."),
        button("Join channel", {
          class: "button primary",
          onclick: () => this.page.api("conversations.join", { channel: conversation.id }),
        }),
      );
  }

  drawStatus() {
    this.status.show(this.id, "", (text) => this.page.send(this.id, "", { text, files: [], broadcast: false }));
  }

  heard(change) {
    this.list.hear(change);
    this.status.hear(change);
    if (change.channel === this.id) this.seen();
  }

  heardStatus(frame) {
    if (frame.thread_ts) this.list.hearStatus(frame.thread_ts);
    this.drawStatus();
  }

  /** What stands here is read while the page is looked at. */
  seen() {
    if (!document.hidden && this.id && this.tab === "messages") this.page.store.markRead(this.id);
  }

  /** The first app that is mentioned in a text without being here, if there is one. */
  missingApp(text) {
    const { store } = this.page;
    const members = store.conversations.get(this.id)?.members ?? [];
    const typed = text.toLowerCase();
    const named = store.apps.filter((app) => typed.includes(`@${userName(store, app.user_id).toLowerCase()}`));
    return named.find((app) => !members.includes(app.user_id));
  }
}
