/** Makes DOM nodes; nothing in the page is ever made from a string of HTML, but for sanitised Markdown. */

/**
 * An element with attributes, listeners (`onclick: …`) and children; texts become text nodes.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] a function is a listener; null, undefined and false are left out
 * @param {...any} children nodes, texts, or lists of them
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" && "value" in element) element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append children as `h` takes them. */
export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child);
  }
}

/** A part of a document without an element of its own. */
export function fragment(...children) {
  const made = document.createDocumentFragment();
  append(made, children);
  return made;
}

/** Put other children into an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** A button; its name is what a screen reader says. */
export function button(name, attributes = {}, ...children) {
  const label = children.length ? { "aria-label": name, title: attributes.title ?? name } : {};
  return h("button", { type: "button", ...label, ...attributes }, ...(children.length ? children : [name]));
}

/** Whether two values are the same as JSON. */
export function same(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Keep the children of `target` that are equal to those of `source`, so that a growing text does not flicker. */
export function morph(target, source) {
  const fresh = [...source.childNodes];
  let index = 0;
  while (index < fresh.length && target.childNodes[index]?.isEqualNode(fresh[index])) index += 1;
  while (target.childNodes.length > index) target.lastChild.remove();
  target.append(...fresh.slice(index));
}
