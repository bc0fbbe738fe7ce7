/** Date and time pickers: those of the browser. */

import { h } from "../dom.js";

export const datepicker = picker("date", "selected_date", "initial_date", String, String);
export const timepicker = picker("time", "selected_time", "initial_time", String, String);
export const datetimepicker = picker("datetime-local", "selected_date_time", "initial_date_time", localOf, (text) =>
  Math.floor(new Date(text).getTime() / 1000),
);

/** Epoch seconds as the browser's field takes them: local time to the minute. */
function localOf(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function picker(type, key, initial, shown, meant) {
  return (element, block, surface, { dispatch, label }) => {
    const before = surface.entered(block, element)?.[key] ?? element[initial];
    const name = label || element.placeholder?.text || { date: "Date", time: "Time" }[type] || "Date and time";
    const node = h("input", {
      type,
      class: "field",
      "aria-label": name,
      value: before === undefined || before === null ? "" : shown(before),
    });
    const value = () => (node.value ? meant(node.value) : null);
    const enter = () => surface.enter(block, element, { [key]: value() });
    enter();
    node.addEventListener("change", () => {
      enter();
      if (dispatch) surface.act(block, element, { [key]: value() }, node);
    });
    return node;
  };
}
