/** The app's own tabs: its Home as it has published it, and what is known about it. */

import { drawBlocks } from "./blocks/index.js";
import { fill, h } from "./dom.js";
import { avatar } from "./names.js";
import { Surface } from "./surface.js";

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

  /** Show a tab of an app: home or about. */
  show(tab, app) {
    this.tab = tab;
    this.app = app;
    this.element.setAttribute("aria-label", tab === "about" ? "About the app" : "App Home");
    this.draw();
  }

  draw() {
    if (this.tab === "about") this.drawAbout();
    else if (this.tab === "home") this.drawHome();
  }

  drawHome() {
    const { app } = this;
    const { store } = this.page;
    const view = store.homeOf(app);
    if (!view) {
      this.surface = null;
      fill(
        this.inner,
        h(
          "div",
          { class: "empty" },
          avatar(store, app.user_id, app.name, { bot: true }),
          h("h2", {}, `${app.name} has no Home yet`),
          h("p", { class: "quiet" }, "It appears here as soon as the app publishes it."),
        ),
      );
      return;
    }
    if (this.surface?.where.view_id !== view.id || !this.inner.contains(this.blocks)) {
      this.surface = new Surface(this.page, { view_id: view.id });
      fill(this.inner, (this.blocks = h("div", { class: "blocks" })));
    }
    this.surface.keep(view.blocks ?? []);
    drawBlocks(this.blocks, view.blocks ?? [], this.surface);
  }

  drawAbout() {
    const { app } = this;
    const { store } = this.page;
    this.surface = null;
    const line = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
    const commands = app.commands.map((each) =>
      h("li", {}, h("code", {}, each.command), ` ${each.description ?? ""}`),
    );
    const shortcuts = app.shortcuts.map((each) =>
      h("li", {}, each.name, h("span", { class: "quiet" }, ` (${each.type})`)),
    );
    fill(
      this.inner,
      h(
        "div",
        { class: "about-head" },
        avatar(store, app.user_id, app.name, { bot: true }),
        h(
          "div",
          {},
          h("h2", {}, app.name),
          h("p", { class: "quiet" }, "An app that is installed in this local workspace."),
        ),
      ),
      h(
        "dl",
        { class: "facts" },
        line("App", app.id),
        line("Bot user", app.user_id),
        line("Bot", app.bot_id),
        line("Model", store.model || "–"),
        line("Live sockets", String(store.sockets[app.id] ?? 0)),
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
