/** The inspector: what goes between the workspace and the app, as it happens. */

import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { jsonNodes } from "./json.js";
import { recall, remember } from "./prefs.js";
import { faultButtons } from "./faults.js";

const KINDS = { envelope: "Events", ack: "Acks", call: "Calls", socket: "Socket" };
const SHOWN_MOST = 600;
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

export class Inspector {
  constructor(page) {
    this.page = page;
    this.kinds = new Set(Object.keys(KINDS));
    this.texts = new WeakMap();
    this.cleared = 0;
    this.waiting = [];
    this.toggleButton = button(
      "Inspector",
      {
        class: "tool",
        "aria-expanded": "false",
        "aria-controls": "inspector",
        title: "Inspector (Ctrl+.)",
        onclick: () => this.toggle(),
      },
      icon("pulse"),
    );
    this.search = h("input", {
      type: "search",
      class: "field",
      placeholder: "Filter",
      "aria-label": "Filter traffic",
      oninput: () => this.drawAll(),
    });
    this.pauseButton = button(
      "Pause",
      { class: "tool", "aria-pressed": "false", onclick: () => this.pause() },
      icon("pause"),
    );
    this.rows = h("div", { class: "traffic", role: "log", "aria-label": "Traffic", "aria-live": "off", tabindex: "0" });
    this.rows.addEventListener("keydown", (event) => this.key(event));
    this.element = h(
      "aside",
      { class: "inspector", id: "inspector", "aria-label": "Inspector", hidden: true },
      h(
        "header",
        { class: "inspector-head" },
        h("h2", {}, "Inspector"),
        h("span", { class: "spring" }),
        this.pauseButton,
        button("Clear", { class: "tool", onclick: () => this.clear() }, icon("trash")),
        button("Close inspector", { class: "tool", onclick: () => this.toggle(false) }, icon("close")),
      ),
      h(
        "div",
        { class: "inspector-filter" },
        this.search,
        h(
          "div",
          { class: "kinds", role: "group", "aria-label": "Kinds" },
          ...Object.entries(KINDS).map(([kind, name]) => this.kindButton(kind, name)),
        ),
      ),
      this.rows,
      faultButtons(page),
    );
    page.store.on("traffic", (entry) => this.hear(entry));
    page.store.on("start", () => this.element.hidden || this.drawAll());
    if (recall("inspector", false)) this.toggle(true);
  }

  kindButton(kind, name) {
    return button(name, {
      class: `kind kind-${kind}`,
      "aria-pressed": "true",
      onclick: (event) => this.filterKind(kind, event.currentTarget),
    });
  }

  filterKind(kind, node) {
    if (this.kinds.has(kind)) this.kinds.delete(kind);
    else this.kinds.add(kind);
    node.setAttribute("aria-pressed", String(this.kinds.has(kind)));
    this.drawAll();
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    this.toggleButton.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("inspector-open", open);
    remember("inspector", open);
    if (open) this.drawAll();
    else this.toggleButton.focus();
  }

  pause() {
    this.paused = !this.paused;
    this.pauseButton.setAttribute("aria-pressed", String(this.paused));
    this.pauseButton.setAttribute("aria-label", this.paused ? "Resume" : "Pause");
    this.pauseButton.title = this.paused ? "Resume" : "Pause";
    fill(this.pauseButton, icon(this.paused ? "play" : "pause"));
    if (!this.paused) this.drawAll();
  }

  clear() {
    this.cleared = this.page.store.traffic.at(-1)?.number ?? 0;
    this.drawAll();
  }

  fits(entry) {
    if (entry.number <= this.cleared || !this.kinds.has(entry.kind)) return false;
    const wanted = this.search.value.toLowerCase();
    if (!wanted) return true;
    if (!this.texts.has(entry))
      this.texts.set(entry, `${entry.title} ${entry.status} ${JSON.stringify(entry.detail)}`.toLowerCase());
    return this.texts.get(entry).includes(wanted);
  }

  drawAll() {
    const { traffic } = this.page.store;
    // A number that begins again belongs to a workspace that has been started again.
    if ((traffic.at(-1)?.number ?? 0) < this.cleared) this.cleared = 0;
    const all = traffic.filter((entry) => this.fits(entry)).slice(-SHOWN_MOST);
    fill(this.rows, ...all.map((entry) => this.row(entry)));
    if (!all.length) fill(this.rows, h("p", { class: "empty quiet" }, "Nothing yet. Say something to the bot."));
    this.rows.scrollTop = this.rows.scrollHeight;
  }

  hear(entry) {
    if (this.paused || this.element.hidden) return;
    if (!this.waiting.length) requestAnimationFrame(() => this.settle());
    this.waiting.push(entry);
  }

  settle() {
    const fresh = this.waiting.splice(0).filter((entry) => this.fits(entry));
    if (!fresh.length) return;
    const atEnd = this.rows.scrollHeight - this.rows.scrollTop - this.rows.clientHeight < 40;
    this.rows.querySelector(":scope > .empty")?.remove();
    this.rows.append(...fresh.map((entry) => this.row(entry)));
    while (this.rows.children.length > SHOWN_MOST) this.rows.firstElementChild.remove();
    if (atEnd) this.rows.scrollTop = this.rows.scrollHeight;
  }

  row(entry) {
    const took = entry.seconds === undefined || entry.seconds === null ? "" : `${Math.round(entry.seconds * 1000)} ms`;
    const detail = h("pre", { class: "entry-detail", hidden: true, tabindex: "0" });
    const head = h(
      "button",
      {
        type: "button",
        class: "entry-head",
        "aria-expanded": "false",
        onclick: () => this.unfold(entry, head, detail),
      },
      h("time", {}, clock.format(new Date(entry.at * 1000))),
      h("span", { class: `entry-kind kind-${entry.kind}` }, entry.kind),
      h("span", { class: "entry-title" }, entry.title),
      entry.status && entry.status !== "ok" ? h("span", { class: "entry-status" }, entry.status) : null,
      h("span", { class: "entry-time" }, took),
    );
    return h("div", { class: `entry status-${entry.status ?? "ok"}` }, head, detail);
  }

  unfold(entry, head, detail) {
    if (!detail.childNodes.length) detail.append(jsonNodes(entry.detail ?? {}));
    detail.hidden = !detail.hidden;
    head.setAttribute("aria-expanded", String(!detail.hidden));
    if (!detail.hidden) detail.parentElement.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("pre")) return;
    const all = [...this.rows.querySelectorAll(".entry-head")];
    const at = all.indexOf(document.activeElement);
    event.preventDefault();
    (at < 0 ? all.at(-1) : all[at + step])?.focus();
  }
}
