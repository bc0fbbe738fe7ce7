/** Small floating panels: menus, lists and pickers beside what was clicked. */

import { button, h } from "./dom.js";

const GAP = 6;
let current = null;

/**
 * Show a panel beside an element; Escape, a click elsewhere or leaving by Tab close it.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} content
 * @param {{label?: string, focus?: HTMLElement, closed?: () => void, width?: boolean}} [options]
 * @returns {() => void} what closes it
 */
export function openPopover(anchor, content, { label = "", focus, closed, width = false } = {}) {
  current?.();
  const panel = h("div", { class: "popover", role: "dialog", "aria-label": label || null }, content);
  document.body.append(panel);
  anchor.setAttribute("aria-expanded", "true");
  if (width) panel.style.minWidth = `${anchor.offsetWidth}px`;
  const arrange = () => arrangeBeside(anchor, panel);
  arrange();
  const observer = new ResizeObserver(arrange);
  observer.observe(panel);
  (focus ?? panel.querySelector("input, button, [tabindex]"))?.focus({ preventScroll: true });

  const close = ({ refocus = true } = {}) => {
    if (current !== close) return;
    current = null;
    const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    observer.disconnect();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    removeEventListener("resize", arrange);
    if (refocus && hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
    closed?.();
  };
  const outside = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close({ refocus: false });
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== anchor)
      close({ refocus: false });
  });
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  addEventListener("resize", arrange);
  current = close;
  return close;
}

/** Whether a panel is open. */
export const popoverIsOpen = () => current !== null;

function arrangeBeside(anchor, panel) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + GAP + height <= innerHeight || at.top - GAP - height < 0;
  const top = below ? Math.min(at.bottom + GAP, innerHeight - height - GAP) : at.top - GAP - height;
  const left = Math.min(Math.max(GAP, at.left), innerWidth - width - GAP);
  panel.style.top = `${Math.max(GAP, top)}px`;
  panel.style.left = `${Math.max(GAP, left)}px`;
}

/**
 * A menu of things to do.
 * @param {HTMLElement} anchor
 * @param {{name: string, act: () => void, danger?: boolean, note?: string, checked?: boolean}[]} items
 */
export function openMenu(anchor, items, label) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label });
  const close = openPopover(anchor, menu, { label, focus: menu });
  for (const item of items) {
    const role = item.checked === undefined ? "menuitem" : "menuitemradio";
    menu.append(
      button(
        item.name,
        {
          class: `menu-item${item.danger ? " danger" : ""}`,
          role,
          "aria-checked": item.checked,
          title: null,
          onclick: () => choose(item),
        },
        item.icon ?? null,
        h("span", { class: "menu-name" }, item.name),
        item.note ? h("span", { class: "menu-note" }, item.note) : null,
      ),
    );
  }
  const choose = (item) => {
    close();
    item.act();
  };
  menu.addEventListener("keydown", (event) => {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  });
  menu.firstElementChild?.focus();
}
