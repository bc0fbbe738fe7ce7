/** Slack's mrkdwn as DOM nodes; whatever a message says, it can only become text, marks and safe links. */

import { fragment, h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { link, mention } from "./links.js";
import { slackDate } from "./time.js";

const FENCE = /```\n?([\s\S]*?)\n?```/;
const TOKEN = /<([^<>\n]*)>/;
const CODE = /`([^`\n]+)`/;
const BARE = /(?<![\p{L}\p{N}])https?:\/\/[^\s<>]*[^\s<>.,;:!?)'"*_~]/u;
const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/i;
const STYLES = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "s"],
];

/**
 * A text in mrkdwn.
 * @param {string} text as Slack stores it: `&`, `<` and `>` escaped
 * @param {object} store who and where mentions are
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, store, { verbatim = false } = {}) {
  const made = fragment();
  let rest = text ?? "";
  for (let match = FENCE.exec(rest); match; match = FENCE.exec(rest)) {
    made.append(lines(rest.slice(0, match.index).replace(/\n$/, ""), store, verbatim));
    made.append(h("pre", {}, h("code", {}, codeText(match[1]))));
    rest = rest.slice(match.index + match[0].length).replace(/^\n/, "");
  }
  made.append(lines(rest, store, verbatim));
  return made;
}

/** A `text` object of Block Kit: mrkdwn or plain text. */
export function textObject(object, store) {
  if (!object) return fragment();
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn"
    ? mrkdwn(object.text, store, object)
    : plain(object.text ?? "", object.emoji !== false);
}

/** Plain text, with emoji names as emoji. */
export function plain(text, emoji = true) {
  const made = fragment();
  text.split("\n").forEach((line, index) => {
    if (index) made.append(h("br"));
    made.append(...(emoji ? withEmoji(unescaped(line)) : [unescaped(line)]));
  });
  return made;
}

/** Slack's three escapes undone. */
export function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Text nodes and emoji of a text without any marks. */
export function withEmoji(text) {
  const nodes = [];
  let rest = text;
  for (let match = EMOJI.exec(rest); match; match = EMOJI.exec(rest)) {
    const node = emojiNode(match[1]);
    const end = match.index + match[0].length;
    if (node) nodes.push(rest.slice(0, match.index), node);
    else nodes.push(rest.slice(0, end - 1));
    rest = rest.slice(node ? end : end - 1);
  }
  nodes.push(rest);
  return nodes.filter((node) => node !== "");
}

/** Quotes are lines; everything else is running text with breaks. */
function lines(text, store, verbatim) {
  const made = fragment();
  if (!text) return made;
  let quote = null;
  let fresh = true;
  for (const line of text.split("\n")) {
    const quoted = /^&gt; ?(.*)$/s.exec(line);
    const into = quoted ? (quote ??= made.appendChild(h("blockquote"))) : made;
    if (!quoted && quote) {
      quote = null;
      fresh = true;
    }
    if (quoted ? quote.childNodes.length : !fresh) into.append(h("br"));
    into.append(inline(quoted ? quoted[1] : line, store, verbatim));
    fresh = Boolean(quoted);
  }
  return made;
}

function inline(text, store, verbatim) {
  const made = fragment();
  let rest = text;
  while (rest) {
    const found = first(rest, verbatim);
    if (!found) break;
    if (found.index) made.append(...withEmoji(unescaped(rest.slice(0, found.index))));
    made.append(found.node(store, verbatim));
    rest = rest.slice(found.index + found.length);
  }
  if (rest) made.append(...withEmoji(unescaped(rest)));
  return made;
}

/** The first mark in a line: what makes its node, and where it stands. */
function first(text, verbatim) {
  const found = [];
  const token = TOKEN.exec(text);
  if (token) found.push({ index: token.index, length: token[0].length, node: (store) => tokenNode(token[1], store) });
  const code = CODE.exec(text);
  if (code) found.push({ index: code.index, length: code[0].length, node: () => h("code", {}, codeText(code[1])) });
  const bare = verbatim ? null : BARE.exec(text);
  if (bare)
    found.push({
      index: bare.index,
      length: bare[0].length,
      node: (store) => link(store, unescaped(bare[0]), [unescaped(bare[0])]) ?? unescaped(bare[0]),
    });
  for (const [mark, tag] of STYLES) {
    const styled = stylePattern(mark).exec(text);
    if (!styled) continue;
    const inner = styled[2];
    const index = styled.index + styled[1].length;
    found.push({ index, length: inner.length + 2, node: (store) => h(tag, {}, inline(inner, store, verbatim)) });
  }
  return found.sort((one, other) => one.index - other.index)[0];
}

const PATTERNS = new Map();

/** A mark counts at a word's edge only, as in Slack. */
function stylePattern(mark) {
  if (!PATTERNS.has(mark)) {
    const edge = `[^\\p{L}\\p{N}${mark}]`;
    const inside = `[^\\s${mark}]`;
    PATTERNS.set(mark, new RegExp(`(^|${edge})[${mark}](?=${inside})([^\\n]*?${inside})[${mark}](?=$|${edge})`, "u"));
  }
  return PATTERNS.get(mark);
}

/** Code keeps its text, but tokens in it are shown as what was meant. */
function codeText(text) {
  return unescaped(text.replace(/<(?:([^<>|\n]*)\|)?([^<>|\n]*)>/g, (_all, _target, label) => label));
}

/** What stands in angle brackets: a mention, a channel, a special word or a link. */
export function tokenNode(token, store) {
  const cut = token.indexOf("|");
  const target = cut < 0 ? token : token.slice(0, cut);
  const label = cut < 0 ? "" : token.slice(cut + 1);
  if (target.startsWith("@")) return mention(store, "user", target.slice(1), label);
  if (target.startsWith("#")) return mention(store, "channel", target.slice(1), unescaped(label));
  if (target.startsWith("!")) return special(store, target.slice(1), unescaped(label));
  const text = label ? withEmoji(unescaped(label)) : [unescaped(target).replace(/^mailto:/, "")];
  return link(store, unescaped(target), text) ?? document.createTextNode(unescaped(`<${token}>`));
}

function special(store, word, label) {
  const [name, ...rest] = word.split("^");
  if (name === "date") {
    const [seconds, format, address] = rest;
    const text = Number.isFinite(Number(seconds)) && format ? slackDate(seconds, format) : label;
    const time = h("time", { title: label || null }, text);
    return (address && link(store, address, [time])) || time;
  }
  if (name === "subteam") return mention(store, "usergroup", rest[0], label);
  if (["here", "channel", "everyone"].includes(name)) return mention(store, "broadcast", name, label);
  return document.createTextNode(label || `<!${word}>`);
}
