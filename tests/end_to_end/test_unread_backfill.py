"""What stands above a mention and cannot be read: the question is answered, and nobody is left to believe it was."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.footnotes import WITHOUT_EARLIER
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread, footnotes
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]
MARK = '<left_out above="unread"/>'
REPLIES = "conversations.replies"
pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel", "channel_not_found"])
async def test_the_model_is_told_and_people_once(
    start: Start, workspace: Workspace, bob: PersonClient, model: ModelServer, error: str
) -> None:
    workspace.faults.slack_error(REPLIES, error, times=2)
    thread = await start("Lunch at noon.")
    await thread.say("@ChatHakase when do we meet?", bob)
    await thread.answers(1)
    assert MARK in model.seen()
    assert await footnotes(thread) == [WITHOUT_EARLIER]
    await thread.say("@ChatHakase and now?", bob)
    await thread.answers(2)
    assert MARK in model.seen()
    await thread.say("@ChatHakase and now?", bob)
    await thread.answers(3)
    assert MARK not in model.seen()
    assert "Lunch at noon." in model.seen()
    assert [await footnotes(thread, number) for number in (1, 2)] == [[], []]


@pytest.mark.parametrize("fault", ["http_error", "rate_limit"])
async def test_what_passes_is_waited_for(
    start: Start, workspace: Workspace, bob: PersonClient, model: ModelServer, fault: str
) -> None:
    getattr(workspace.faults, fault)(REPLIES)
    thread = await start("Lunch at noon.")
    await thread.say("@ChatHakase when do we meet?", bob)
    await thread.answers(1)
    assert "Lunch at noon." in model.seen()
    assert await footnotes(thread) == []


@pytest.mark.parametrize("fault", ["http_error", "rate_limit"])
async def test_what_lasts_is_done_without(
    start: Start,
    workspace: Workspace,
    bob: PersonClient,
    model: ModelServer,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.engine.context.thread_backfill.WITHIN", 0.3)
    getattr(workspace.faults, fault)(REPLIES, times=100)
    thread = await start("Lunch at noon.")
    await thread.say("@ChatHakase when do we meet?", bob)
    await thread.answers(1)
    assert MARK in model.seen()
    assert await footnotes(thread) == [WITHOUT_EARLIER]


async def test_where_nothing_is_above_nothing_is_missing(
    start: Start, workspace: Workspace, model: ModelServer
) -> None:
    workspace.faults.slack_error(REPLIES, "missing_scope", times=100)
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    assert MARK not in model.seen()
    assert await footnotes(thread) == []
