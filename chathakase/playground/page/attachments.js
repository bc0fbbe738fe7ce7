/** Legacy attachments: a coloured bar beside text, fields and blocks. */

import { drawBlocks } from "./blocks/index.js";
import { h } from "./dom.js";
import { link } from "./links.js";
import { mrkdwn } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { Surface } from "./surface.js";

const NAMED = { good: "#2f9e62", warning: "#d08a17", danger: "#c8402f" };

/** The attachments of a message, or null. */
export function attachmentsNode(page, message, channel) {
  if (!message.attachments?.length) return null;
  return h(
    "div",
    { class: "attachments" },
    ...message.attachments.map((each) => attachment(page, each, channel, message.ts)),
  );
}

function attachment(page, given, channel, ts) {
  const { store } = page;
  const titled = given.title
    ? ((given.title_link && link(store, given.title_link, [given.title])) ?? given.title)
    : null;
  const fields = (given.fields ?? []).map((field) =>
    h(
      "div",
      { class: `field-pair${field.short ? " short" : ""}` },
      h("strong", {}, field.title ?? ""),
      h("div", {}, mrkdwn(field.value ?? "", store)),
    ),
  );
  const made = h(
    "div",
    { class: "attachment" },
    given.pretext ? h("div", { class: "text" }, mrkdwn(given.pretext, store)) : null,
    h(
      "div",
      { class: "attachment-body" },
      given.author_name ? h("div", { class: "quiet" }, given.author_name) : null,
      titled ? h("strong", {}, titled) : null,
      given.text ? h("div", { class: "text" }, mrkdwn(given.text, store)) : null,
      !given.text && !given.blocks && !given.title && given.fallback
        ? h("div", { class: "text" }, given.fallback)
        : null,
      fields.length ? h("div", { class: "attachment-fields" }, ...fields) : null,
      given.image_url ? picture(given.image_url, given.fallback ?? "Image", store) : null,
      given.footer ? h("div", { class: "quiet" }, given.footer) : null,
    ),
  );
  const body = made.querySelector(".attachment-body");
  const color =
    NAMED[given.color] ?? (/^#?[0-9a-f]{6}$/i.test(given.color ?? "") ? `#${given.color.replace("#", "")}` : "");
  if (color) body.style.borderColor = color;
  if (given.blocks?.length) {
    const blocks = h("div", { class: "blocks" });
    drawBlocks(blocks, given.blocks, new Surface(page, { channel, ts }));
    body.append(blocks);
  }
  return made;
}
