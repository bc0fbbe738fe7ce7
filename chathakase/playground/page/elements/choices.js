/** Checkboxes and radio buttons. */

import { h } from "../dom.js";
import { textObject } from "../mrkdwn.js";

let number = 0;

export function checkboxes(element, block, surface, { dispatch, label }) {
  const before = surface.entered(block, element)?.selected_options ?? element.initial_options ?? [];
  const chosen = () => (element.options ?? []).filter((_option, index) => boxes[index].checked);
  const group = choices("checkbox", element, surface, label, (option) =>
    before.some((each) => each.value === option.value),
  );
  const boxes = [...group.querySelectorAll("input")];
  const enter = () => surface.enter(block, element, { selected_options: chosen() });
  enter();
  group.addEventListener("change", () => {
    enter();
    if (dispatch) surface.act(block, element, { selected_options: chosen() }, group);
  });
  return group;
}

export function radioButtons(element, block, surface, { dispatch, label }) {
  const before = surface.entered(block, element)?.selected_option ?? element.initial_option;
  const group = choices("radio", element, surface, label, (option) => option.value === before?.value);
  const buttons = [...group.querySelectorAll("input")];
  const chosen = () => (element.options ?? [])[buttons.findIndex((each) => each.checked)] ?? null;
  const enter = () => surface.enter(block, element, { selected_option: chosen() });
  enter();
  group.addEventListener("change", () => {
    enter();
    if (dispatch) surface.act(block, element, { selected_option: chosen() }, group);
  });
  return group;
}

function choices(type, element, surface, label, isChosen) {
  number += 1;
  const name = `choice-${number}`;
  const line = (option) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type, name, value: option.value, checked: isChosen(option) }),
      h(
        "span",
        {},
        h("span", { class: "text" }, textObject(option.text, surface.store)),
        option.description ? h("span", { class: "quiet text" }, textObject(option.description, surface.store)) : null,
      ),
    );
  return h(
    "div",
    { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-label": label || "Options" },
    ...(element.options ?? []).map(line),
  );
}
