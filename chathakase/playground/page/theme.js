/** Light and dark: as the system has it, or as it was chosen here. */

import { button, fill } from "./dom.js";
import { icon } from "./icons.js";
import { recall, remember } from "./prefs.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const current = () => recall("theme") ?? (system.matches ? "dark" : "light");

/** Put the theme on the document, and follow the system. */
export function startTheme() {
  const put = () => (document.documentElement.dataset.theme = current());
  put();
  system.addEventListener("change", put);
}

/** The switch between the two. */
export function themeButton() {
  const node = button("Switch to dark", { class: "tool theme-switch" }, icon("moon"));
  const draw = () => {
    const other = current() === "dark" ? "light" : "dark";
    fill(node, icon(other === "dark" ? "moon" : "sun"));
    node.setAttribute("aria-label", `Switch to ${other}`);
    node.title = `Switch to ${other}`;
  };
  node.addEventListener("click", () => {
    remember("theme", current() === "dark" ? "light" : "dark");
    startTheme();
    draw();
  });
  system.addEventListener("change", draw);
  draw();
  return node;
}
