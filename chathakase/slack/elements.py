"""Parts of Block Kit that messages and views have in common, within Slack's limits. Pure.

Limits: https://docs.slack.dev/reference/block-kit/block-elements/button-element and
https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.
"""

from typing import Any

from chathakase.slack.markdown.disguises import defused

LONGEST_LABEL, LONGEST_DIALOG_TITLE, LONGEST_DIALOG_TEXT, LONGEST_DIALOG_LABEL = 75, 100, 300, 30

Element = dict[str, Any]
"""A block, or a part of one, as Slack takes it."""


def plain_text(text: str, most: int) -> Element:
    """A text without any formatting, in which nobody is mentioned, of at most so many characters."""
    text = defused(text)
    return {"type": "plain_text", "text": text if len(text) <= most else f"{text[: most - 1]}…"}


def button(action: str, label: str, value: str = "") -> Element:
    """A button, and what it says when it is pressed: at most 2,000 characters."""
    made = {"type": "button", "action_id": action, "text": plain_text(label, LONGEST_LABEL)}
    return made | {"value": value} if value else made


def sure(confirm: str, *, title: str = "Are you sure?", text: str = "This cannot be undone.") -> Element:
    """The dialog in which Slack asks whether what cannot be undone is really meant; ``confirm`` is its button."""
    return {
        "title": plain_text(title, LONGEST_DIALOG_TITLE),
        "text": plain_text(text, LONGEST_DIALOG_TEXT),
        "confirm": plain_text(confirm, LONGEST_DIALOG_LABEL),
        "deny": plain_text("Cancel", LONGEST_DIALOG_LABEL),
        "style": "danger",
    }
