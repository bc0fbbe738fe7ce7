/** Where blocks stand (a message, a modal, a Home): what was entered there, and how a click reaches the app. */

import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

export class Surface {
  /**
   * @param {object} page
   * @param {{channel?: string, ts?: string, view_id?: string}} where
   */
  constructor(page, where) {
    this.page = page;
    this.where = where;
    /** @type {Record<string, Record<string, any>>} by block_id and action_id, in the shape of `state.values` */
    this.values = {};
  }

  get store() {
    return this.page.store;
  }

  /** What was entered in an element before, if it was drawn before. */
  entered(block, element) {
    return this.values[block.block_id]?.[element.action_id];
  }

  /** Forget what was entered in blocks that are no longer there, as Slack does when a view is updated. */
  keep(blocks) {
    const ids = new Set(blocks.map((block) => block.block_id));
    for (const id of Object.keys(this.values)) if (!ids.has(id)) delete this.values[id];
  }

  /** Note what an element holds. */
  enter(block, element, value) {
    (this.values[block.block_id] ??= {})[element.action_id] = { type: element.type, ...value };
  }

  /**
   * Tell the app of a click or a choice, after its confirmation dialog; whether the app has taken it.
   * @param {any} block
   * @param {any} element
   * @param {object} chosen what was chosen, as in the payload
   * @param {HTMLElement} node what was clicked
   */
  async act(block, element, chosen, node) {
    if (element.confirm && !(await this.confirm(element.confirm, node))) return false;
    if (!element.action_id && !element.url) return false;
    const action = { type: element.type, block_id: block.block_id, action_id: element.action_id, ...chosen };
    node.classList.add("waiting");
    node.classList.remove("failed");
    const done = await this.page.ask("act", { ...this.where, action, state: { values: this.values } });
    node.classList.remove("waiting");
    node.classList.toggle("failed", !done);
    return Boolean(done);
  }

  confirm(dialog, node) {
    const store = this.store;
    return confirmed({
      title: h("span", {}, textObject(dialog.title, store)),
      text: h("span", {}, textObject(dialog.text, store)),
      confirm: dialog.confirm?.text,
      deny: dialog.deny?.text,
      style: dialog.style ?? "primary",
      returnTo: node,
    });
  }

  /** Ask the app for the options of an external menu. */
  suggest(block, element, value) {
    return this.page.ask("suggest", { ...this.where, block_id: block.block_id, action_id: element.action_id, value });
  }
}
