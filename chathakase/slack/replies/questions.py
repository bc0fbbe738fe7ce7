"""What a question looks like to Slack: its text, and a button for each choice. Pure.

The limit is that of https://docs.slack.dev/reference/block-kit/blocks/section-block.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.core.types import Choice, Place
from chathakase.slack.elements import button, sure
from chathakase.slack.markdown.plain import notification
from chathakase.slack.own_messages import LIST_BUTTON, SAY

LONGEST_TEXT = 3_000


def asking(place: Place, text: str, choices: Sequence[Choice], *, about: Place | None = None) -> list[dict[str, Any]]:
    """The blocks of a question in a thread, which may be ``about`` another one of the same channel.

    Slack does not tell the thread of such a message, so its buttons do.
    """
    section = {"type": "section", "text": {"type": "mrkdwn", "text": notification(text, most=LONGEST_TEXT)}}
    return [section, *buttons(place, choices, about=about)]


def buttons(place: Place, choices: Sequence[Choice], *, about: Place | None = None) -> list[dict[str, Any]]:
    """The block with the buttons of a message in a thread; none where there is no choice."""
    known = {"thread": about.thread, "told_in": place.thread} if about else {"thread": place.thread}
    elements = [_button(known, number, choice) for number, choice in enumerate(choices)]
    return [{"type": "actions", "elements": elements}] if elements else []


def in_words(text: str, choices: Sequence[Choice]) -> str:
    """The same question for a Slack that refuses blocks."""
    return "\n".join((text, *(f"• {each.label}: say “{each.words}”" for each in choices if not each.overview)))


def _button(known: Mapping[str, str], number: int, choice: Choice) -> dict[str, Any]:
    if choice.overview:
        return button(LIST_BUTTON, choice.label, choice.words)
    made = button(SAY.format(number), choice.label, json.dumps({"words": choice.words, **known}))
    return made | {"style": "danger", "confirm": sure(choice.label)} if choice.danger else made
