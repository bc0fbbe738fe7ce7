/** Blocks that take something: actions and input. */

import { h } from "../dom.js";
import { elementNode, isGroup } from "../elements/index.js";
import { textObject } from "../mrkdwn.js";

let number = 0;

export function actions(block, surface) {
  return h(
    "div",
    { class: "actions", role: "group", "aria-label": "Actions" },
    ...(block.elements ?? []).map((element) => elementNode(element, block, surface)),
  );
}

export function input(block, surface) {
  number += 1;
  const id = `input-${number}`;
  const element = block.element ?? { type: "none" };
  const label = [
    textObject(block.label, surface.store),
    block.optional ? h("span", { class: "quiet" }, " (optional)") : null,
  ];
  const hint = block.hint ? h("div", { class: "hint", id: `${id}-hint` }, textObject(block.hint, surface.store)) : null;
  const error = h("div", { class: "input-error", id: `${id}-error`, role: "alert" });
  const node = elementNode(element, block, surface, {
    dispatch: Boolean(block.dispatch_action),
    label: block.label?.text,
  });
  const field = node.matches("input, textarea, button")
    ? node
    : (node.querySelector("input, textarea, button") ?? node);
  field.setAttribute("aria-describedby", `${id}-error${hint ? ` ${id}-hint` : ""}`);
  if (isGroup(element.type))
    return h("fieldset", { class: "input" }, h("legend", { class: "input-label" }, ...label), node, hint, error);
  field.id ||= id;
  return h("div", { class: "input" }, h("label", { class: "input-label", for: field.id }, ...label), node, hint, error);
}
