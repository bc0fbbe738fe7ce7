/** The workspace as the page knows it: frames go in, and listeners hear what has changed. */

import { Log, isReply, latest, newer, visible } from "./log.js";
import { recall, remember } from "./prefs.js";

const TRAFFIC_MOST = 2_000;

export class Store {
  constructor() {
    this.listeners = new Map();
    this.ready = false;
    this.online = false;
    this.team = { name: "Playground", domain: "playground" };
    this.apps = [];
    /** @type {Map<string, any>} */
    this.users = new Map();
    this.commands = [];
    this.shortcuts = [];
    this.model = "";
    this.can = {};
    /** @type {Map<string, any>} */
    this.conversations = new Map();
    /** @type {Map<string, Log>} */
    this.logs = new Map();
    /** What each person sees on the Home tab of each app. */
    this.homes = new Map();
    this.statuses = new Map();
    this.prompts = new Map();
    /** @type {Map<string, any[]>} */
    this.views = new Map();
    this.traffic = [];
    /** How many connections each app has, by its id. */
    this.sockets = {};
    /** The person who speaks. */
    this.me = recall("person", "");
    /** Per person and conversation, the ts of what was read last. */
    this.read = recall("read", {});
  }

  /** Hear of a topic: start, person, online, sockets, message, conversation, status, home, views, prompts, traffic, read. */
  on(topic, listener) {
    if (!this.listeners.has(topic)) this.listeners.set(topic, []);
    this.listeners.get(topic).push(listener);
  }

  tell(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.tell("online", online);
  }

  /** Take one frame of the workspace. */
  receive(frame) {
    this[`take_${frame.type}`]?.(frame);
  }

  take_hello(frame) {
    Object.assign(this, { team: frame.team, apps: frame.apps, model: frame.model, can: frame.can ?? {} });
    this.commands = frame.apps.flatMap((app) => app.commands.map((each) => ({ ...each, app })));
    this.shortcuts = frame.apps.flatMap((app) => app.shortcuts.map((each) => ({ ...each, app })));
    this.users = new Map(frame.users.map((user) => [user.id, user]));
    if (!this.people().some((user) => user.id === this.me)) this.me = this.people()[0]?.id ?? "";
  }

  take_snapshot(frame) {
    this.conversations = new Map(frame.conversations.map((each) => [each.id, each]));
    this.logs = new Map(frame.conversations.map((each) => [each.id, new Log()]));
    for (const [channel, messages] of Object.entries(frame.messages)) {
      for (const message of messages) this.log(channel).put(message);
    }
    for (const each of frame.ephemeral ?? []) this.log(each.channel).put({ ...each.message, ephemeral_to: each.to });
    this.homes = new Map((frame.homes ?? []).map(({ user, view }) => [place(user, view.app_id), view]));
    this.statuses.clear();
    this.prompts.clear();
    this.views.clear();
    this.sockets = frame.sockets ?? {};
    this.traffic = frame.traffic ?? [];
    this.startReading();
    this.ready = true;
    this.tell("start");
  }

  take_message({ channel, message }) {
    this.put(channel, message);
  }

  take_ephemeral({ channel, to, message }) {
    this.put(channel, { ...message, ephemeral_to: to });
  }

  put(channel, message) {
    const log = this.log(channel);
    const known = log.get(message.ts);
    log.put(message);
    this.tell("message", { channel, ts: message.ts, message, fresh: !known });
    if (isReply(message) && !known)
      this.tell("message", { channel, ts: message.thread_ts, message: log.get(message.thread_ts) });
  }

  take_gone({ channel, ts }) {
    const message = this.log(channel).remove(ts);
    if (!message) return;
    this.tell("message", { channel, ts, gone: message });
    if (isReply(message))
      this.tell("message", { channel, ts: message.thread_ts, message: this.log(channel).get(message.thread_ts) });
  }

  take_ephemeral_gone({ channel, ts }) {
    this.take_gone({ channel, ts });
  }

  take_conversation({ conversation }) {
    this.conversations.set(conversation.id, conversation);
    this.log(conversation.id);
    this.tell("conversation", conversation);
  }

  take_status(frame) {
    const key = place(frame.channel, frame.thread_ts);
    if (frame.status) this.statuses.set(key, frame);
    else this.statuses.delete(key);
    this.tell("status", frame);
  }

