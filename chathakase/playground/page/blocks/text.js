/** Blocks that are read: section, header, context, divider, markdown. */

import { h, morph } from "../dom.js";
import { elementNode } from "../elements/index.js";
import { markdown } from "../markdown.js";
import { textObject } from "../mrkdwn.js";
import { picture, smallImage } from "../pictures.js";

export function section(block, surface) {
  const { store } = surface;
  const accessory = block.accessory;
  const side = !accessory
    ? null
    : accessory.type === "image"
      ? h(
          "div",
          { class: "accessory accessory-image" },
          picture(accessory.image_url ?? accessory.slack_file?.url, accessory.alt_text, store),
        )
      : h("div", { class: "accessory" }, elementNode(accessory, block, surface));
  return h(
    "div",
    {},
    h(
      "div",
      { class: "section-main" },
      block.text ? h("div", { class: "text" }, textObject(block.text, store)) : null,
      block.fields?.length
        ? h(
            "div",
            { class: "fields" },
            ...block.fields.map((field) => h("div", { class: "text" }, textObject(field, store))),
          )
        : null,
    ),
    side,
  );
}

export function header(block, { store }) {
  return h("h3", {}, textObject(block.text, store));
}

export function context(block, { store }) {
  return h(
    "div",
    {},
    ...(block.elements ?? []).map((element) =>
      element.type === "image" ? smallImage(element, store) : h("span", { class: "text" }, textObject(element, store)),
    ),
  );
}

export function divider() {
  return h("hr");
}

export function markdownBlock(block, { store }) {
  return h("div", { class: "markdown" }, markdown(block.text, store));
}

/** A growing text in the same place: what stands already is not drawn again. */
markdownBlock.into = (element, block, { store }) => morph(element, markdown(block.text, store));
