/** The list of places: channels, direct messages and the app, with what is unread. */

import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, conversationName, conversationSign, userName } from "./names.js";

export class Sidebar {
  constructor(page) {
    this.page = page;
    this.places = h("nav", { class: "places", "aria-label": "Channels and direct messages" });
    this.speakers = h("div", { class: "speakers", role: "radiogroup", "aria-label": "Speak as" });
    this.name = h("div", { class: "team-name" });
    this.element = h(
      "aside",
      { class: "sidebar", id: "sidebar", "aria-label": "Workspace" },
      h(
        "div",
        { class: "team" },
        h("span", { class: "team-sign", "aria-hidden": "true" }, "P"),
        this.name,
        button(
          "Close the sidebar",
          { class: "tool only-narrow", onclick: () => page.toggleSidebar(false) },
          icon("close"),
        ),
      ),
      this.places,
      h(
        "div",
        { class: "speaker-box" },
        h("div", { class: "speaker-label", "aria-hidden": "true" }, "Speak as"),
        this.speakers,
      ),
    );
    this.places.addEventListener("keydown", (event) => this.key(event));
    const { store } = page;
    for (const topic of ["message", "read", "conversation"]) store.on(topic, () => this.later());
    for (const topic of ["start", "person"]) store.on(topic, () => this.drawSpeakers());
    store.on("start", () => this.drawName());
  }

  /** Draw with the next frame, however much has changed. */
  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { store } = this.page;
    const all = [...store.conversations.values()].filter(
      (each) => !each.is_archived || this.page.place.channel === each.id,
    );
    const mine = all.filter((each) => each.type === "channel" || each.members.includes(store.me));
    const channels = mine
      .filter((each) => each.type === "channel" || each.type === "group")
      .sort((one, other) => one.name.localeCompare(other.name));
    const direct = mine.filter(
      (each) =>
        each.type === "mpim" ||
        (each.type === "im" &&
          !store.appIn(each) &&
          each.members.length === 2 &&
          !each.members.every((id) => id === store.me)),
    );
    const strangers = store.people().filter((user) => user.id !== store.me && !store.directWith(user.id));
    const apps = store.apps.map((app) => store.directWith(app.user_id) ?? store.users.get(app.user_id));
    const groups = [channels, direct, strangers, apps];
    const made = JSON.stringify([
      store.me,
      this.page.place.channel,
      groups.map((group) =>
        group.map(
          (each) => each && [each.id, each.name, each.members, each.is_archived, each.type && store.unread(each)],
        ),
      ),
    ]);
    if (made === this.made) return;
    // A list that is drawn again under the pointer swallows the click, so it is not while nothing has changed.
    this.made = made;
    const focused = this.places.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    fill(
      this.places,
      this.group(
        "Channels",
        channels.map((each) => this.place(each)),
      ),
      this.group("Direct messages", [
        ...direct.map((each) => this.place(each)),
        ...strangers.map((user) => this.stranger(user)),
      ]),
      apps.length
        ? this.group(
            "Apps",
            apps.map((each) => (each.type ? this.place(each) : this.stranger(each))),
          )
        : null,
    );
    if (focused) this.places.querySelector(`[data-place="${focused}"]`)?.focus();
  }

  group(name, items) {
    const id = `group-${name.toLowerCase().replace(" ", "-")}`;
    return h(
      "section",
      { class: "group", "aria-labelledby": id },
      h("h2", { id }, name),
      h("ul", {}, ...items.map((item) => h("li", {}, item))),
    );
  }

  place(conversation) {
    const { store, place } = this.page;
    const name = conversationName(store, conversation);
    const { some, count } = store.unread(conversation);
    const chosen = place.channel === conversation.id;
    const outside = !conversation.members.includes(store.me);
    const label = `${name}${count ? `, ${count} new for you` : some ? ", unread" : ""}`;
    return button(
      label,
      {
        class: `place${some ? " unread" : ""}${outside ? " outside" : ""}`,
        title: null,
        "aria-current": chosen ? "page" : null,
        "data-place": conversation.id,
        onclick: () => this.page.open(conversation.id),
      },
      h("span", { class: "place-sign" }, conversationSign(store, conversation)),
      h("span", { class: "place-name" }, name),
      store.appIn(conversation) ? h("span", { class: "badge-app" }, "APP") : null,
      count ? h("span", { class: "badge-count" }, String(count)) : null,
    );
  }

  stranger(user) {
    const { store } = this.page;
    const name = userName(store, user.id);
    return button(
      name,
      { class: "place", title: null, "data-place": user.id, onclick: () => this.page.openDirect(user.id) },
      h("span", { class: "place-sign" }, avatar(store, user.id, name)),
      h("span", { class: "place-name" }, name),
    );
  }

  drawName() {
    const { store } = this.page;
    fill(
      this.name,
      h("strong", {}, store.team.name),
      h("span", { class: "team-note" }, store.model ? `model: ${store.model}` : "local workspace"),
    );
  }

  drawSpeakers() {
    const { store } = this.page;
    const focused = this.speakers.contains(document.activeElement);
    fill(
      this.speakers,
      ...store.people().map((user) => {
        const chosen = user.id === store.me;
        const name = userName(store, user.id);
        return button(
          name,
          {
            class: "speaker",
            role: "radio",
            "aria-checked": String(chosen),
            tabindex: chosen ? "0" : "-1",
            title: `Speak as ${name}${user.is_admin ? " (admin)" : ""}`,
            onclick: () => store.speakAs(user.id),
            onkeydown: (event) => this.turn(event),
          },
          avatar(store, user.id, name),
          h("span", { class: "speaker-name" }, name.split(" ")[0]),
        );
      }),
    );
    if (focused) this.speakers.querySelector('[aria-checked="true"]')?.focus();
  }

  turn(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const people = this.page.store.people();
    const at = people.findIndex((user) => user.id === this.page.store.me);
    this.page.store.speakAs(people[(at + step + people.length) % people.length].id);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...this.places.querySelectorAll(".place")];
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    all[(at + step + all.length) % all.length].focus();
  }
}