  take_home({ user, view }) {
    this.homes.set(place(user, view.app_id), view);
    this.tell("home", user);
  }

  take_view({ user, do: what, view }) {
    const stack = [...(this.views.get(user) ?? [])];
    const at = stack.findIndex((each) => each.id === view?.id);
    if (what === "clear") stack.length = 0;
    else if (what === "close") stack.splice(at < 0 ? stack.length - 1 : at, 1);
    else if (at >= 0) stack[at] = view;
    else if (what === "open") stack.splice(0, stack.length, view);
    else if (what === "push") stack.push(view);
    this.views.set(user, stack);
    this.tell("views", user);
  }

  take_prompts(frame) {
    this.prompts.set(place(frame.channel, frame.thread_ts), frame);
    this.tell("prompts", frame);
  }

  take_sockets({ counts }) {
    this.sockets = counts;
    this.tell("sockets", counts);
  }

  take_traffic({ entry }) {
    this.traffic.push(entry);
    if (this.traffic.length > TRAFFIC_MOST) this.traffic.splice(0, this.traffic.length - TRAFFIC_MOST);
    this.tell("traffic", entry);
  }

  /** The app whose bot this user is, if it is one. */
  appOf(user) {
    return this.apps.find((app) => app.user_id === user);
  }

  /** The app whose direct message with somebody a conversation is, if it is one. */
  appIn(conversation) {
    return conversation?.type === "im" ? this.apps.find((app) => conversation.members.includes(app.user_id)) : undefined;
  }

  /** The apps that have no connection and hear nothing. */
  deafApps() {
    return this.apps.filter((app) => !this.sockets[app.id]);
  }

  homeOf(app) {
    return this.homes.get(place(this.me, app.id));
  }

  /** Speak as another person. */
  speakAs(user) {
    if (user === this.me) return;
    this.me = user;
    remember("person", user);
    this.tell("person", user);
  }

  /** The people to speak as. */
  people() {
    return [...this.users.values()].filter((user) => !user.is_bot && !user.deleted && user.id !== "USLACKBOT");
  }

  log(channel) {
    if (!this.logs.has(channel)) this.logs.set(channel, new Log());
    return this.logs.get(channel);
  }

  message(channel, ts) {
    return this.log(channel).get(ts);
  }

  statusOf(channel, thread_ts) {
    return this.statuses.get(place(channel, thread_ts));
  }

  promptsOf(channel, thread_ts) {
    return this.prompts.get(place(channel, thread_ts));
  }

  isMember(channel, user = this.me) {
    return Boolean(this.conversations.get(channel)?.members?.includes(user));
  }

  /** The direct message of the person who speaks with a user, if there is one. */
  directWith(user, me = this.me) {
    return [...this.conversations.values()].find(
      (each) =>
        each.type === "im" && each.members.length === 2 && each.members.includes(me) && each.members.includes(user),
    );
  }

  startReading() {
    for (const person of this.people()) {
      if (this.read[person.id]) continue;
      this.read[person.id] = {};
      for (const [channel, log] of this.logs) this.read[person.id][channel] = latest(log);
    }
  }

  /** Everything in a conversation has been seen by the person who speaks. */
  markRead(channel) {
    const seen = (this.read[this.me] ??= {});
    const last = latest(this.log(channel));
    if (last <= (seen[channel] ?? "")) return;
    seen[channel] = last;
    remember("read", this.read);
    this.tell("read", channel);
  }

  /** What the person has not read there: whether there is something, and how much of it is meant for them. */
  unread(conversation) {
    const since = this.read[this.me]?.[conversation.id] ?? "";
    const direct = conversation.type === "im" || conversation.type === "mpim";
    let some = false;
    let count = 0;
    const log = this.log(conversation.id);
    for (const message of newer(log, since)) {
      if (message.user === this.me || !visible(message, this.me)) continue;
      const meant = direct || message.ephemeral_to || (message.text ?? "").includes(`<@${this.me}>`);
      const mine =
        isReply(message) &&
        (log.get(message.thread_ts)?.user === this.me ||
          log.threads.get(message.thread_ts)?.some((ts) => log.get(ts)?.user === this.me));
      if (meant) count += 1;
      if (meant || mine || !isReply(message)) some = true;
    }
    return { some, count };
  }
}

const place = (channel, thread_ts) => `${channel}/${thread_ts ?? ""}`;
