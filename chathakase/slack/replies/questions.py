"""What a question looks like to Slack: its text, and a button for each choice. Pure.

Limits: https://docs.slack.dev/reference/block-kit/blocks/section-block,
https://docs.slack.dev/reference/block-kit/block-elements/button-element and
https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.core.types import Choice, Place
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.plain import notification
from chathakase.slack.own_messages import SAY

LONGEST_TEXT, LONGEST_LABEL, LONGEST_DIALOG_LABEL = 3_000, 75, 30


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
    return "\n".join((text, *(f"• {choice.label}: say “{choice.words}”" for choice in choices)))


def _button(known: Mapping[str, str], number: int, choice: Choice) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": SAY.format(number),
        "text": _plain(choice.label, LONGEST_LABEL),
        "value": json.dumps({"words": choice.words, **known}),
    }
    if not choice.danger:
        return button
    sure = {
        "title": _plain("Are you sure?", LONGEST_DIALOG_LABEL),
        "text": _plain("This cannot be undone.", LONGEST_LABEL),
        "confirm": _plain(choice.label, LONGEST_DIALOG_LABEL),
        "deny": _plain("Cancel", LONGEST_DIALOG_LABEL),
        "style": "danger",
    }
    return button | {"style": "danger", "confirm": sure}


def _plain(text: str, most: int) -> dict[str, str]:
    text = defused(text)
    return {"type": "plain_text", "text": text if len(text) <= most else f"{text[: most - 1]}…"}
