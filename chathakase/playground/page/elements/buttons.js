/** Buttons, feedback buttons, icon buttons and overflow menus. */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";
import { placeOf, safeUrl } from "../links.js";
import { textObject } from "../mrkdwn.js";
import { openMenu } from "../popover.js";

export function buttonElement(element, block, surface) {
  const style = element.style === "primary" || element.style === "danger" ? ` ${element.style}` : "";
  const name = element.text?.text ?? "";
  const node = h(
    "button",
    { type: "button", class: `button${style}`, "aria-label": element.accessibility_label ?? null },
    textObject(element.text, surface.store),
    element.url ? h("span", { class: "button-link" }, icon("link")) : null,
  );
  node.addEventListener("click", async () => {
    const place = element.url && placeOf(surface.store, element.url);
    const url = element.url && safeUrl(element.url);
    if (url && !place) window.open(url.href, "_blank", "noopener,noreferrer");
    if (place) surface.page.jump(place);
    const chosen = {
      text: element.text ?? { type: "plain_text", text: name },
      ...(element.value === undefined ? {} : { value: element.value }),
      ...(element.style ? { style: element.style } : {}),
    };
    await surface.act(block, element, chosen, node);
  });
  return node;
}

/** Thumbs up and down; what was chosen stays marked. */
export function feedbackButtons(element, block, surface) {
  const sides = [
    ["positive_button", "thumbup", "Good response"],
    ["negative_button", "thumbdown", "Bad response"],
  ];
  const group = h("span", { class: "feedback", role: "group", "aria-label": "Feedback" });
  for (const [side, sign, otherwise] of sides) {
    const given = element[side];
    if (!given) continue;
    const name = given.accessibility_label ?? given.text?.text ?? otherwise;
    const node = button(
      name,
      { class: "tool", "aria-pressed": "false", title: given.text?.text ?? otherwise },
      icon(sign),
    );
    node.addEventListener("click", async () => {
      const done = await surface.act(block, element, { value: given.value, text: given.text }, node);
      if (done) for (const each of group.children) each.setAttribute("aria-pressed", String(each === node));
    });
    group.append(node);
  }
  return group;
}

export function iconButton(element, block, surface) {
  const name = element.accessibility_label ?? element.text?.text ?? element.icon ?? "Button";
  const node = button(
    name,
    { class: "tool", title: element.text?.text ?? name },
    icon(element.icon === "trash" ? "trash" : (element.icon ?? "more")),
  );
  const seen = element.visible_to_user_ids;
  if (seen?.length && !seen.includes(surface.store.me)) node.hidden = true;
  node.addEventListener("click", () =>
    surface.act(block, element, { value: element.value, text: element.text, icon: element.icon }, node),
  );
  return node;
}

export function overflow(element, block, surface) {
  const node = button("More options", { class: "button overflow", "aria-haspopup": "menu" }, icon("more"));
  node.addEventListener("click", () => {
    const items = (element.options ?? []).map((option) => ({
      name: option.text?.text ?? "",
      note: option.description?.text,
      act: () => choose(option),
    }));
    openMenu(node, items, "More options");
  });
  const choose = (option) => {
    const url = option.url && safeUrl(option.url);
    const place = url && placeOf(surface.store, option.url);
    if (place) surface.page.jump(place);
    else if (url) window.open(url.href, "_blank", "noopener,noreferrer");
    return surface.act(block, element, { selected_option: option }, node);
  };
  return node;
}
