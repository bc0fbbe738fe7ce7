/** Pictures; the page loads nothing from elsewhere and says what would be there. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { link, safeUrl } from "./links.js";

/** Whether the page may show a picture: its own and data only, since it needs no network. */
function ours(address) {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(address ?? "")) return true;
  return safeUrl(address)?.origin === location.origin;
}

/** A picture, or a card with its text and address where it lies elsewhere. */
export function picture(address, alt, store, attributes = {}) {
  if (ours(address)) return h("img", { src: address, alt: alt ?? "", loading: "lazy", ...attributes });
  const name = alt || "Image";
  return h(
    "span",
    { class: "picture-elsewhere", title: "The page loads nothing from the network." },
    icon("eye"),
    h("span", {}, name),
    address ? (link(store, address, [host(address)]) ?? null) : null,
  );
}

const host = (address) => safeUrl(address)?.hostname ?? address;

/** A picture of a line's height. */
export function smallImage(element, store) {
  const address = element.image_url ?? element.slack_file?.url;
  if (ours(address)) return h("img", { class: "small-image", src: address, alt: element.alt_text ?? "" });
  return h(
    "span",
    {
      class: "small-image small-image-elsewhere",
      role: "img",
      "aria-label": element.alt_text ?? "image",
      title: `${element.alt_text ?? ""} ${address ?? ""}`,
    },
    icon("eye"),
  );
}
