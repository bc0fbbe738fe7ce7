/** Dialogs over the workspace: what is under the uppermost is inert, and the focus returns when it closes. */

import { h } from "./dom.js";

const open = [];

/**
 * Show a dialog above everything but the inspector.
 * @param {HTMLElement} dialog an element with role=dialog
 * @param {{escape: () => void, returnTo?: HTMLElement | null}} options
 * @returns {() => void} what takes it away
 */
export function openLayer(dialog, { escape, returnTo = document.activeElement }) {
  const layer = h("div", { class: "layer" }, dialog);
  dialog.setAttribute("aria-modal", "true");
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    escape();
  });
  layer.addEventListener("pointerdown", (event) => event.target === layer && layer.classList.add("pressed"));
  document.querySelector("#layers").append(layer);
  open.push(layer);
  settle();
  return () => {
    const at = open.indexOf(layer);
    if (at < 0) return;
    open.splice(at, 1);
    layer.remove();
    settle();
    if (returnTo?.isConnected) returnTo.focus({ preventScroll: true });
  };
}

/** Whether a dialog is open. */
export const layerIsOpen = () => open.length > 0;

function settle() {
  document.querySelector("#workspace").inert = open.length > 0;
  open.forEach((layer, index) => (layer.inert = index < open.length - 1));
}
