/** Emoji by name, and the small picker for reactions. */

import { h, button } from "./dom.js";
import { EMOJI } from "./emoji-names.js";
import { openPopover } from "./popover.js";

const TONES = ["", "", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];
const FIRST = [
  "+1",
  "heart",
  "joy",
  "tada",
  "eyes",
  "white_check_mark",
  "raised_hands",
  "pray",
  "rocket",
  "fire",
  "100",
  "thinking_face",
];

/** The character of an emoji's name, or "". */
export function emojiCharacter(name) {
  const [base, tone] = name.split("::skin-tone-");
  const character = EMOJI.get(base) ?? "";
  return character && tone ? character.replace("\uFE0F", "") + TONES[Number(tone)] : character;
}

/** An emoji as a node with its name, or null if the name is unknown. */
export function emojiNode(name) {
  const character = emojiCharacter(name);
  return character
    ? h("span", { class: "emoji", role: "img", "aria-label": name, title: `:${name}:` }, character)
    : null;
}

/** The names that contain a text, those that begin with it first. */
export function emojiNamed(text, most = 50) {
  const wanted = text.toLowerCase();
  const names = [...EMOJI.keys()];
  const begins = names.filter((name) => name.startsWith(wanted));
  const contains = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begins, ...contains].slice(0, most);
}

/**
 * Let a person choose an emoji.
 * @param {HTMLElement} anchor
 * @param {(name: string) => void} chosen
 */
export function pickEmoji(anchor, chosen) {
  const grid = h("div", { class: "emoji-grid", role: "listbox", "aria-label": "Emoji" });
  const search = h("input", {
    type: "search",
    class: "field",
    placeholder: "Search emoji",
    "aria-label": "Search emoji",
    oninput: () => draw(),
  });
  const hint = h("div", { class: "emoji-hint", "aria-hidden": "true" });
  const close = openPopover(anchor, h("div", { class: "emoji-picker" }, search, grid, hint), {
    label: "Choose an emoji",
    focus: search,
  });

  function draw() {
    const named = search.value ? emojiNamed(search.value.replaceAll(":", ""), 400) : [...FIRST, ...EMOJI.keys()];
    const found = [...new Map(named.toReversed().map((name) => [EMOJI.get(name), name])).values()].toReversed();
    grid.replaceChildren(
      ...found.map((name) =>
        button(
          name,
          {
            class: "emoji-choice",
            role: "option",
            title: `:${name}:`,
            onclick: () => pick(name),
            onfocus: () => (hint.textContent = `:${name}:`),
            onpointerenter: () => (hint.textContent = `:${name}:`),
          },
          EMOJI.get(name),
        ),
      ),
    );
    hint.textContent = found.length ? `:${found[0]}:` : "No emoji by that name";
  }

  function pick(name) {
    close();
    chosen(name);
  }

  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") grid.firstElementChild?.click();
    if (event.key === "ArrowDown") grid.firstElementChild?.focus();
    if (event.key === "Enter" || event.key === "ArrowDown") event.preventDefault();
  });
  grid.addEventListener("keydown", (event) => {
    const all = [...grid.children];
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = all[all.indexOf(document.activeElement) + step];
    (next ?? (step < 0 ? search : all.at(-1))).focus();
  });
  draw();
}
