/** Fields to write in: plain text, e-mail, address, number and rich text. */

import { h } from "../dom.js";

const TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number" };

export function textInput(element, block, surface, { dispatch, label }) {
  const before = surface.entered(block, element)?.value ?? element.initial_value ?? "";
  const shared = {
    class: "field wide",
    "aria-label": label ? null : (element.placeholder?.text ?? "Text"),
    placeholder: element.placeholder?.text,
    value: before,
    maxlength: element.max_length,
    minlength: element.min_length,
  };
  const number =
    element.type === "number_input"
      ? { step: element.is_decimal_allowed ? "any" : "1", min: element.min_value, max: element.max_value }
      : {};
  const node = element.multiline
    ? h("textarea", { ...shared, rows: "4" })
    : h("input", { type: TYPES[element.type], ...shared, ...number });
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const value = () => node.value || null;
  const enter = () => surface.enter(block, element, { value: value() });
  const act = () => surface.act(block, element, { value: value() ?? "" }, node);
  enter();
  node.addEventListener("input", () => {
    enter();
    if (dispatch && on.includes("on_character_entered")) act();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || element.multiline) return;
    if (dispatch && on.includes("on_enter_pressed")) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  });
  if (element.focus_on_load) node.dataset.focus = "";
  return node;
}

/** Rich text is written here as plain text and sent as one section. */
export function richTextInput(element, block, surface, { label }) {
  const before = surface.entered(block, element)?.rich_text_value ?? element.initial_value;
  const node = h("textarea", {
    class: "field wide",
    rows: "5",
    "aria-label": label ? null : "Text",
    placeholder: element.placeholder?.text,
    value: before ? textOf(before) : "",
  });
  const value = () =>
    node.value
      ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }] }
      : null;
  const enter = () => surface.enter(block, element, { rich_text_value: value() });
  enter();
  node.addEventListener("input", enter);
  return node;
}

function textOf(node) {
  return typeof node.text === "string"
    ? node.text
    : (node.elements ?? []).map(textOf).join(node.type === "rich_text" ? "\n" : "");
}

/** Files cannot be sent with a modal here; the field says so. */
export function fileInput(element, block, surface) {
  surface.enter(block, element, { files: [] });
  return h("p", { class: "quiet unknown-inline" }, "file_input: files cannot be chosen in the playground");
}
