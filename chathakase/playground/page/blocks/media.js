/** Pictures, videos and files in blocks; the page loads nothing from elsewhere and says what would be there. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link, safeUrl } from "../links.js";
import { textObject } from "../mrkdwn.js";

/** Whether the page may show a picture: its own and data only, since it needs no network. */
function ours(address) {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(address ?? "")) return true;
  return safeUrl(address)?.origin === location.origin;
}

/** A picture, or a card with its text and address where it lies elsewhere. */
export function picture(address, alt, store, attributes = {}) {
  if (ours(address)) return h("img", { src: address, alt: alt ?? "", loading: "lazy", ...attributes });
  const name = alt || "Image";
  return h(
    "span",
    { class: "picture-elsewhere", title: "The page loads nothing from the network." },
    icon("eye"),
    h("span", {}, name),
    address ? (link(store, address, [host(address)]) ?? null) : null,
  );
}

const host = (address) => safeUrl(address)?.hostname ?? address;

/** A picture of a line's height. */
export function smallImage(element, store) {
  const address = element.image_url ?? element.slack_file?.url;
  if (ours(address)) return h("img", { class: "small-image", src: address, alt: element.alt_text ?? "" });
  return h(
    "span",
    {
      class: "small-image small-image-elsewhere",
      role: "img",
      "aria-label": element.alt_text ?? "image",
      title: `${element.alt_text ?? ""} ${address ?? ""}`,
    },
    icon("eye"),
  );
}

export function image(block, { store }) {
  const address =
    block.image_url ??
    block.slack_file?.url ??
    (block.slack_file?.id ? `${location.origin}/files/${encodeURIComponent(block.slack_file.id)}/image` : "");
  return h(
    "figure",
    {},
    block.title ? h("figcaption", {}, textObject(block.title, store)) : null,
    picture(address, block.alt_text, store),
  );
}

export function video(block, { store }) {
  const title = block.title?.text ?? "Video";
  return h(
    "div",
    { class: "media-card" },
    h(
      "div",
      { class: "media-thumb" },
      picture(block.thumbnail_url, block.alt_text, store),
      h("span", { class: "media-play" }, icon("play")),
    ),
    h(
      "div",
      {},
      h("div", { class: "quiet" }, [block.provider_name, block.author_name].filter(Boolean).join(" · ")),
      h(
        "strong",
        {},
        (block.title_url && link(store, block.title_url, [title])) ||
          (block.video_url && link(store, block.video_url, [title])) ||
          title,
      ),
      block.description ? h("div", { class: "text" }, textObject(block.description, store)) : null,
    ),
  );
}

export function file(block) {
  return h(
    "div",
    { class: "file" },
    h("span", { class: "file-sign" }, icon("file")),
    h(
      "span",
      {},
      h("strong", {}, block.file?.name ?? block.external_id ?? "File"),
      h("span", { class: "quiet" }, `${block.source ?? "remote"} file`),
    ),
  );
}
