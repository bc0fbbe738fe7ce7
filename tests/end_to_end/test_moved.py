"""A session that is taken to another place goes on there, with all that it remembers."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chathakase.core.types import Expiry, ExpiryMode, Incoming, Place, SessionId
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]


def place_of(thread: Thread) -> Place:
    return slack_place(thread.channel, thread.ts)


@asynccontextmanager
async def stores_in(database: Path) -> AsyncIterator[SqlStores]:
    """The stores of a bot's database, beside it or while it is away."""
    async with open_sqlite(database) as opened:
        yield open_stores(opened, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE))


async def session_at(stores: SqlStores, thread: Thread) -> SessionId:
    session = await stores.sessions.find(place_of(thread))
    assert session is not None
    return session


async def move(database: Path, thread: Thread, there: Thread | None) -> SessionId:
    async with stores_in(database) as stores:
        session = await session_at(stores, thread)
        assert await stores.sessions.move(session, place_of(there) if there else None)
    return session


@pytest.fixture
async def talk(workspace: Workspace, alice: PersonClient) -> Thread:
    """A thread in another channel, of which the bot knows nothing."""
    channel = workspace.channel("random").id
    return Thread(workspace, alice, channel, await alice.say("let us go on here", channel=channel))


async def settled(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks)


async def test_it_goes_on_there_and_the_old_thread_begins_anew(
    bot: SessionManager, workspace: Workspace, start: Start, talk: Thread, model: ModelServer, database: Path
) -> None:
    thread = await start("@ChatHakase I like tea")
    await thread.answers(1)
    await settled(workspace, bot)
    await move(database, thread, talk)
    await talk.say("what do I like?")
    await talk.answers(1)
    assert "I like tea" in model.said()
    await thread.say("is anybody here?")
    await thread.say("@ChatHakase hello again")
    await thread.answers(2)
    assert "I like tea" not in str(model.requests[-1])
    await settled(workspace, bot)
    assert len(talk.replies()) == 1


async def test_it_remembers_also_after_a_restart_what_was_said_elsewhere(
    open_the_bot: OpenBot,
    workspace: Workspace,
    start: Start,
    talk: Thread,
    model: ModelServer,
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is known of a thread and is not found in it was deleted, but not what was said in another one."""
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase I like tea")
        await thread.answers(1)
        await settled(workspace, bot)
    await move(database, thread, talk)
    caplog.set_level(logging.INFO, logger="chathakase.engine.intake.catch_up")
    async with open_the_bot() as bot:
        await workspace.until(lambda: "Checked 1 threads" in caplog.text)
        await talk.say("what do I like?")
        await talk.answers(1)
        await settled(workspace, bot)
    assert "I like tea" in model.said()
    assert len(thread.replies()) == 1


async def test_a_question_without_a_place_is_answered_once_it_has_one(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, talk: Thread, model: ModelServer, database: Path
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase I like tea")
        await thread.answers(1)
        await settled(workspace, bot)
    async with stores_in(database) as stores:
        session = await session_at(stores, thread)
        ref = f"{time.time():.6f}"
        said = time.time_ns() // 1_000
        question = Incoming(place_of(thread), ref, thread.person.id, "what do I like?", said, opens=True, asks=True)
        assert await stores.sessions.append(question)
        assert await stores.sessions.move(session, None)
        async with open_the_bot() as bot:
            await bot.wake_waiting()
            await settled(workspace, bot)
            assert len(model.requests) == 1
            assert await stores.sessions.move(session, place_of(talk))
            await talk.answers(1)
            await settled(workspace, bot)
    assert "I like tea" in model.said()
    assert "what do I like?" in model.said()
    assert len(thread.replies()) == 1
