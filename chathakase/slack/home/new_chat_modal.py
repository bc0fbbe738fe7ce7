"""The modal in which somebody starts a thread. Pure."""

from chathakase.core.title_cleaning import LONGEST_GIVEN
from chathakase.slack.home.home_actions import NEW_CHAT_VIEW, TITLE_FIELD, WHERE_FIELD, WORDS_FIELD
from chathakase.slack.home.home_views import View, channels, field, modal, text_input

STARTING = "New chat"
LONGEST_WORDS = 3_000
"""The most that Slack takes in a field; see
https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element.
"""
WHERE_HINT = "Leave this empty to talk in a direct message. In a channel, everyone there can read it."


def new_chat_modal(view: str = "") -> View:
    """The fields for the first words, a title, and where; ``view`` is the modal from which it is opened, if any."""
    words = text_input(WORDS_FIELD, LONGEST_WORDS) | {"multiline": True, "focus_on_load": True}
    blocks = [
        field(WORDS_FIELD, "What would you like to ask?", words),
        field(TITLE_FIELD, "Title", text_input(TITLE_FIELD, LONGEST_GIVEN), optional=True),
        field(WHERE_FIELD, "Where", channels(WHERE_FIELD, "Direct message"), optional=True, hint=WHERE_HINT),
    ]
    return modal(NEW_CHAT_VIEW, STARTING, blocks, metadata=view, submit="Start", close="Cancel")
