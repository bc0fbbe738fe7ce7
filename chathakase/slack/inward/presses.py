"""From Slack's buttons and its own Stop to what somebody wants of an answer. Pure.

Shapes: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload and
https://docs.slack.dev/reference/events/agent_session_stopped.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chathakase.core.types import Place, Press, Wish
from chathakase.slack.inward.events import ID, TIMESTAMP, Malformed, field

STOPPED = "agent_session_stopped"
"""The event that tells of Slack's own Stop."""
BUTTONS = re.compile(f"chathakase_({'|'.join(Wish)})")
"""The ``action_id`` of our buttons, by their wish."""
TURN = re.compile(r"[0-9a-f]{1,64}")


def read_press(body: Mapping[str, Any]) -> Press:
    """Read that somebody pressed one of our buttons. Raises Malformed."""
    action = _first(body.get("actions"))
    button = BUTTONS.fullmatch(str(action.get("action_id")))
    if button is None:
        raise Malformed("action_id")
    turn, run = _value(action.get("value"))
    container, message = _part(body, "container"), _part(body, "message")
    channel = {"id": container.get("channel_id"), **_part(body, "channel")}
    thread = {"ts": container.get("thread_ts") or message.get("thread_ts") or container.get("message_ts")}
    return Press(
        place=Place(field(channel, "id", ID), field(thread, "ts", TIMESTAMP)),
        wish=Wish(button[1]),
        by=field(_part(body, "user"), "id", ID),
        turn=turn,
        run=run,
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """One press of Slack's own Stop."""

    press: Press
    at: str
    """The event's own time, by which it is known when it is delivered again."""


def read_stop(event: Mapping[str, Any]) -> Stop | None:
    """Read that somebody pressed Slack's own Stop; None when the event tells something else. Raises Malformed."""
    if event.get("type") != STOPPED:
        return None
    place = Place(field(event, "channel", ID), field(event, "thread_ts", TIMESTAMP))
    return Stop(Press(place, Wish.STOP, field(event, "user", ID)), str(event.get("event_ts")))


def _value(value: object) -> tuple[str, int]:
    try:
        known = json.loads(str(value))
        turn, run = known["turn"], known["run"]
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("value") from error
    if not isinstance(turn, str) or not TURN.fullmatch(turn) or not isinstance(run, int):
        raise Malformed("value")
    return turn, run


def _first(actions: object) -> Mapping[str, Any]:
    if isinstance(actions, list) and actions and isinstance(actions[0], Mapping):
        return actions[0]
    raise Malformed("actions")


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
