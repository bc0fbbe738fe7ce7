from typing import Any

import pytest

from chathakase.core.jobs import Interaction
from chathakase.core.types import TurnAction
from chathakase.slack.events.interaction_payloads import read_interaction, read_stop
from chathakase.slack.fields import Malformed
from tests.places import slack_place
from tests.slack.identity import BOT

BODY = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "2.0", "thread_ts": "1.0", "channel_id": "C1"},
    "message": {"ts": "2.0", "thread_ts": "1.0"},
    "actions": [{"action_id": "chathakase_retry", "value": '{"turn": "ab12", "run": 3}', "action_ts": "4.5"}],
}


def action(**fields: Any) -> dict[str, Any]:
    return BODY | {"actions": [{"action_id": "chathakase_retry", "value": '{"turn": "ab12", "run": 3}'} | fields]}


def test_a_button_is_read() -> None:
    assert read_interaction(BODY, BOT) == Interaction(
        slack_place("C1", "1.0"), "4.5", "U1", TurnAction.RETRY, "ab12", 3
    )


@pytest.mark.parametrize("ref", [None, 5, "", "two words", "\ud800", "x" * 1000])
def test_an_interaction_without_a_time_is_a_new_one_each_time(ref: object) -> None:
    first, second = (read_interaction(action(action_ts=ref), BOT) for _ in range(2))
    assert first.id != second.id


@pytest.mark.parametrize("missing", ["channel", "container", "message"])
def test_each_place_is_told_twice(missing: str) -> None:
    body = {name: value for name, value in BODY.items() if name != missing}
    assert read_interaction(body, BOT).place == slack_place("C1", "1.0")


def test_a_message_without_a_thread_is_its_own() -> None:
    body = BODY | {"container": {"message_ts": "2.0", "channel_id": "C1"}, "message": {"ts": "2.0"}}
    assert read_interaction(body, BOT).place == slack_place("C1", "2.0")


@pytest.mark.parametrize(
    "body",
    [
        {},
        BODY | {"user": None},
        BODY | {"user": {"id": 5}},
        BODY | {"channel": {"id": []}},
        BODY | {"actions": []},
        BODY | {"actions": "chathakase_retry"},
        BODY | {"actions": [None]},
        BODY | {"container": [], "message": "x"},
        action(action_id="chathakase_dance"),
        action(action_id=["chathakase_retry"]),
        action(value="[" * 100_000),
        action(value=""),
        action(value="{}"),
        action(value="[]"),
        action(value=None),
        action(value='{"turn": 5, "run": 1}'),
        action(value='{"turn": "ff", "run": "x"}'),
        action(value='{"turn": "ff", "run": 99999999999999999999}'),
        action(value='{"turn": "../../etc", "run": 1}'),
    ],
)
def test_an_odd_interaction_is_malformed(body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_interaction(body, BOT)


def test_slacks_own_stop_is_read() -> None:
    event = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "1.0", "user": "U1", "event_ts": "3.0"}
    stop = Interaction(slack_place("D1", "1.0"), "3.0", "U1", TurnAction.STOP, said=3_000_000)
    assert read_stop(event, BOT) == stop
    assert read_stop({"type": "message"}, BOT) is None
    with pytest.raises(Malformed):
        read_stop(event | {"thread_ts": None}, BOT)
