"""What the messages of a reply look like to Slack: their text, their blocks, and how they are found again. Pure."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chathakase.core.types import Place, Wish
from chathakase.slack.markdown.plain import notification

METADATA = "chathakase_reply"
"""The ``event_type`` of the metadata with which the bot finds its own messages again."""
ACTION = "chathakase_{}"
"""The ``action_id`` of a button, by its wish."""
TURN = re.compile(r"[0-9a-f]{1,64}")
"""What turns are named; errands have other names."""

LABELS: Mapping[Wish, str] = {Wish.STOP: "Stop", Wish.RETRY: "Try again", Wish.CONTINUE: "Continue"}


@dataclass(frozen=True, slots=True)
class Name:
    """How the messages of one run of a turn are known, in their metadata and under their buttons."""

    turn: str
    run: int

    @property
    def value(self) -> str:
        """What a button says when it is pressed."""
        return json.dumps({"turn": self.turn, "run": self.run})


@dataclass(frozen=True, slots=True)
class Face:
    """What people see of a message."""

    markdown: str
    offer: Wish | None = None
    """The button below it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a reply: where it belongs and what it says."""

    place: Place
    name: Name
    number: int
    """Which page of the reply it is, from 0."""
    face: Face
    rich: bool = True
    """Whether to send blocks besides the plain text."""
    members: Collection[str] = field(default=())
    """Who may be mentioned."""

    def plainer(self) -> "Post":
        """The same without blocks, for a Slack that refuses them."""
        return replace(self, rich=False)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the message is found by; see https://docs.slack.dev/messaging/message-metadata."""
        return {"event_type": METADATA, "event_payload": {"turn": self.name.turn, "page": self.number}}

    def body(self) -> dict[str, Any]:
        """The arguments that ``chat.postMessage`` and ``chat.update`` have in common."""
        body: dict[str, Any] = {
            "channel": self.place.channel,
            "text": notification(self.face.markdown, self.members),
            "metadata": self.metadata,
        }
        if self.rich:
            body["blocks"] = [{"type": "markdown", "text": self.face.markdown}, *self.buttons()]
        return body

    def buttons(self) -> list[dict[str, Any]]:
        """The block with the button, if one is offered."""
        if self.face.offer is None:
            return []
        wish = self.face.offer
        button = {
            "type": "button",
            "action_id": ACTION.format(wish),
            "text": {"type": "plain_text", "text": LABELS[wish]},
            "value": self.name.value,
        }
        return [{"type": "actions", "block_id": "chathakase", "elements": [button]}]


def is_page(message: Mapping[str, Any], post: Post) -> bool:
    """Whether a message that Slack holds is this page."""
    metadata = message.get("metadata")
    return isinstance(metadata, Mapping) and metadata.get("event_payload") == post.metadata["event_payload"]


def turn_of(message: Mapping[str, Any]) -> str | None:
    """The turn of which a message of ours is a page; empty if it is none, None where its metadata is not shown."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    if not isinstance(payload, Mapping):
        return None
    turn = payload.get("turn")
    return turn if isinstance(turn, str) and TURN.fullmatch(turn) else ""


def is_of(message: Mapping[str, Any], name: Name) -> bool:
    """Whether a message that Slack holds is any page of a turn."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    return isinstance(payload, Mapping) and payload.get("turn") == name.turn
