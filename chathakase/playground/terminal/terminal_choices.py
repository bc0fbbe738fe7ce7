"""What a message offers to choose from, for a terminal that has no buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.content.mrkdwn import unescaped
from chathakase.playground.interactivity.container import InteractionContainer
from chathakase.playground.world.values import Json, Message

_ONE_OF = frozenset({"overflow", "radio_buttons", "static_select"})
_SOME_OF = frozenset({"checkboxes", "multi_static_select"})


@dataclass(frozen=True, slots=True)
class TerminalChoice:
    """A button or an option: its words, the message on which it stands, what a page sends for it (`action`), and what
    is asked before that, if anything (`sure`)."""

    label: str
    message: Message
    action: Json
    sure: str = ""


def choices_of(message: Message) -> Sequence[TerminalChoice]:
    """All that can be pressed or chosen in a message, in its order."""
    return [
        TerminalChoice(
            label, message, {"block_id": block["block_id"], "action_id": element["action_id"], **fields}, _sure(element)
        )
        for block, element in elements_of(InteractionContainer(message).blocks)
        for label, fields in _offers(element)
    ]


def _offers(element: Json) -> Iterator[tuple[str, Json]]:
    """The words of what an element offers, and the fields of an action for it."""
    kind = element["type"]
    if kind in ("button", "icon_button", "workflow_button"):
        address = f" ({element['url']})" if element.get("url") else ""
        yield f"{_words(element)}{address}", {"value": element.get("value")}
    elif kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            yield _words(element.get(name) or {}), {"value": (element.get(name) or {}).get("value")}
    elif kind in _ONE_OF:
        yield from ((_words(option), {"selected_option": option}) for option in _options(element))
    elif kind in _SOME_OF:
        yield from ((_words(option), {"selected_options": [option]}) for option in _options(element))


def _options(element: Json) -> Sequence[Json]:
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(each for group in groups for each in group.get("options", ()))]


def _words(labelled: Json) -> str:
    return unescaped(str((labelled.get("text") or {}).get("text") or labelled.get("icon") or "…"))


def _sure(element: Json) -> str:
    confirm = element.get("confirm") or {}
    return unescaped(str((confirm.get("text") or {}).get("text") or ""))
