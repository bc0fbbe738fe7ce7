"""From Slack's buttons and its own Stop to what somebody wants of an answer. Pure.

Shapes: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload and
https://docs.slack.dev/reference/events/agent_session_stopped.
"""

import json
from collections.abc import Mapping
from typing import Any

from chathakase.core.jobs import Interaction
from chathakase.core.types import TurnAction
from chathakase.slack.fields import ID, Malformed, field, first_of, part, ref_of
from chathakase.slack.own_messages import BUTTONS, TURN
from chathakase.slack.timestamps import TIMESTAMP, time_of
from chathakase.slack.web.identity import Identity

STOPPED = "agent_session_stopped"
"""The event that tells of Slack's own Stop."""
MOST_RUNS = 2**31


def read_interaction(body: Mapping[str, Any], identity: Identity) -> Interaction:
    """Read that somebody pressed one of our buttons. Raises Malformed."""
    action = first_of(body.get("actions"))
    button = BUTTONS.fullmatch(field(action, "action_id", ID))
    if button is None:
        raise Malformed("action_id")
    turn, run = _value(action.get("value"))
    container, message = part(body, "container"), part(body, "message")
    channel = {"id": container.get("channel_id"), **part(body, "channel")}
    thread = {"ts": container.get("thread_ts") or message.get("thread_ts") or container.get("message_ts")}
    return Interaction(
        place=identity.place(field(channel, "id", ID), field(thread, "ts", TIMESTAMP)),
        ref=ref_of(action.get("action_ts"), body.get("trigger_id")),
        action=TurnAction(button[1]),
        by=field(part(body, "user"), "id", ID),
        turn=turn,
        run=run,
    )


def read_stop(event: Mapping[str, Any], identity: Identity) -> Interaction | None:
    """Read that somebody pressed Slack's own Stop; None when the event tells something else. Raises Malformed."""
    if event.get("type") != STOPPED:
        return None
    place = identity.place(field(event, "channel", ID), field(event, "thread_ts", TIMESTAMP))
    ref, by, said = ref_of(event.get("event_ts")), field(event, "user", ID), time_of(event.get("event_ts"))
    return Interaction(place, ref, by, TurnAction.STOP, said=said)


def _value(value: object) -> tuple[str, int]:
    try:
        known = json.loads(value if isinstance(value, str) else "")
        turn, run = known["turn"], known["run"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed("value") from error
    if not isinstance(turn, str) or not TURN.fullmatch(turn) or not isinstance(run, int) or not 0 < run < MOST_RUNS:
        raise Malformed("value")
    return turn, run
