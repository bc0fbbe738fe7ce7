/** Tables: the first row is the head. */

import { h } from "../dom.js";
import { richText } from "./rich_text.js";

export function table(block, surface) {
  return drawTable(block.rows ?? [], block.column_settings ?? [], surface, "Table");
}

export function dataTable(block, surface) {
  return drawTable(block.rows ?? [], block.column_settings ?? [], surface, block.caption ?? "Table");
}

function drawTable(rows, settings, surface, label) {
  const [first, ...rest] = rows;
  const line = (row, tag) =>
    h("tr", {}, ...(row ?? []).map((cell, column) => drawCell(cell, settings[column], tag, surface)));
  const made = h(
    "table",
    {},
    first ? h("thead", {}, line(first, "th")) : null,
    h("tbody", {}, ...rest.map((row) => line(row, "td"))),
  );
  return h("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": label }, made);
}

function drawCell(cell, setting, tag, surface) {
  const align = setting?.align ? `align-${setting.align}` : "";
  const wrapped = setting?.is_wrapped ? " wrapped" : "";
  const content = cell?.type === "rich_text" ? richText(cell, surface) : String(cell?.text ?? cell?.value ?? "");
  return h(tag, { class: align + wrapped || null, scope: tag === "th" ? "col" : null }, content);
}
