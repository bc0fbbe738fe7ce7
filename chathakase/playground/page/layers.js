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
  const pressed = (event) => {
    const elsewhere = !layer.contains(event.target) && event.target !== document.body;
    if (event.key !== "Escape" || event.defaultPrevented || open.at(-1) !== layer || elsewhere) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    escape();
  };
  document.addEventListener("keydown", pressed);
  document.querySelector("#layers").append(layer);
  open.push(layer);
  settle();
  return () => {
    const at = open.indexOf(layer);
    if (at < 0) return;
    open.splice(at, 1);
    layer.remove();
    document.removeEventListener("keydown", pressed);
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
