/** What can be done on the page: where one is, what is open, and everything that is asked of the workspace. */

import { ChannelPane } from "./channel.js";
import { BUILT_IN } from "./commands.js";
import { h } from "./dom.js";
import { Inspector } from "./inspector.js";
import { isReply } from "./log.js";
import { Modals } from "./modal.js";
import { Notices } from "./notices.js";
import { recall, remember } from "./prefs.js";
import { words } from "./problems.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { themeButton } from "./theme.js";
import { toast } from "./toast.js";

export class Page {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.place = recall("place", {}) ?? {};
    this.sidebar = new Sidebar(this);
    this.channel = new ChannelPane(this);
    this.thread = new ThreadPane(this);
    this.inspector = new Inspector(this);
    this.notices = new Notices(this);
    this.modals = new Modals(this);
    const shade = h("div", { class: "sidebar-shade", onclick: () => this.toggleSidebar(false) });
    this.sidebar.element.querySelector(".team").append(themeButton(), this.inspector.toggleButton);
    document
      .querySelector("#workspace")
      .append(
        this.sidebar.element,
        shade,
        h(
          "div",
          { class: "desk" },
          this.notices.element,
          h("div", { class: "panes" }, this.channel.element, this.thread.element),
        ),
      );
    document.querySelector("#frame").append(this.inspector.element);
    document.addEventListener("click", (event) => this.clicked(event));
    store.on("start", () => this.start());
    store.on("person", () => this.start());
    store.on("conversation", () => this.store.conversations.has(this.place.channel) || this.start());
  }

  /** Draw everything again: at first, after a reconnection, for another person. */
  start() {
    const { store } = this;
    document.body.classList.add("ready");
    if (!this.mayEnter(this.place.channel))
      this.place = { channel: [...store.conversations.values()].find((each) => store.isMember(each.id))?.id };
    if (!this.place.channel) return;
    this.channel.show(this.place.channel, this.place.tab);
    if (this.place.thread && store.message(this.place.channel, this.place.thread))
      this.thread.show(this.place.channel, this.place.thread);
    else this.thread.hide();
    document.body.classList.toggle("thread-open", this.thread.isOpen);
    this.sidebar.draw();
    this.modals.later();
  }

  mayEnter(channel) {
    const conversation = this.store.conversations.get(channel);
    return Boolean(conversation) && (conversation.type === "channel" || this.store.isMember(channel));
  }

  go(place) {
    this.place = place;
    remember("place", place);
  }

  /** Go to a conversation. */
  open(channel, { focus = true } = {}) {
    if (!this.mayEnter(channel)) {
      this.fail("The person you are speaking as cannot see that conversation.");
      return false;
    }
    const app = this.store.appIn(this.store.conversations.get(channel));
    const tab = app ? "messages" : undefined;
    this.go({ channel, tab });
    this.thread.hide();
    document.body.classList.remove("thread-open");
    this.toggleSidebar(false);
    this.channel.show(channel, tab);
    this.sidebar.draw();
    if (app) this.ask("home", { tab, app_id: app.id });
    if (focus) this.channel.composer.focus();
    return true;
  }

  /** Go to one of the app's tabs. */
  openTab(tab) {
    this.go({ ...this.place, tab, thread: undefined });
    this.thread.hide();
    document.body.classList.remove("thread-open");
    this.channel.show(this.place.channel, tab);
    const app = this.store.appIn(this.store.conversations.get(this.place.channel));
    if (tab !== "about") this.ask("home", { tab, app_id: app.id });
  }

  /** Go to the direct message with a user, made if there is none. */
  async openDirect(user) {
    const known = this.store.directWith(user);
    const channel = known?.id ?? (await this.api("conversations.open", { users: user }))?.channel?.id;
    if (channel && this.store.conversations.has(channel)) this.open(channel);
  }

  openThread(channel, root, { focus = true } = {}) {
    this.go({ ...this.place, channel, thread: root });
    this.thread.show(channel, root);
    document.body.classList.add("thread-open");
    if (focus) this.thread.composer.focus();
  }

  closeThread() {
    this.go({ ...this.place, thread: undefined });
    this.thread.hide();
    document.body.classList.remove("thread-open");
    this.channel.composer.focus();
  }

  /** Go to where a permalink leads. */
  jump({ channel, ts, thread_ts }, { keepThread = false } = {}) {
    if (channel !== this.place.channel || this.place.tab === "home" || this.place.tab === "about") {
      if (!this.open(channel, { focus: false })) return;
    }
    const message = ts ? this.store.message(channel, ts) : null;
    if (ts && !message) this.fail("That message no longer exists.");
    const root = thread_ts || (message && isReply(message) ? message.thread_ts : "");
    if (root && this.store.message(channel, root)) {
      this.openThread(channel, root, { focus: false });
      if (ts) this.thread.list.reveal(ts);
    } else if (message) {
      if (!keepThread && this.store.log(channel).replies(ts, this.store.me).length)
        this.openThread(channel, ts, { focus: false });
      this.channel.list.reveal(ts);
    }
  }

  toggleSidebar(open) {
    document.body.classList.toggle("sidebar-open", open);
    if (open) this.sidebar.element.querySelector('[aria-current="page"], .place')?.focus();
  }

  focusComposer(inThread) {
    (inThread ? this.thread : this.channel).composer.focus();
  }

  clicked(event) {
    const anchor = event.target.closest?.("a[data-jump]");
    if (anchor && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.jump(JSON.parse(anchor.dataset.jump));
    }
  }

  /** The slash commands that can be typed: the app's and Slack's own. */
  commands() {
    const own = Object.entries(BUILT_IN).map(([command, each]) => ({ command, ...each }));
    return [
      ...this.store.commands,
      ...own.filter((each) => !this.store.commands.some((other) => other.command === each.command)),
    ];
  }

  /** Send what was written; whether it has arrived. */
  async send(channel, thread_ts, { text, files, broadcast }) {
    if (files.length) return this.upload(channel, thread_ts, text, files);
    const command = /^\/\S+/.exec(text)?.[0];
    if (command) return this.command(channel, thread_ts, command, text);
    const missing = this.channel.missingApp(text);
    const sent = await this.ask("say", {
      channel,
      ...(thread_ts ? { thread_ts } : {}),
      text,
      ...(broadcast ? { broadcast } : {}),
    });
    if (sent && missing)
      toast(`${missing.name} is not in this channel and does not hear you.`, {
        action: { name: "Invite it", act: () => this.api("conversations.invite", { channel, users: missing.user_id }) },
      });
    return sent;
  }

  async command(channel, thread_ts, command, text) {
    if (thread_ts) return this.fail(`${command} cannot be used in a thread, as in Slack.`);
    if (this.store.commands.some((each) => each.command === command)) return this.ask("command", { channel, text });
    if (BUILT_IN[command]) return BUILT_IN[command].run(this, channel, text.slice(command.length).trim());
    return this.fail(`${command} is not a valid command here.`);
  }

  async upload(channel, thread_ts, text, files) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ as: this.store.me, channel, thread_ts, text }))
      if (value) form.append(name, value);
    for (const file of files) form.append("file", file, file.name);
    try {
      const response = await fetch("/page/upload", { method: "POST", body: form });
      const answer = await response.json();
      return answer.ok ? answer : this.fail(words(answer.error ?? "upload_failed"));
    } catch {
      return this.fail("The files could not be sent.");
    }
  }

  react(channel, message, name) {
    const mine = message.reactions?.find((each) => each.name === name)?.users.includes(this.store.me);
    return this.ask("react", { channel, ts: message.ts, name, on: !mine });
  }

  /** Ask the workspace as the person who speaks; null if it refuses, which is then told. */
  async ask(what, fields) {
    try {
      return await this.socket.ask(this.store.me, what, fields);
    } catch (refused) {
      return this.fail(words(refused.code ?? "unknown_error", refused.detail, this.appName()));
    }
  }

  /** What the app is called that is asked here, for words about what it has refused. */
  appName() {
    const { store } = this;
    const app = store.appIn(store.conversations.get(this.place.channel));
    return app?.name ?? (store.apps.length === 1 ? store.apps[0].name : "The app");
  }

  /** Call a Web API method as the person who speaks. */
  api(method, given) {
    return this.ask("api", { method, arguments: given });
  }

  /** Tell of something that did not work. */
  fail(text) {
    toast(text, { error: true });
    return null;
  }

  permalink(channel, message) {
    const query = isReply(message) ? `?thread_ts=${message.thread_ts}&cid=${channel}` : "";
    return `https://${this.store.team.domain}.slack.com/archives/${channel}/p${message.ts.replace(".", "")}${query}`;
  }

  async copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      toast(done);
    } catch {
      this.fail("The browser does not allow copying here.");
    }
  }
}
