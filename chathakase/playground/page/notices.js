/** The bar that tells when the page or the bot is not connected. */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

const DELAY_MS = 700;

export class Notices {
  constructor(page) {
    this.page = page;
    this.element = h("div", { class: "notices", role: "status", "aria-label": "Connection" });
    const { store } = page;
    for (const topic of ["start", "sockets", "online"]) store.on(topic, () => this.soon());
    this.soon();
  }

  /** A break that is over at once is not worth a notice. */
  soon() {
    clearTimeout(this.timer);
    const calm = this.page.store.online && !this.page.store.deafApps().length;
    this.timer = setTimeout(() => this.draw(), calm ? 0 : DELAY_MS);
  }

  draw() {
    const { store } = this.page;
    const texts = [];
    if (!store.online)
      texts.push(
        store.ready ? "The connection to the workspace is lost; connecting again…" : "Connecting to the workspace…",
      );
    else if (store.ready)
      for (const { name } of store.deafApps())
        texts.push(`${name} is not connected: it hears nothing until its socket is open again.`);
    fill(
      this.element,
      ...texts.map((text) => h("div", { class: `bar${store.online ? " bar-warning" : ""}` }, icon("warning"), text)),
    );
  }
}
