/** What is offered while typing @names, #channels, :emoji: and /commands. */

import { h } from "./dom.js";
import { emojiCharacter, emojiNamed } from "./emoji.js";
import { avatar, handle, userName } from "./names.js";

const MOST = 8;
const WORD = /(^|[\s(])([@#:/])([\p{L}\p{N}_.+'-]*)$/u;
let number = 0;

/**
 * Offer completions in a text field.
 * @param {object} page
 * @param {HTMLTextAreaElement} field
 * @param {{commands: boolean}} options
 * @returns {{close: () => void}}
 */
export function attachCompletion(page, field, { commands }) {
  number += 1;
  const id = `offers-${number}`;
  const list = h("ul", { class: "offers", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  let offers = [];
  let at = 0;
  let since = 0;
  field.after(list);
  for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-controls": id }))
    field.setAttribute(name, value);

  function look() {
    const before = field.value.slice(0, field.selectionStart);
    const match = field.selectionStart === field.selectionEnd ? WORD.exec(before) : null;
    const begins = match ? before.length - match[3].length - 1 : 0;
    offers = match && (match[2] !== "/" || (commands && begins === 0)) ? found(page, match[2], match[3]) : [];
    since = begins;
    at = 0;
    draw();
  }

  function draw() {
    list.hidden = !offers.length;
    list.replaceChildren(
      ...offers.map((offer, index) =>
        h(
          "li",
          {
            role: "option",
            id: `${id}-${index}`,
            class: "offer",
            "aria-selected": String(index === at),
            onpointerdown: (event) => take(event, index),
            onpointermove: () => index !== at && mark(index),
          },
          offer.sign,
          h("span", { class: "offer-name" }, offer.name),
          h("span", { class: "offer-note" }, offer.note),
        ),
      ),
    );
    mark(at);
  }

  function mark(index) {
    at = index;
    [...list.children].forEach((child, each) => child.setAttribute("aria-selected", String(each === index)));
    if (offers.length) field.setAttribute("aria-activedescendant", `${id}-${index}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function take(event, index) {
    event.preventDefault();
    const end = field.selectionStart;
    field.setRangeText(`${offers[index].text} `, since, end, "end");
    offers = [];
    draw();
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  field.addEventListener("input", look);
  field.addEventListener("click", look);
  field.addEventListener("blur", () => close());
  field.addEventListener("keydown", (event) => {
    if (!offers.length || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && isComplete()) {
      close();
      return;
    }
    if (step) mark((at + step + offers.length) % offers.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") take(event, at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });

  /** Whether what is typed is an offer already, to the letter, and no other was chosen. */
  function isComplete() {
    const word = field.value.slice(since, field.selectionStart).toLowerCase();
    return at === 0 && offers.some((offer) => offer.text.toLowerCase() === word);
  }

  function close() {
    offers = [];
    draw();
  }
  return { close };
}

function found(page, sign, typed) {
  const { store } = page;
  const wanted = typed.toLowerCase();
  const fits = (...names) =>
    names.some(
      (name) =>
        name
          ?.toLowerCase()
          .split(/[\s.-]/)
          .some((word) => word.startsWith(wanted)) || name?.toLowerCase().startsWith(wanted),
    );
  if (sign === "@") {
    const users = [...store.users.values()].filter(
      (user) => !user.deleted && user.id !== "USLACKBOT" && fits(user.name, user.real_name, user.profile?.display_name),
    );
    const people = users
      .sort((one, other) => Number(Boolean(other.is_bot)) - Number(Boolean(one.is_bot)))
      .map((user) => ({
        text: `@${handle(user)}`,
        name: userName(store, user.id),
        note: user.is_bot ? "App" : handle(user),
        sign: avatar(store, user.id, userName(store, user.id)),
      }));
    const many = [
      ["here", "everybody who is here"],
      ["channel", "everybody in this channel"],
    ]
      .filter(([name]) => typed && name.startsWith(wanted))
      .map(([name, note]) => ({ text: `@${name}`, name: `@${name}`, note, sign: null }));
    return [...people, ...many].slice(0, MOST);
  }
  if (sign === "#") {
    return [...store.conversations.values()]
      .filter(
        (each) =>
          (each.type === "channel" || (each.type === "group" && each.members.includes(store.me))) && fits(each.name),
      )
      .slice(0, MOST)
      .map((each) => ({ text: `#${each.name}`, name: `#${each.name}`, note: each.topic ?? "", sign: null }));
  }
  if (sign === ":") {
    if (typed.length < 2) return [];
    return emojiNamed(wanted, MOST).map((name) => ({
      text: emojiCharacter(name),
      name: `:${name}:`,
      note: "",
      sign: h("span", { class: "emoji" }, emojiCharacter(name)),
    }));
  }
  return page
    .commands()
    .filter((each) => each.command.slice(1).startsWith(wanted))
    .slice(0, MOST)
    .map((each) => ({
      text: each.command,
      name: `${each.command} ${each.usage_hint ?? ""}`,
      note: each.description ?? "",
      sign: null,
    }));
}
