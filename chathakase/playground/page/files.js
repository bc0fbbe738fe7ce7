/** Files of a message: pictures are shown, others are lines to download. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;

/** Where the page reads a file: always from its own origin. */
export function fileAddress(file) {
  return `/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name ?? "file")}`;
}

/** The files of a message, or null. */
export function filesNode(_page, files) {
  if (!files?.length) return null;
  return h("div", { class: "files" }, ...files.map(fileNode));
}

/** One file. */
export function fileNode(file) {
  const name = file.title || file.name || file.id;
  if (file.mode === "tombstone") return h("p", { class: "quiet" }, "This file was deleted.");
  const link = { href: fileAddress(file), target: "_blank", rel: "noopener noreferrer" };
  if (PICTURES.test(file.mimetype ?? "")) {
    const picture = h("img", {
      src: fileAddress(file),
      alt: file.alt_txt || name,
      loading: "lazy",
      width: file.original_w,
      height: file.original_h,
    });
    return h(
      "figure",
      { class: "picture" },
      h("figcaption", {}, name),
      h("a", { ...link, "aria-label": `Open ${name}` }, picture),
    );
  }
  return h(
    "a",
    { ...link, class: "file", download: file.name ?? "" },
    h("span", { class: "file-sign" }, icon("file")),
    h(
      "span",
      {},
      h("strong", {}, name),
      h(
        "span",
        { class: "quiet" },
        [file.pretty_type || file.filetype || "File", size(file.size)].filter(Boolean).join(" · "),
      ),
    ),
  );
}

/** Bytes in words. */
export function size(bytes) {
  if (!bytes) return "";
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
