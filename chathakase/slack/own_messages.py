"""What the bot knows its own messages by, and the buttons on them, when Slack gives them back. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chathakase.core.types import TurnAction
from chathakase.slack.slack_traits import is_user

METADATA = "chathakase_reply"
"""The ``event_type`` of the metadata with which the bot finds its own messages again."""
TURN = re.compile(r"[0-9a-f]{1,64}")
"""What turns are named; jobs have other names."""
THINKING = "thinking…"
"""What the bot is seen to do while the model has said nothing."""
PLACEHOLDER = f"_{THINKING}_"
"""What stands in a reply's place where statuses are not to be had."""

ACTION = "chathakase_{}"
"""The ``action_id`` of a button, by its action."""
BUTTONS = re.compile(ACTION.format(f"({'|'.join(TurnAction)})"))
"""The same, read."""
SAY = "chathakase_say_{}"
"""The ``action_id`` of a button that says words, by its number."""
SAY_BUTTONS = re.compile(SAY.format("[0-9]{1,2}"))
"""The same, read."""
FORGET = "chathakase_forget"
"""The ``callback_id`` of the shortcut that has one message forgotten."""
LIST_BUTTON = "chathakase_list"
"""The ``action_id`` of the button that opens a list of threads as a modal."""
LIST_SHORTCUT = "chathakase_chats"
"""The ``callback_id`` of the shortcut that lists people's threads."""
CHATS = "/chats"
"""The slash command that does the same."""


@dataclass(frozen=True, slots=True)
class RunId:
    """How the messages of one run of a turn are known, in their metadata and under their buttons."""

    turn: str
    run: int

    @property
    def value(self) -> str:
        """What a button says when it is pressed."""
        return json.dumps({"turn": self.turn, "run": self.run})


def turn_of(message: Mapping[str, Any]) -> str | None:
    """The turn of which a message of ours is a page; empty if it is none, None where its metadata is not shown."""
    if (payload := _payload(message)) is None:
        return None
    turn = payload.get("turn")
    return turn if isinstance(turn, str) and TURN.fullmatch(turn) else ""


def asker_of(message: Mapping[str, Any]) -> str | None:
    """The user id of whoever asks what a message of ours quotes, with which we began a thread for them."""
    asker = (_payload(message) or {}).get("asker")
    return asker if isinstance(asker, str) and is_user(asker) else None


def is_of(message: Mapping[str, Any], run_id: RunId) -> bool:
    """Whether a message that Slack holds is any page of a turn."""
    payload = _payload(message)
    return payload is not None and payload.get("turn") == run_id.turn


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    return payload if isinstance(payload, Mapping) else None
