/** JSON as coloured, indented text. */

import { fragment, h } from "./dom.js";

const PIECES = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A value as nodes. */
export function jsonNodes(value) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const made = fragment();
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    made.append(text.slice(at, match.index));
    const kind = match[2] ? "key" : match[1] ? "text" : match[3] ? "word" : "number";
    made.append(h("span", { class: `json-${kind}` }, match[1] ?? match[0]), match[2] ?? "");
    at = match.index + match[0].length;
  }
  made.append(text.slice(at));
  return made;
}
