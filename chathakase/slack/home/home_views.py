"""Views, the blocks that several of them have, and those that only say something. Pure.

Limits: https://docs.slack.dev/reference/views.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from chathakase.core.unicode import fix_surrogates
from chathakase.slack.elements import LONGEST_LABEL, Element, plain_text
from chathakase.slack.home.home_actions import HOME_VIEW, LIST_VIEW
from chathakase.slack.markdown.rich_text import block, from_markdown

View = dict[str, Any]

LONGEST_TITLE, LONGEST_HEADER, LONGEST_HINT = 24, 150, 150
MOST_SAID = 4_000
"""Characters of Markdown in one block; the longest are somebody's own words that they get back."""

MOST_BLOCKS = 100
"""In one view."""

LOADING = "One moment…"
BROKEN = "Something went wrong, so I can't show you this right now. Try again in a minute."

REFUSED = frozenset(
    {
        "duplicate_external_id",
        "hash_conflict",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_view",
        "view_too_large",
    }
)
"""Slack's codes for a view that it does not take, however often it gets it
(https://docs.slack.dev/reference/methods/views.publish#errors).
"""


def home(blocks: Iterable[Element], metadata: str = "") -> View:
    """The Home tab."""
    return {"type": "home", "callback_id": HOME_VIEW, "private_metadata": metadata, "blocks": list(blocks)}


def modal(callback: str, title: str, blocks: Iterable[Element], *, metadata: str = "", **captions: str) -> View:
    """A modal; ``captions`` are those of its buttons, ``submit`` and ``close``."""
    buttons = {name: plain_text(caption, LONGEST_TITLE) for name, caption in captions.items()}
    view = {"type": "modal", "callback_id": callback, "title": plain_text(title, LONGEST_TITLE), **buttons}
    return view | {"private_metadata": metadata, "blocks": list(blocks)}


def loading(title: str) -> View:
    """What a modal shows until what belongs in it is there."""
    return told(title, LOADING)


def told(title: str, text: str) -> View:
    """A modal that says some Markdown."""
    return modal(LIST_VIEW, title, said(text), close="Close")


def told_at_home(text: str) -> View:
    """A Home tab that says some Markdown, and nothing else."""
    return home(said(text))


def said(markdown: str) -> list[Element]:
    """The block that says some Markdown; none where there is none."""
    elements = from_markdown(markdown[:MOST_SAID])
    return [block(*elements)] if elements else []


def header(text: str) -> Element:
    """A headline."""
    return {"type": "header", "text": plain_text(text, LONGEST_HEADER)}


def divider() -> Element:
    """A line."""
    return {"type": "divider"}


def actions(name: str, elements: Sequence[Element]) -> Element:
    """A row of what can be pressed or chosen."""
    return {"type": "actions", "block_id": name, "elements": list(elements)}


def section(name: str, mrkdwn: str, accessory: Element | None = None) -> Element:
    """A line of mrkdwn, which must be ours, beside something that can be chosen."""
    made = {"type": "section", "block_id": name, "text": {"type": "mrkdwn", "text": mrkdwn}}
    return made | {"accessory": accessory} if accessory else made


def select(action: str, hint: str, options: Mapping[str, str], chosen: str = "") -> Element:
    """A menu; ``options`` are what can be chosen, by what it says then."""
    shown = {value: option(label, value) for value, label in options.items()}
    made = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain_text(hint, LONGEST_HINT),
        "options": list(shown.values()),
    }
    return made | {"initial_option": shown[chosen]} if chosen else made


def menu(action: str, options: Mapping[str, str]) -> Element:
    """A menu behind three dots; ``options`` as for ``select``."""
    return {
        "type": "overflow",
        "action_id": action,
        "options": [option(label, each) for each, label in options.items()],
    }


def option(label: str, value: str) -> Element:
    """What can be chosen, and what it says."""
    return {"text": plain_text(label, LONGEST_LABEL), "value": value}


def channels(action: str, hint: str) -> Element:
    """A menu of the channels that a person sees."""
    return {
        "type": "conversations_select",
        "action_id": action,
        "placeholder": plain_text(hint, LONGEST_HINT),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }


def text_input(action: str, most: int, entered: str = "") -> Element:
    """A field for a text of at most so many characters, and what stands in it from the start."""
    made = {"type": "plain_text_input", "action_id": action, "max_length": most}
    return made | {"initial_value": start} if (start := fix_surrogates(entered)[:most]) else made


def field(name: str, label: str, element: Element, *, hint: str = "", optional: bool = False) -> Element:
    """A field with its label."""
    made = {"type": "input", "block_id": name, "label": plain_text(label, LONGEST_HINT), "element": element}
    about = {"hint": plain_text(hint, LONGEST_HINT)} if hint else {}
    return made | about | {"optional": optional}


def showing(name: str, what: str) -> str:
    """A ``block_id`` that is another one whenever something else is to be chosen in it from the start.

    While it is the same, Slack keeps what somebody has entered
    (https://docs.slack.dev/surfaces/modals#preserving_input).
    """
    return f"{name}_{crc32(fix_surrogates(what).encode()):08x}"
