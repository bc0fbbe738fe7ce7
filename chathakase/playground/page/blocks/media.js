/** Pictures, videos and files in blocks. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../links.js";
import { textObject } from "../mrkdwn.js";
import { picture } from "../pictures.js";

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
