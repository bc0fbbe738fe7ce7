/** rich_text: sections, lists, quotes and preformatted text with all their parts. */

import { h } from "../dom.js";
import { emojiCharacter } from "../emoji.js";
import { link, mention } from "../links.js";
import { plain } from "../mrkdwn.js";
import { slackDate } from "../time.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
];
const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

export function richText(block, { store }) {
  return h("div", { class: "text" }, ...(block.elements ?? []).map((element) => part(element, store)));
}

/** One element of a rich_text block. */
function part(element, store) {
  const children = () => inlines(element.elements, store);
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "rich-section" }, ...children());
    case "rich_text_quote":
      return h("blockquote", {}, ...children());
    case "rich_text_preformatted":
      return h(
        "pre",
        { class: element.border ? "bordered" : null, "data-language": element.language },
        h("code", {}, ...children()),
      );
    case "rich_text_list":
      return list(element, store);
    default:
      return inline(element, store);
  }
}

function list(element, store) {
  const ordered = element.style === "ordered";
  const indent = Math.min(element.indent ?? 0, 8);
  const kind = (ordered ? NUMBERS : BULLETS)[indent % 3];
  const items = (element.elements ?? []).map((item) =>
    h("li", {}, ...(item.type === "rich_text_section" ? inlines(item.elements, store) : [part(item, store)])),
  );
  const start = ordered && element.offset ? element.offset + 1 : null;
  return h(
    ordered ? "ol" : "ul",
    { class: `indent-${indent} list-${kind}${element.border ? " bordered" : ""}`, start },
    ...items,
  );
}

/** The inline elements of a section, quote or list item. */
export function inlines(elements, store) {
  return (elements ?? []).map((element) => inline(element, store));
}

function inline(element, store) {
  return styled(bare(element, store), element.style);
}

function styled(node, style) {
  if (!style) return node;
  let made = node;
  for (const [name, tag] of STYLES) if (style[name]) made = h(tag, {}, made);
  return made;
}

function bare(element, store) {
  switch (element.type) {
    case "text":
      return plainText(element.text ?? "");
    case "link":
      return (
        link(store, element.url ?? "", [element.text || element.url]) ??
        document.createTextNode(element.text || element.url || "")
      );
    case "user":
      return mention(store, "user", element.user_id);
    case "usergroup":
      return mention(store, "usergroup", element.usergroup_id);
    case "channel":
      return mention(store, "channel", element.channel_id);
    case "broadcast":
      return mention(store, "broadcast", element.range);
    case "team":
      return h("span", { class: "mention" }, `@${element.team_id}`);
    case "emoji":
      return emoji(element);
    case "date":
      return date(element, store);
    case "color":
      return color(element.value ?? "");
    default:
      return h("code", { class: "unknown-inline", title: JSON.stringify(element) }, `unknown: ${element.type}`);
  }
}

/** Plain text of rich text is not escaped and holds no emoji names. */
function plainText(text) {
  return plain(text.replaceAll("&", "&amp;"), false);
}

function emoji(element) {
  const code = element.unicode?.split("-").map((part) => Number.parseInt(part, 16));
  const character = code?.every((each) => each > 0 && each <= 0x10ffff)
    ? String.fromCodePoint(...code)
    : emojiCharacter(element.name ?? "");
  return h(
    "span",
    { class: "emoji", role: "img", "aria-label": element.name, title: `:${element.name}:` },
    character || `:${element.name}:`,
  );
}

function date(element, store) {
  const time = h(
    "time",
    { title: element.fallback },
    element.timestamp
      ? slackDate(element.timestamp, element.format ?? "{date_short_pretty} at {time}")
      : (element.fallback ?? ""),
  );
  return (element.url && link(store, element.url, [time])) || time;
}

function color(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.backgroundColor = value;
  return h("span", { class: "color" }, swatch, value);
}
