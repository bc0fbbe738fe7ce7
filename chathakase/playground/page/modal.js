/** Modals: a stack of views per person, of which the uppermost is shown; what was entered below is kept. */

import { drawBlocks } from "./blocks/index.js";
import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { openLayer } from "./layers.js";
import { plain } from "./mrkdwn.js";
import { Surface } from "./surface.js";

const WAITS = 250;
const SOON = 30;

export class Modals {
  constructor(page) {
    this.page = page;
    /** @type {Map<string, Modal>} */
    this.open = new Map();
    page.store.on("views", (user) => user === page.store.me && this.later());
  }

  /** Draw soon: after a reconnection the views come one by one, and those that were open stay as they are. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), SOON);
  }

  draw() {
    const { store } = this.page;
    const stack = store.views.get(store.me) ?? [];
    const top = stack.at(-1);
    for (const [id, modal] of this.open) {
      if (!stack.some((view) => view.id === id)) this.open.delete(id);
      if (id !== top?.id) modal.hide();
    }
    if (!top) return;
    if (!this.open.has(top.id)) this.open.set(top.id, new Modal(this.page, top.id));
    this.open.get(top.id).show(top, stack.length);
  }
}

class Modal {
  constructor(page, id) {
    this.page = page;
    this.id = id;
    this.surface = new Surface(page, { view_id: id });
    this.title = h("h2", { class: "dialog-title", id: `modal-${id}` });
    this.back = button("Back", { class: "tool", onclick: () => this.close(false) }, icon("left"));
    this.cross = button("Close", { class: "tool", onclick: () => this.close(true) }, icon("close"));
    this.blocks = h("div", { class: "blocks" });
    this.problem = h("div", { class: "form-error", role: "alert" });
    this.foot = h("div", { class: "dialog-foot" });
    const form = h(
      "form",
      { novalidate: true, onsubmit: (event) => this.submit(event) },
      h("div", { class: "dialog-head" }, this.back, this.title, h("span", { class: "spring" }), this.cross),
      h("div", { class: "dialog-body", tabindex: "-1" }, this.blocks, this.problem),
      this.foot,
    );
    this.dialog = h("div", { class: "dialog modal", role: "dialog", "aria-labelledby": `modal-${id}` }, form);
  }

  show(view, depth) {
    const fresh = !this.take;
    this.view = view;
    fill(this.title, plain(view.title?.text ?? ""));
    this.back.hidden = depth < 2;
    this.surface.keep(view.blocks ?? []);
    drawBlocks(this.blocks, view.blocks ?? [], this.surface);
    this.showErrors({});
    const submit = view.submit
      ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text))
      : null;
    this.send = submit;
    fill(
      this.foot,
      button(view.close?.text ?? (view.submit ? "Cancel" : "Close"), {
        class: "button",
        onclick: () => this.close(false),
      }),
      submit,
    );
    if (!fresh) return;
    this.take = openLayer(this.dialog, { escape: () => this.close(false) });
    const field =
      this.blocks.querySelector("[data-focus]") ?? this.blocks.querySelector("input, textarea, select, .select");
    (field ?? this.send ?? this.cross).focus();
  }

  hide() {
    this.take?.();
    this.take = null;
  }

  async submit(event) {
    event.preventDefault();
    if (!this.send || this.busy) return;
    const missing = this.missing();
    this.showErrors(missing);
    if (Object.keys(missing).length) return;
    this.load(true);
    try {
      const answer = await this.page.socket.ask(this.page.store.me, "submit", {
        view_id: this.view.id,
        values: this.surface.values,
      });
      if (answer.errors) this.showErrors(answer.errors);
    } catch (refused) {
      this.problem.textContent =
        refused.code === "not_acknowledged"
          ? "We had some trouble connecting. Try again? (The app did not answer in three seconds.)"
          : `That did not work: ${refused.code}`;
    } finally {
      this.load(false);
    }
  }

  /** Slack asks for what is not optional before the app hears of it. */
  missing() {
    const errors = {};
    for (const block of this.view.blocks ?? []) {
      if (block.type !== "input" || block.optional || block.element?.type === "file_input") continue;
      const { type: _type, ...held } = this.surface.values[block.block_id]?.[block.element?.action_id] ?? {};
      const value = Object.values(held)[0];
      if (value === null || value === undefined || value === "" || value.length === 0)
        errors[block.block_id] = "Please complete this required field.";
      else if (!this.node(block.block_id)?.querySelector("input:invalid, textarea:invalid")) continue;
      else errors[block.block_id] = this.node(block.block_id).querySelector(":invalid").validationMessage;
    }
    return errors;
  }

  node(block_id) {
    return [...this.blocks.children].find((child) => child.dataset.blockId === block_id);
  }

  showErrors(errors) {
    this.problem.textContent = "";
    let first = null;
    for (const child of this.blocks.children) {
      const text = errors[child.dataset.blockId] ?? "";
      const place = child.querySelector(".input-error");
      if (place) place.textContent = text;
      child.classList.toggle("wrong", Boolean(text));
      const field = child.querySelector("input, textarea, .select");
      if (text) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
      if (text && !place) this.problem.textContent = text;
      if (text) first ??= field;
    }
    first?.focus();
  }

  load(busy) {
    this.busy = busy;
    clearTimeout(this.timer);
    if (busy) this.timer = setTimeout(() => this.dialog.classList.add("loading"), WAITS);
    else this.dialog.classList.remove("loading");
    this.dialog.setAttribute("aria-busy", String(busy));
    if (this.send) this.send.setAttribute("aria-disabled", String(busy));
  }

  /** Close this view, or with the cross all of them; the app hears of it if it asked to. */
  async close(all) {
    const { store } = this.page;
    await this.page.ask("close", { view_id: this.view.id, ...(all ? { clear: true } : {}) });
    if (!(store.views.get(store.me) ?? []).some((view) => view.id === this.id)) return;
    store.take_view({ user: store.me, do: all ? "clear" : "close", view: this.view });
  }
}
