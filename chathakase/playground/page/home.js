/** The app's own tabs: its Home as it has published it, and what is known about it. */

import { Surface, drawBlocks } from "./blocks/index.js";
import { fill, h } from "./dom.js";
import { avatar } from "./names.js";

const KEYS = [
  ["F6, Shift+F6", "next or previous pane"],
  ["Ctrl+.", "inspector"],
  ["↑ in an empty box", "edit your last message"],
  ["↑ ↓ on a message", "the one before or after; T thread, R react, E edit, Delete"],
  ["Esc", "close, or back to the box"],
];

export class Home {
  constructor(page) {
    this.page = page;
    this.element = h("section", { class: "home", role: "tabpanel", "aria-label": "App Home", tabindex: "0" });
    this.inner = h("div", { class: "home-inner" });
    this.element.append(this.inner);
  }

  /** Show a tab: home or about. */
  show(tab) {
    this.tab = tab;
    this.element.setAttribute("aria-label", tab === "about" ? "About the app" : "App Home");
    this.draw();
  }

  draw() {
    if (this.tab === "about") this.drawAbout();
    else if (this.tab === "home") this.drawHome();
  }

  drawHome() {
    const { store } = this.page;
    const view = store.homes.get(store.me);
    if (!view) {
      this.surface = null;
      fill(
        this.inner,
        h(
          "div",
          { class: "empty" },
          avatar(store, store.app.user_id, store.app.name, { bot: true }),
          h("h2", {}, `${store.app.name} has no Home yet`),
          h("p", { class: "quiet" }, "It appears here as soon as the app publishes it."),
        ),
      );
      return;
    }
    if (this.surface?.where.view_id !== view.id || !this.inner.contains(this.blocks)) {
      this.surface = new Surface(this.page, { view_id: view.id });
      fill(this.inner, (this.blocks = h("div", { class: "blocks" })));
    }
    drawBlocks(this.blocks, view.blocks ?? [], this.surface);
  }

  drawAbout() {
    const { store } = this.page;
    this.surface = null;
    const line = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
    const commands = store.commands.map((each) =>
      h("li", {}, h("code", {}, each.command), ` ${each.description ?? ""}`),
    );
    const shortcuts = store.shortcuts.map((each) =>
      h("li", {}, each.name, h("span", { class: "quiet" }, ` (${each.type})`)),
    );
    fill(
      this.inner,
      h(
        "div",
        { class: "about-head" },
        avatar(store, store.app.user_id, store.app.name, { bot: true }),
        h(
          "div",
          {},
          h("h2", {}, store.app.name),
          h("p", { class: "quiet" }, "The app that is installed in this local workspace."),
        ),
      ),
      h(
        "dl",
        { class: "facts" },
        line("App", store.app.id),
        line("Bot user", store.app.user_id),
        line("Bot", store.app.bot_id),
        line("Model", store.model || "–"),
        line("Live sockets", String(store.sockets)),
      ),
      h("h3", {}, "Keys"),
      h("dl", { class: "facts" }, ...KEYS.map(([key, does]) => line(key, does))),
      h("h3", {}, "Slash commands"),
      commands.length ? h("ul", {}, ...commands) : h("p", { class: "quiet" }, "None."),
      h("h3", {}, "Shortcuts"),
      shortcuts.length ? h("ul", {}, ...shortcuts) : h("p", { class: "quiet" }, "None."),
    );
  }
}
