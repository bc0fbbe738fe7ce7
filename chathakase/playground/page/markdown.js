/** Markdown of `markdown` blocks as sanitised nodes, with Slack's mentions and emoji in it. */

import { h } from "./dom.js";
import { link } from "./links.js";
import { tokenNode, withEmoji } from "./mrkdwn.js";
import MarkdownIt from "./vendor/markdown-it.js";
import DOMPurify from "./vendor/purify.js";

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
parser.validateLink = (address) => !/^\s*(?:javascript|vbscript|file|data):/i.test(address);

const CLEAN = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: [
    "p",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "img",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
  ],
  ALLOWED_ATTR: ["href", "src", "alt", "start", "class"],
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

/** Tables are aligned by class: a style in HTML is refused by the page's policy. */
for (const name of ["th_open", "td_open"]) {
  parser.renderer.rules[name] = (tokens, index, options, _env, renderer) => {
    const token = tokens[index];
    const align = /text-align:(\w+)/.exec(token.attrGet("style") ?? "")?.[1];
    token.attrs = align ? [["class", `align-${align}`]] : null;
    return renderer.renderToken(tokens, index, options);
  };
}

const TOKEN = /<([@#!][^<>\n]+)>/;

/**
 * Markdown as nodes.
 * @param {string} text
 * @param {object} store
 * @returns {DocumentFragment}
 */
export function markdown(text, store) {
  const made = DOMPurify.sanitize(parser.render(text ?? ""), CLEAN);
  for (const anchor of made.querySelectorAll("a")) {
    const address = anchor.getAttribute("href") ?? "";
    anchor.replaceWith(link(store, address, [...anchor.childNodes]) ?? h("span", {}, ...anchor.childNodes));
  }
  for (const image of made.querySelectorAll("img")) {
    const address = image.getAttribute("src") ?? "";
    const text = image.getAttribute("alt") || address;
    image.replaceWith(link(store, address, [text]) ?? text);
  }
  for (const table of made.querySelectorAll("table")) {
    const frame = h("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": "Table" });
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const item of made.querySelectorAll("li")) markTask(item);
  replaceTokens(made, store);
  return made;
}

/** `- [x]` as a box that is ticked. */
function markTask(item) {
  const text = item.firstChild?.nodeName === "P" ? item.firstChild.firstChild : item.firstChild;
  const match = text?.nodeType === Node.TEXT_NODE ? /^\[([ xX])\] /.exec(text.data) : null;
  if (!match) return;
  text.data = text.data.slice(match[0].length);
  item.classList.add("task");
  item.prepend(
    h("input", {
      type: "checkbox",
      disabled: true,
      checked: match[1] !== " ",
      "aria-label": match[1] === " " ? "open" : "done",
    }),
    " ",
  );
}

function replaceTokens(root, store) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const inCode = Boolean(text.parentElement?.closest("code"));
    if (!text.data.includes("<") && (inCode || !text.data.includes(":"))) continue;
    const nodes = [];
    let rest = text.data;
    for (let match = TOKEN.exec(rest); match; match = TOKEN.exec(rest)) {
      const before = rest.slice(0, match.index);
      nodes.push(...(inCode ? [before] : withEmoji(before)), tokenNode(match[1], store));
      rest = rest.slice(match.index + match[0].length);
    }
    nodes.push(...(inCode ? [rest] : withEmoji(rest)));
    text.replaceWith(...nodes);
  }
}
