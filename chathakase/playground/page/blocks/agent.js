/** Blocks of newer apps: feedback under a reply, alerts, cards, containers, plans and their tasks. */

import { fragment, h } from "../dom.js";
import { elementNode } from "../elements/index.js";
import { icon } from "../icons.js";
import { link } from "../links.js";
import { textObject } from "../mrkdwn.js";
import { picture, smallImage } from "../pictures.js";
import { inlines, richText } from "./rich_text.js";

const ALERTS = { default: "info", info: "info", success: "check", warning: "warning", error: "warning" };
const TASKS = { pending: "to do", in_progress: "in progress", complete: "done", error: "failed" };

export function contextActions(block, surface) {
  return h(
    "div",
    { class: "context-actions", role: "group", "aria-label": "Feedback and actions" },
    ...(block.elements ?? []).map((element) => elementNode(element, block, surface)),
  );
}

export function alert(block, { store }) {
  const level = ALERTS[block.level] ? block.level : "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: "note" },
    icon(ALERTS[level]),
    h("div", { class: "text" }, textObject(block.text, store)),
  );
}

export function card(block, surface) {
  const { store } = surface;
  const hero = block.hero_image;
  return h(
    "div",
    { class: "card" },
    hero
      ? h("div", { class: "card-hero" }, picture(hero.image_url ?? hero.slack_file?.url, hero.alt_text, store))
      : null,
    h(
      "div",
      { class: "card-head" },
      block.icon ? smallImage(block.icon, store) : null,
      h(
        "div",
        {},
        block.title ? h("strong", { class: "text" }, textObject(block.title, store)) : null,
        block.subtitle ? h("div", { class: "quiet text" }, textObject(block.subtitle, store)) : null,
      ),
    ),
    block.body ? h("div", { class: "text card-body" }, textObject(block.body, store)) : null,
    block.subtext ? h("div", { class: "quiet text" }, textObject(block.subtext, store)) : null,
    block.actions?.length
      ? h("div", { class: "actions" }, ...block.actions.map((element) => elementNode(element, block, surface)))
      : null,
  );
}

export function carousel(block, surface, draw) {
  const cards = (block.elements ?? []).map((each) => draw({ type: "card", ...each }, surface));
  return h("div", { class: "carousel", role: "region", "aria-label": "Cards", tabindex: "0" }, ...cards);
}

export function container(block, surface, draw) {
  const { store } = surface;
  const title = block.rich_text_title ? richTitle(block.rich_text_title, store) : textObject(block.title, store);
  const head = fragment(
    block.icon ? smallImage(block.icon, store) : null,
    h("strong", {}, title),
    block.subtitle ? h("span", { class: "quiet" }, textObject(block.subtitle, store)) : null,
  );
  const body = h(
    "div",
    { class: "blocks" },
    ...(block.child_blocks ?? block.blocks ?? []).map((child) => draw(child, surface)),
  );
  if (!block.is_collapsible)
    return h(
      "section",
      { class: `container width-${block.width ?? "standard"}` },
      h("div", { class: "container-head" }, head),
      body,
    );
  return h(
    "details",
    { class: `container width-${block.width ?? "standard"}`, open: !block.default_collapsed },
    h("summary", { class: "container-head" }, head),
    body,
  );
}

function richTitle(title, store) {
  return title.type === "rich_text" ? richText(title, { store }) : inlines(title.elements, store);
}

export function plan(block, surface, draw) {
  const title = block.title?.text ?? block.title ?? "Plan";
  return h(
    "section",
    { class: "plan" },
    h("strong", { class: "plan-title" }, title),
    ...(block.tasks ?? []).map((task) => draw({ type: "task_card", ...task }, surface)),
  );
}

export function taskCard(block, surface) {
  const { store } = surface;
  const status = TASKS[block.status] ? block.status : "pending";
  const more = [block.details, block.output]
    .filter(Boolean)
    .map((text) =>
      text.type === "rich_text" ? richText(text, surface) : h("div", { class: "text" }, textObject(text, store)),
    );
  const sources = (block.sources ?? []).map(
    (source) => link(store, source.url ?? "", [source.text || source.url]) ?? source.text,
  );
  const head = [
    h("span", { class: `task-sign task-${status}`, role: "img", "aria-label": TASKS[status] }),
    h("span", { class: "task-title" }, block.title?.text ?? block.title ?? block.task_id),
  ];
  if (!more.length && !sources.length)
    return h("div", { class: "task-card" }, h("div", { class: "task-head" }, ...head));
  return h(
    "details",
    { class: "task-card", open: status === "in_progress" || status === "error" },
    h("summary", { class: "task-head" }, ...head),
    h("div", { class: "task-more" }, ...more, sources.length ? h("div", { class: "sources" }, ...sources) : null),
  );
}
