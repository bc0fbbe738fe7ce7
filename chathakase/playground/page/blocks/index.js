/** Block Kit: each block's type has its family; a type that nobody knows is shown as what it is. */

import { h } from "../dom.js";
import { alert, card, carousel, container, contextActions, plan, taskCard } from "./agent.js";
import { file, image, video } from "./media.js";
import { actions, input } from "./interactive.js";
import { richText } from "./rich_text.js";
import { dataTable, table } from "./table.js";
import { context, divider, header, markdownBlock, section } from "./text.js";

/**
 * Blocks that hold others are given what draws those.
 * @type {Record<string, (block: any, surface: import("../surface.js").Surface, draw: typeof drawBlock) => Node>}
 */
const FAMILIES = {
  actions,
  alert,
  card,
  carousel,
  container,
  context,
  context_actions: contextActions,
  data_table: dataTable,
  divider,
  file,
  header,
  image,
  input,
  markdown: markdownBlock,
  plan,
  rich_text: richText,
  section,
  table,
  task_card: taskCard,
  video,
};

const made = new WeakMap();

/**
 * Draw blocks into an element; those that have not changed stay as they are.
 * @param {HTMLElement} element
 * @param {any[]} blocks
 * @param {import("../surface.js").Surface} surface
 */
export function drawBlocks(element, blocks, surface) {
  const refocus = focusIn(element);
  blocks.forEach((block, index) => {
    const text = JSON.stringify(block);
    const old = element.children[index];
    if (old && made.get(old) === text) return;
    if (old && block.type === "markdown" && old.classList.contains("block-markdown")) {
      markdownBlock.into(old, block, surface);
      made.set(old, text);
      return;
    }
    const fresh = drawBlock(block, surface);
    made.set(fresh, text);
    if (old) old.replaceWith(fresh);
    else element.append(fresh);
  });
  while (element.children.length > blocks.length) element.lastElementChild.remove();
  refocus();
}

/** Whoever is in a block stays there though it is drawn anew, as when another one comes above it. */
function focusIn(element) {
  const active = document.activeElement;
  const block = element.contains(active) ? active.closest("[data-block-id]") : null;
  if (!block) return () => {};
  const at = focusable(block).indexOf(active);
  return () => {
    if (active.isConnected) return;
    const fresh = [...element.children].find((child) => child.dataset.blockId === block.dataset.blockId);
    const next = fresh && focusable(fresh)[at];
    next?.focus({ preventScroll: true });
    if (next?.matches("input[type=text], textarea")) next.setSelectionRange(active.selectionStart, active.selectionEnd);
  };
}

function focusable(block) {
  return [...block.querySelectorAll("button, input, textarea, a[href]")];
}

/** One block as an element. */
export function drawBlock(block, surface) {
  const family = FAMILIES[block?.type];
  let drawn;
  try {
    drawn = family ? family(block, surface, drawBlock) : unknown(block);
  } catch (error) {
    console.warn("A block could not be drawn", block, error);
    drawn = unknown(block, "malformed block");
  }
  drawn.classList.add("block", `block-${(block?.type ?? "none").replaceAll("_", "-")}`);
  if (block?.block_id) drawn.dataset.blockId = block.block_id;
  return drawn;
}

function unknown(block, what = "unknown block") {
  return h(
    "div",
    { class: "unknown" },
    h("div", { class: "unknown-name" }, `${what}: ${block?.type ?? "without a type"}`),
    h("pre", {}, JSON.stringify(block, null, 2)),
  );
}
