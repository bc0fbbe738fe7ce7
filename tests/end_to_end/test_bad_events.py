"""What Slack could send but should not: acknowledged, logged, and nothing breaks."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import Saved
from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread

Start = Callable[..., Awaitable[Thread]]
MENTION = {"type": "app_mention", "user": "U0ALICE001", "text": "<@U0HAKASE01> hi", "ts": "1.000001", "channel": "C1"}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "message"},
        {"type": "something_new", "user": {"id": "U1"}},
        {"type": ["message"]},
        {"type": None},
        MENTION | {"channel": None},
        MENTION | {"channel": {"id": "C1"}},
        MENTION | {"ts": 1.5},
        MENTION | {"user": ["U1"]},
        MENTION | {"text": {"a": "b"}},
        MENTION | {"files": {"not": "a list"}, "text": 7},
        MENTION | {"thread_ts": {}},
        MENTION | {"subtype": {"odd": True}},
        "just a string",
        ["a", "list"],
        None,
        42,
        {"type": "message", "message": "odd", "previous_message": [], "subtype": "message_changed"},
        {"type": "app_home_opened", "user": "U0ALICE001", "channel": "D0ALICE001", "tab": "home"},
        {"type": "reaction_added", "item": "odd"},
        {"deep": {"type": "message"}},
    ],
    ids=repr,
)
async def test_an_odd_event_is_acknowledged(event: Any, workspace: Workspace, start: Start) -> None:
    workspace.send_event(event)
    await workspace.until(lambda: workspace.pending_events == 0)
    thread = await start("@ChatHakase still there?")
    await thread.answers(1, containing="still there?")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "envelope",
    [
        {"envelope_id": "e1", "type": "events_api", "payload": []},
        {"envelope_id": "e1", "type": "events_api", "payload": "text"},
        {"envelope_id": "e1", "type": "events_api", "payload": {}},
        {"envelope_id": "e1", "type": "slash_commands", "payload": {"command": "/unknown"}},
        {"envelope_id": "e1", "type": "interactive", "payload": {"type": "block_actions", "actions": []}},
        {"envelope_id": "e1", "type": "interactive", "payload": {"type": "view_submission"}},
        {"envelope_id": "e1", "type": "from_the_future", "payload": {"a": [1]}},
    ],
    ids=lambda envelope: f"{envelope['type']} {envelope['payload']!r}",
)
async def test_an_odd_envelope_is_acknowledged(envelope: Any, workspace: Workspace, start: Start) -> None:
    def acknowledged() -> bool:
        return any(getattr(entry, "envelope_id", "") == "e1" for entry in workspace.journal)

    assert await workspace.send_frame(envelope)
    await workspace.until(acknowledged)
    thread = await start("@ChatHakase still there?")
    await thread.answers(1)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("frame", ["", "no json", "[]", "7", '{"type":"hello"}', '{"type":"events_api"}', "{" * 10_000])
async def test_an_odd_frame_breaks_nothing(frame: str, workspace: Workspace, start: Start) -> None:
    assert await workspace.send_frame(frame)
    thread = await start("@ChatHakase still there?")
    await thread.answers(1)


@pytest.mark.parametrize(("ack_timeout", "retry_delays"), [(0.5, (0.0, *[0.2] * 20))], ids=["impatient"])
async def test_what_cannot_be_stored_is_not_acknowledged(
    workspace: Workspace, bot: SessionManager, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusing database cannot be made over a socket, so the store is told to refuse once for each twin."""
    append, refusals = bot.reception._sessions.append, [StoreError("disk full"), StoreError("disk full")]

    async def refuse(*args: Any, **options: Any) -> Saved:
        if refusals:
            raise refusals.pop()
        return await append(*args, **options)

    monkeypatch.setattr(bot.reception._sessions, "append", refuse)
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1) == ["I heard: [alice] hello"]
    retried = [e.envelope for e in workspace.journal if hasattr(e, "envelope") and e.envelope.get("retry_attempt")]
    assert retried


@pytest.mark.usefixtures("bot")
async def test_a_refreshed_socket_loses_nothing(workspace: Workspace, start: Start) -> None:
    thread = await start("@ChatHakase one")
    await thread.answers(1)
    await workspace.disconnect("refresh_requested")
    await thread.say("two")
    await thread.answers(2, containing="two")


@pytest.mark.parametrize("retry_delays", [(0.0, 3.0, 6.0)], ids=["patient"])
async def test_a_dropped_socket_loses_nothing(workspace: Workspace, bot: SessionManager, start: Start) -> None:
    thread = await start("@ChatHakase one")
    await thread.answers(1)
    workspace.drop_sockets()
    await thread.say("two")
    await thread.answers(2, containing="two", within=30)


async def test_a_command_is_tried_until_the_store_allows_it(
    bot: SessionManager, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that refuses is no process that dies, after which a command is given up at the fourth attempt."""
    do, refusals = bot.reception._commands.do, [StoreError("database is locked")] * 4

    async def refuse(*args: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return await do(*args)

    monkeypatch.setattr(bot.reception._commands, "do", refuse)
    thread = await start("@ChatHakase help")
    await thread.answers(1, containing="session info")
    assert not refusals
