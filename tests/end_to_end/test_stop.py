"""Stopping an answer, by the button, the word and Slack's own Stop."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.web_api_error import SlackError
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


async def press(thread: Thread, person: PersonClient, action: str = "stop") -> None:
    await person.press(thread.channel, thread.replies()[-1].ts, f"chathakase_{action}")


async def growing(start: Start, model: ModelServer, *, channel: str = "#general") -> Thread:
    model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    thread = await start("@ChatHakase tell me", channel=channel)
    await thread.answers(1, containing="The beginning")
    return thread


@pytest.mark.parametrize("way", ["button", "word", "mention"])
async def test_the_model_is_cut_off_at_once_and_what_was_written_stays(
    way: str,
    bot: SessionManager,
    start: Start,
    model: ModelServer,
    alice: PersonClient,
    settled: Settled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nobody hears of it by a renewal of the lease.
    monkeypatch.setattr("chathakase.engine.turns.heartbeat.RENEW_EVERY", 600.0)
    thread = await growing(start, model)
    await (press(thread, alice) if way == "button" else thread.say("stop" if way == "word" else "@ChatHakase Stop"))
    await thread.workspace.until(lambda: model.under_way == 0)
    assert model.gone == 1
    (text,) = await thread.answers(1, containing="Stopped")
    assert text.startswith("The beginning")
    await thread.workspace.until(lambda: [block["type"] for block in thread.replies()[0].blocks] == ["markdown"])
    await settled()
    await thread.say("go on")
    await thread.answers(2, containing="go on")
    assert "The beginning\n\n[This answer was stopped here.]" in model.said()


async def test_slacks_own_stop(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, workspace: Workspace
) -> None:
    wait = asyncio.Event()
    model.will(says("never", wait=wait))
    thread = await start("hi", channel="@")
    await workspace.until(lambda: "thinking" in workspace.status(thread.channel, thread.ts))
    await alice.stop(thread.channel, thread.ts)
    await thread.answers(1, containing="Stopped")
    await workspace.until(lambda: workspace.status(thread.channel, thread.ts) == "")


async def test_a_silent_model_can_be_stopped(bot: SessionManager, start: Start, model: ModelServer) -> None:
    model.will(says("never", wait=asyncio.Event()))
    thread = await start("@ChatHakase hi")
    await thread.workspace.until(lambda: model.under_way == 1)
    await thread.say("stop")
    await thread.answers(1, containing="Stopped")
    await thread.workspace.until(lambda: model.gone == 1)


@pytest.mark.parametrize("way", ["button", "word"])
async def test_only_the_asker_or_an_admin_may(
    way: str,
    bot: SessionManager,
    start: Start,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
    carol: PersonClient,
) -> None:
    thread = await growing(start, model)
    await (press(thread, bob) if way == "button" else thread.say("stop", bob))
    await await_ephemeral(thread.workspace, bob, "Sorry")
    await asyncio.sleep(0.2)
    assert model.under_way == 1
    await press_first(thread, admin_of(thread.workspace, alice, carol))
    await thread.workspace.until(lambda: model.under_way == 0)


def admin_of(workspace: Workspace, *people: PersonClient) -> PersonClient:
    return next(person for person in people if workspace.world.users[person.id].is_admin)


async def press_first(thread: Thread, person: PersonClient) -> None:
    await person.press(thread.channel, thread.replies()[0].ts, "chathakase_stop")


async def test_a_question_that_waits_for_its_turn_can_be_stopped(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    hold = asyncio.Event()
    model.will(says("Busy", " with this.", hold=hold))
    async with open_the_bot(chathakase_concurrency=1):
        first = await start("@ChatHakase one")
        await first.answers(1, containing="Busy")
        second = await start("@ChatHakase two")
        await second.say("stop")
        await second.answers(1, containing="Stopped")
        hold.set()
        await first.answers(1, containing="with this.")
        assert len(model.requests) == 1


async def test_where_nothing_is_written_stop_says_so(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, start: Start, settled: Settled
) -> None:
    thread = await start("@ChatHakase hi")
    await thread.answers(1)
    await settled()
    await thread.say("stop")
    await await_ephemeral(workspace, alice, "nothing to stop")
    assert len(thread.texts()) == 1


async def test_the_button_is_gone_when_the_answer_is_whole(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient
) -> None:
    hold = asyncio.Event()
    model.will(says("The beginning", " and the end.", hold=hold))
    thread = await start("@ChatHakase tell me")
    await thread.answers(1, containing="beginning")
    assert [block["type"] for block in thread.replies()[0].blocks] == ["markdown", "actions"]
    hold.set()
    await thread.answers(1, containing="end.")
    await thread.workspace.until(lambda: [block["type"] for block in thread.replies()[0].blocks] == ["markdown"])
    with pytest.raises(SlackError):
        await press(thread, alice)


async def test_who_asks_something_else_meanwhile_may_not(
    bot: SessionManager, start: Start, model: ModelServer, bob: PersonClient
) -> None:
    thread = await growing(start, model)
    await thread.say("by the way, hello", bob)
    await thread.say("stop", bob)
    await await_ephemeral(thread.workspace, bob, "Sorry")
    assert model.under_way == 1
    await thread.say("stop")
    await thread.workspace.until(lambda: model.gone == 1)


async def test_slacks_own_stop_delivered_again_stops_nothing_more(
    bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, workspace: Workspace, settled: Settled
) -> None:
    model.will(says("never", wait=asyncio.Event()))
    thread = await start("hi", channel="@")
    await workspace.until(lambda: "thinking" in workspace.status(thread.channel, thread.ts))
    await alice.stop(thread.channel, thread.ts)
    await thread.answers(1, containing="Stopped")
    await settled()
    hold = asyncio.Event()
    model.will(says("The next", " answer.", hold=hold))
    workspace.redeliver_last()
    await thread.say("another question")
    await thread.answers(2, containing="The next")
    hold.set()
    await thread.answers(2, containing="answer.")
