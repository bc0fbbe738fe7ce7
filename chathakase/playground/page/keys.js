/** The keys of the whole page: between panes, the inspector, the search for a place. */

import { layerIsOpen } from "./layers.js";
import { popoverIsOpen } from "./popover.js";

/** Hear the keys. */
export function startKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") {
      event.preventDefault();
      nextPane(page, event.shiftKey ? -1 : 1);
    } else if ((event.ctrlKey || event.metaKey) && event.key === ".") {
      event.preventDefault();
      page.inspector.toggle();
    } else if (event.key === "Escape" && !event.defaultPrevented && !layerIsOpen() && !popoverIsOpen())
      escape(page, event);
  });
}

function escape(page, event) {
  if (document.body.classList.contains("sidebar-open")) page.toggleSidebar(false);
  else if (page.inspector.element.contains(event.target)) page.inspector.toggle(false);
  else if (page.thread.element.contains(event.target)) page.closeThread();
}

const isSeen = (pane) => pane.getClientRects().length && getComputedStyle(pane).visibility === "visible";

/** Move the focus to the next pane that is there. */
function nextPane(page, step) {
  const inspector = page.inspector.element;
  const panes = [
    [page.sidebar.element, () => page.sidebar.element.querySelector('[aria-current="page"], .place')],
    [
      page.channel.element,
      () => (page.channel.tab === "messages" ? page.channel.composer.field : page.channel.home.element),
    ],
    [page.thread.element, () => page.thread.composer.field],
    [inspector, () => inspector.querySelector("input, button")],
  ].filter(([pane]) => !pane.hidden && isSeen(pane) && !pane.closest("[inert]"));
  const at = panes.findIndex(([pane]) => pane.contains(document.activeElement));
  const next = panes[(at + step + panes.length) % panes.length];
  next?.[1]()?.focus();
}
