/** The interactive elements of Block Kit, each by its type. */

import { h } from "../dom.js";
import { picture } from "../pictures.js";
import { checkboxes, radioButtons } from "./choices.js";
import { buttonElement, feedbackButtons, iconButton, overflow } from "./buttons.js";
import { datepicker, datetimepicker, timepicker } from "./pickers.js";
import { select } from "./select.js";
import { fileInput, richTextInput, textInput } from "./fields.js";

const TYPES = {
  button: buttonElement,
  workflow_button: buttonElement,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  overflow,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker,
  timepicker,
  datetimepicker,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: richTextInput,
  file_input: fileInput,
};
const SELECT = /^(multi_)?(static|external|users|conversations|channels)_select$/;

/** Whether an element is many fields with one label. */
export const isGroup = (type) => type === "checkboxes" || type === "radio_buttons";

/**
 * An element; in an input block it tells the app of a choice only if `dispatch` says so.
 * @param {any} element
 * @param {any} block
 * @param {import("../surface.js").Surface} surface
 * @param {{dispatch?: boolean, label?: string}} [input]
 * @returns {HTMLElement}
 */
export function elementNode(element, block, surface, input) {
  const options = { dispatch: input ? Boolean(input.dispatch) : true, label: input?.label ?? "" };
  if (element?.type === "image") return picture(element.image_url, element.alt_text, surface.store);
  const draw = SELECT.test(element?.type ?? "") ? select : TYPES[element?.type];
  if (!draw) return h("span", { class: "unknown-inline" }, `unknown element: ${element?.type}`);
  const node = draw(element, block, surface, options);
  if (element.action_id) node.dataset.actionId = element.action_id;
  return node;
}
