"""What comes in: acknowledged once it is stored, whatever its shape, and never more of it than there is room for."""

import asyncio
import itertools
import json
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import Incoming
from chathakase.slack.socket_mode import envelopes, opener
from tests.slack.socket_mode.bare_slack import BareSlack
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening


@pytest.mark.parametrize(
    "fields",
    [
        {"payload": []},
        {"payload": None},
        {"payload": 7},
        {"payload": "text"},
        {"payload": {}},
        {"type": "events_api"},
        {"payload": {"a": 1}, "type": None},
        {"payload": {"type": "event_callback", "event": {"type": "message"}}, "retry_reason": {"odd": 1}},
        {"payload": {"type": "event_callback", "event": {"type": "message"}}, "retry_attempt": [1]},
        {"payload": {"type": "view_submission"}, "type": "interactive", "accepts_response_payload": "odd"},
    ],
    ids=repr,
)
async def test_an_odd_envelope_is_acknowledged(
    fields: dict[str, Any], slack: BareSlack, listener: ConnectedBot
) -> None:
    await slack.lines[0].send({"envelope_id": "odd", "type": "events_api"} | fields)
    await slack.lines[0].event(1)
    await listener.until(lambda: sorted(slack.lines[0].acks) == ["e1", "odd"])
    assert listener.texts == ["1"]


async def test_an_envelope_of_which_slack_says_no_type_is_acknowledged(
    slack: BareSlack, listener: ConnectedBot
) -> None:
    await slack.lines[0].send({"envelope_id": "odd", "payload": {}})
    await listener.until(lambda: slack.lines[0].acks == ["odd"])


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no json",
        "[]",
        "7",
        "{" * 10_000,
        "[" * 200_000,
        '{"a":' * 100_000,
        "1" * 10_000,
        '{"type": "hello", "num_connections": "many"}',
        '{"type": {"odd": true}}',
        '{"type": "events_api", "envelope_id": {"odd": true}, "payload": {}}',
        '{"type": "events_api", "envelope_id": null, "payload": []}',
        json.dumps({"type": "unheard", "text": "x" * (opener.MOST_BYTES - 100)}),
    ],
    ids=lambda frame: frame[:20],
)
async def test_an_odd_frame_breaks_nothing(frame: str, slack: BareSlack, listener: ConnectedBot) -> None:
    await slack.lines[0].send(frame)
    await slack.lines[0].event(1)
    await listener.until(lambda: slack.lines[0].acks == ["e1"])
    assert len(slack.lines) == 1


async def test_binary_frames_break_nothing(slack: BareSlack, listener: ConnectedBot) -> None:
    await slack.lines[0].ws.send_bytes(b"\x00\xff")
    await slack.lines[0].event(1)
    await listener.until(lambda: slack.lines[0].acks == ["e1"])


async def test_a_frame_beyond_all_bounds_costs_only_its_socket(slack: BareSlack, listener: ConnectedBot) -> None:
    with suppress(ConnectionError):
        await slack.lines[0].send("x" * (opener.MOST_BYTES + 1))
    await listener.until(lambda: listener.gaps)
    await slack.lines[1].event(1)
    await listener.until(lambda: slack.lines[1].acks == ["e1"])


async def test_what_cannot_be_stored_is_not_acknowledged(
    slack: BareSlack, listener: ConnectedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [StoreError("disk full")]
    submit = listener.heard.append

    def refuse(incoming: Incoming) -> None:
        if refusals:
            raise refusals.pop()
        submit(incoming)

    monkeypatch.setattr(listener, "heard", _Heard(refuse))
    await slack.lines[0].event(1)
    await slack.lines[0].event(2)
    await listener.until(lambda: slack.lines[0].acks == ["e2"])
    await slack.lines[0].event(1)
    await listener.until(lambda: slack.lines[0].acks == ["e2", "e1"])


class _Heard(list[Incoming]):
    def __init__(self, append: Any) -> None:
        super().__init__()
        self._append = append

    def append(self, incoming: Incoming) -> None:
        self._append(incoming)


async def test_no_more_is_taken_than_there_is_room_for(slack: BareSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    most = envelopes.MOST_UNDER_WAY
    number, padding = 4 * most, "x" * 2_000
    async with listening(slack.api_url) as listener:
        listener.hold.clear()
        line = slack.lines[0]

        async def flood() -> None:
            for count in range(number):
                await line.event(count, padding=padding)

        flooding = asyncio.create_task(flood())
        await listener.until(lambda: listener.waiting == most, 20)
        enough = monotonic() + 6 * QUICK.ping
        await listener.until(lambda: monotonic() > enough)
        assert listener.waiting == most
        assert listener.connection.is_connected
        assert len(slack.lines) == 1
        listener.hold.set()
        await listener.until(lambda: len(listener.heard) == number, 30)
        await flooding
        await listener.until(lambda: len(line.acks) == number, 10)
    assert len(slack.lines) == 1


async def test_a_slack_that_takes_no_acknowledgements_is_left(slack: BareSlack) -> None:
    async with listening(slack.api_url, timing=replace(QUICK, ping=60.0)) as listener:
        slack.lines[0].fall_silent()
        with suppress(ConnectionError):
            for number in itertools.count():
                await slack.lines[0].send({"envelope_id": f"{number:0>5000}", "payload": []})
        await listener.until(lambda: len(slack.lines) == 2, 20)
        await slack.lines[1].event(1)
        await listener.until(lambda: slack.lines[1].acks == ["e1"])
