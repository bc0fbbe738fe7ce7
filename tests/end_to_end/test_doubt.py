"""When it is doubtful what Slack has done: nothing is lost and nothing is doubled all the same."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.playground.faults import CallFault
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


@pytest.mark.usefixtures("bot")
async def test_a_post_of_which_nobody_heard_gets_the_final_text(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait, hold = asyncio.Event(), asyncio.Event()
    model.will(says("Half", " and whole.", wait=wait, hold=hold))
    thread = await start("@ChatHakase hi")
    workspace.faults.lose_answer("chat.postMessage")
    wait.set()
    await thread.answers(1, containing="Half")
    hold.set()
    assert await thread.answers(1, containing="whole") == ["Half and whole."]


async def test_a_post_that_a_slow_slack_makes_later_leaves_no_twin(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait, hold = asyncio.Event(), asyncio.Event()
    model.will(says("Half", " and whole.", wait=wait, hold=hold))
    async with open_the_bot(chathakase_slack_timeout=0.5):
        thread = await start("@ChatHakase hi")
        later = asyncio.Event()
        workspace.faults.hold("chat.postMessage", later)
        wait.set()
        await thread.answers(1, containing="Half")
        later.set()
        await thread.answers(2, containing="Half")
        hold.set()
        assert await thread.answers(1, containing="whole") == ["Half and whole."]


@pytest.mark.usefixtures("bot")
async def test_a_look_that_fails_is_repeated(start: Start, model: ModelServer, workspace: Workspace) -> None:
    wait = asyncio.Event()
    model.will(says("The answer.", wait=wait))
    thread = await start("@ChatHakase hi")
    workspace.faults.lose_answer("chat.postMessage")
    workspace.faults.http_error("conversations.replies", 503, times=2)
    wait.set()
    await thread.answers(1, containing="The answer.")
    await workspace.until(lambda: len(workspace.journal.calls("conversations.replies")) >= 3)
    await thread.say("again")
    assert (await thread.answers(2, containing="again"))[0] == "The answer."


@pytest.mark.usefixtures("bot")
async def test_a_message_far_down_in_a_long_thread_is_found(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait = asyncio.Event()
    model.will(says("The answer.", wait=wait))
    thread = await start("@ChatHakase hi")
    for number in range(230):
        workspace.world.post(thread.channel, "U0BOB00001", f"{number}", thread_ts=thread.ts, subtype="me_message")
    workspace.faults.lose_answer("chat.postMessage")
    wait.set()
    await thread.answers(1, containing="The answer.")
    await workspace.until(lambda: len(workspace.journal.calls("conversations.replies")) >= 2)
    assert len(thread.replies()) == 1


@pytest.mark.usefixtures("bot")
async def test_a_reply_that_is_deleted_while_it_grows_is_written_anew(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    hold = asyncio.Event()
    model.will(says("Half", " and whole.", hold=hold))
    thread = await start("@ChatHakase hi")
    await thread.answers(1, containing="Half")
    workspace.world.delete(thread.replies()[0])
    hold.set()
    assert await thread.answers(1, containing="whole") == ["Half and whole."]


@pytest.mark.usefixtures("bot")
async def test_refused_blocks_of_several_replies_lose_none(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait = asyncio.Event()
    model.will(*(says(f"Answer {number}.", wait=wait) for number in range(3)))
    threads = [await start("@ChatHakase hi", channel=channel) for channel in ("#general", "#random", "#secret")]
    await workspace.until(lambda: model.under_way == 3)
    workspace.faults.slack_error("chat.postMessage", "invalid_blocks", times=3)
    wait.set()
    for thread in threads:
        await thread.answers(1, containing="Answer")
    later = await start("@ChatHakase **bold**")
    await later.answers(1, containing="bold")
    assert later.replies()[0].blocks


async def test_a_question_right_after_clear_session_is_answered(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    async with open_the_bot():
        thread = await start("@ChatHakase the word is swordfish")
        await thread.answers(1)
    await thread.say("clear session")
    await thread.say("what is 2+2?")
    async with open_the_bot():
        await workspace.until(lambda: any("2+2" in text for text in thread.texts()))
        await workspace.until(lambda: any("forgotten" in text for text in thread.texts()))
        assert "swordfish" not in model.said()


async def test_a_turn_cut_short_while_it_posted_finds_its_message(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    """The process goes down after Slack has posted and before it hears of it."""
    wait = asyncio.Event()
    model.will(says("Half", hold=asyncio.Event(), wait=wait), says("The whole."))
    async with open_the_bot() as manager:
        manager._grace = 0.1
        thread = await start("@ChatHakase hi")
        await workspace.until(lambda: model.under_way)
        workspace.faults.add("chat.postMessage", CallFault(lose_answer=True))
        wait.set()
        await thread.answers(1, containing="Half")
    async with open_the_bot():
        assert await thread.answers(1, containing="The whole.") == ["The whole."]


async def test_pages_of_an_earlier_try_do_not_stay(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    long = "word " * 2_500
    model.will(says(long, " and more", hold=asyncio.Event()), says("Short", " now.", pause=0.3))
    async with open_the_bot() as manager:
        manager._grace = 0.1
        thread = await start("@ChatHakase hi")
        await workspace.until(lambda: len(thread.replies()) == 4, 30)
    workspace.faults.rate_limit("chat.delete", times=1)
    async with open_the_bot():
        assert await thread.answers(1, containing="Short now.", within=30) == ["Short now."]


async def test_a_question_that_breaks_every_try_is_given_up(
    open_the_bot: OpenBot, start: Start, model: ModelServer, database: Path
) -> None:
    """Such a question would need a crash each time; the row is written as five crashes leave it."""
    model.will(says("Half", hold=asyncio.Event()))
    async with open_the_bot() as manager:
        manager._grace = 0.1
        thread = await start("@ChatHakase hi")
        await thread.answers(1)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE sessions SET attempts = 5, died_alone = 2")
    async with open_the_bot():
        await thread.answers(1, containing="tried to answer this several times")
        assert "chathakase_retry" in str(thread.replies()[0].blocks)
        await thread.say("something else")
        await thread.answers(2, containing="something else")
    assert len(model.requests) == 2
