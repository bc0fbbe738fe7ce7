"""A whole conversation is archived, or deleted so that nothing of it is left but that it was had."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chathakase.core.types import Incoming
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.playground.world.ephemerals import Ephemeral
from chathakase.slack.timestamps import microseconds
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose, ephemerals, seen_by
from tests.end_to_end.process import running
from tests.model_server import ModelServer, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]
BUTTON = "Delete conversation"
DELETED, ARCHIVED = "Done: I have deleted this conversation.", "Done: I have archived this conversation."
STALE = "I don't remember that conversation any more."
KEPT = {"audit", "tombstones"}
"""Tables in which something may tell of a session that was deleted."""


def fetch(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement, values).fetchall()


def traces(database: Path, *words: str) -> list[str]:
    """The tables in which one of these occurs anywhere."""
    tables = [str(name) for (name,) in fetch(database, "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")]
    return [name for name in tables if any(word in str(fetch(database, f"SELECT * FROM {name}")) for word in words)]


def session_at(database: Path, thread: Thread) -> str:
    ((session,),) = fetch(database, "SELECT id FROM sessions WHERE thread = ?", thread.ts)
    return str(session)


def archived(database: Path, thread: Thread) -> tuple[bool, str]:
    ((at, by),) = fetch(database, "SELECT archived_at, archived_by FROM sessions WHERE thread = ?", thread.ts)
    return at is not None, str(by)


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    about = {"ack_timeout": ack_timeout, "retry_delays": retry_delays}
    async with open_workspace(limits=NoLimits(), seed=1, **about) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """No answer waits for the one before it."""
    return settings | {"chathakase_rate_limits": "chat.postMessage=6000/200 chat.postEphemeral=6000/200"}


@pytest.fixture
async def thread(start: Start, workspace: Workspace, bot: SessionManager) -> Thread:
    """A conversation of Alice's about a swordfish."""
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    await at_rest(workspace, bot)
    return thread


async def test_what_is_archived_wakes_with_the_next_message(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, model: ModelServer, database: Path
) -> None:
    await thread.say("archive session")
    await thread.answers(2, containing=ARCHIVED)
    await at_rest(workspace, bot)
    assert archived(database, thread) == (True, alice.id)
    await thread.say("herring")
    await thread.answers(3, containing="herring")
    await at_rest(workspace, bot)
    assert archived(database, thread) == (False, "")
    assert "swordfish" in model.said(), "it goes on with what it was"
    assert [row[:3] for row in audit_rows(database)] == [(alice.id, "archive", "done")]


async def test_nothing_is_archived_while_it_is_answered(
    start: Start, bot: SessionManager, workspace: Workspace, alice: PersonClient, model: ModelServer, database: Path
) -> None:
    hold = asyncio.Event()
    model.will(says("Once upon", " a time", hold=hold))
    thread = await start("@ChatHakase a story")
    await thread.answers(1, containing="Once upon")
    await thread.say("archive session")
    await await_ephemeral(workspace, alice, "I'm still answering here.")
    hold.set()
    await thread.answers(1, containing="a time")
    await at_rest(workspace, bot)
    assert archived(database, thread) == (False, "")
    assert audit_rows(database) == []


async def test_what_is_deleted_leaves_only_that_it_was_had(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    await thread.say("rename session Kingfisher")
    await thread.answers(2)
    session = session_at(database, thread)
    await thread.say("delete session")
    question = await await_ephemeral(workspace, alice, "Delete this conversation?")
    assert "including my answers. The messages stay visible in Slack. This can't be undone." in question
    assert session_at(database, thread) == session, "nothing is done before it is confirmed"
    await choose(workspace, alice, BUTTON)
    await thread.answers(3, containing=DELETED)
    await at_rest(workspace, bot)
    assert traces(database, "swordfish", "Kingfisher") == []
    assert traces(database, session) == ["audit"]
    assert set(traces(database, thread.ts)) <= KEPT | {"jobs"}
    assert fetch(database, "SELECT count(*) FROM participants") == [(0,)]
    assert [(*row[:5], row[7]) for row in audit_rows(database)][1:] == [
        (alice.id, "delete", "done", thread.channel, thread.ts, session)
    ]


async def test_what_is_said_afterwards_begins_anew(
    thread: Thread, workspace: Workspace, open_the_bot: OpenBot, alice: PersonClient, model: ModelServer, database: Path
) -> None:
    deleted = session_at(database, thread)
    await delete(thread)
    await thread.say("@ChatHakase herring")
    await thread.answers(3, containing="herring")
    assert session_at(database, thread) != deleted
    assert "swordfish" not in model.said()
    workspace.redeliver_last()
    await thread.say("and now?")
    await thread.answers(4, containing="and now?")
    assert "swordfish" not in model.said()


async def test_what_was_said_before_is_not_caught_up_with(
    start: Start, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await at_rest(workspace, bot)
        await delete(thread)
        await at_rest(workspace, bot)
    await thread.say("a whale that nobody asks about")
    async with open_the_bot() as bot:
        await at_rest(workspace, bot)
        assert fetch(database, "SELECT * FROM sessions") == []
        await thread.say("@ChatHakase herring")
        await thread.answers(3, containing="herring")
    assert "swordfish" not in model.said()


async def delete(thread: Thread) -> None:
    before = len(thread.replies())
    await thread.say("delete session")
    await choose(thread.workspace, thread.person, BUTTON)
    await thread.answers(before + 1, containing=DELETED)


async def test_two_presses_delete_once(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    await thread.say("delete session")
    (asked,) = await workspace.until(lambda: seen_by(workspace, alice))
    press = (thread.channel, asked.message.ts, "chathakase_say_0")
    await asyncio.gather(alice.press(*press), alice.press(*press))
    await thread.answers(2, containing=DELETED)
    await at_rest(workspace, bot)
    assert len(thread.replies()) == 2
    assert [row[:3] for row in audit_rows(database)] == [(alice.id, "delete", "done")]


async def test_a_button_that_is_left_over_says_so_and_spares_what_began_since(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    for _ in range(2):
        await thread.say("delete session")
    first, second = await workspace.until(lambda: both if len(both := seen_by(workspace, alice)) == 2 else [])
    await alice.press(thread.channel, first.message.ts, "chathakase_say_0")
    await thread.answers(2, containing=DELETED)
    await at_rest(workspace, bot)
    await thread.say("@ChatHakase herring")
    await thread.answers(3, containing="herring")
    await at_rest(workspace, bot)
    began_since = session_at(database, thread)
    await alice.press(thread.channel, second.message.ts, "chathakase_say_0")
    await await_ephemeral(workspace, alice, STALE)
    await at_rest(workspace, bot)
    assert session_at(database, thread) == began_since
    assert len(thread.replies()) == 3
    assert [row[1] for row in audit_rows(database)] == ["delete"]


async def test_where_nothing_is_left_a_button_says_so(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    for _ in range(2):
        await thread.say("delete session")
    first, second = await workspace.until(lambda: both if len(both := seen_by(workspace, alice)) == 2 else [])
    await alice.press(thread.channel, first.message.ts, "chathakase_say_0")
    await thread.answers(2, containing=DELETED)
    await at_rest(workspace, bot)
    await alice.press(thread.channel, second.message.ts, "chathakase_say_0")
    await await_ephemeral(workspace, alice, STALE)
    assert fetch(database, "SELECT * FROM sessions") == []


async def test_nobody_deletes_another_conversation_by_its_id(
    thread: Thread, start: Start, workspace: Workspace, bot: SessionManager, bob: PersonClient, database: Path
) -> None:
    session = session_at(database, thread)
    own = await start("@ChatHakase herring", person=bob)
    await own.answers(1)
    await own.say(f"delete session {session}")
    await await_ephemeral(workspace, bob, STALE)
    await thread.say(f"delete session {session}", bob)
    await await_ephemeral(workspace, bob, "Sorry, only the person who started this conversation and admins can delete")
    await at_rest(workspace, bot)
    assert session_at(database, thread) == session
    assert [row[:3] for row in audit_rows(database)] == [(bob.id, "delete", "refused")]


async def test_of_two_with_the_same_title_the_right_one_is_deleted(
    thread: Thread, start: Start, workspace: Workspace, bot: SessionManager, database: Path
) -> None:
    twin = await start("@ChatHakase swordfish")
    await twin.answers(1)
    await at_rest(workspace, bot)
    kept = session_at(database, thread)
    await delete(twin)
    await at_rest(workspace, bot)
    assert fetch(database, "SELECT id FROM sessions") == [(kept,)]


async def test_in_a_direct_message_the_newest_conversation_is_deleted(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, model: ModelServer
) -> None:
    kyoto = await start("A trip to Kyoto", channel="@")
    await kyoto.answers(1)
    await at_rest(workspace, bot)
    command = await start("delete session", channel="@")
    question = await await_ephemeral(workspace, alice, "Delete that conversation?")
    assert "A trip to Kyoto" in question
    await choose(workspace, alice, BUTTON)
    (done,) = await command.answers(1, containing="I have deleted that conversation.")
    assert "A trip to Kyoto" in done
    await kyoto.say("what did I say?")
    await kyoto.answers(2, containing="what did I say?")
    assert "trip" not in model.said()


async def test_what_is_asked_while_it_is_deleted_is_answered(
    thread: Thread, workspace: Workspace, bob: PersonClient, model: ModelServer
) -> None:
    await thread.say("delete session")
    await choose(workspace, thread.person, BUTTON)
    await thread.say("@ChatHakase whale", bob)
    await workspace.until(lambda: any("whale" in text for text in thread.texts()))
    await workspace.until(lambda: any(DELETED in text for text in thread.texts()))
    assert "swordfish" not in model.said()


async def test_an_answer_that_is_being_written_ends_with_its_conversation(
    start: Start,
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    model: ModelServer,
    database: Path,
) -> None:
    """At any moment of it, ten at once; nothing is posted or stored after that was said."""
    chance = random.Random(1)
    asked = await asyncio.gather(*(about_to_delete(start, alice) for _ in range(10)))
    model.will(*[says(*(f"herring {number} " for number in range(30)), pause=0.01)] * 10)
    await asyncio.gather(*(delete_meanwhile(thread, press, chance.uniform(0, 0.4)) for thread, press in asked))
    await at_rest(workspace, bot)
    assert traces(database, "swordfish", "herring") == []
    assert fetch(database, "SELECT count(*) FROM sessions") == [(0,)]
    assert fetch(database, "SELECT count(*), count(DISTINCT session) FROM audit") == [(10, 10)]


async def about_to_delete(start: Start, alice: PersonClient) -> tuple[Thread, tuple[str, str, str]]:
    """A conversation, and the press of the button that deletes it."""
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    await thread.say("delete session")

    def question() -> list[Ephemeral]:
        return [each for each in seen_by(thread.workspace, alice) if each.message.thread_ts == thread.ts]

    (asked,) = await thread.workspace.until(question)
    return thread, (thread.channel, asked.message.ts, "chathakase_say_0")


async def delete_meanwhile(thread: Thread, press: tuple[str, str, str], moment: float) -> None:
    """Have an answer written, and its conversation deleted after so many seconds; look whether anything comes later."""
    await thread.say("a long story")
    await asyncio.sleep(moment)
    await thread.person.press(*press)
    await thread.workspace.until(lambda: any(DELETED in text for text in thread.texts()))
    told = thread.texts()
    await asyncio.sleep(0.3)
    assert thread.texts() == told


async def test_no_summary_of_it_comes_later(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, model: ModelServer
) -> None:
    written = asyncio.Event()
    model.will(says("You spoke of a swordfish.", wait=written))
    asked = len(model.requests)
    await thread.say("summarise")
    await workspace.until(lambda: len(model.requests) > asked)
    await delete(thread)
    written.set()
    await await_ephemeral(workspace, alice, STALE)
    await at_rest(workspace, bot)
    assert "You spoke" not in "".join(thread.texts())


async def test_what_was_said_to_have_it_deleted_may_come_again(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    """Slack delivers an event again for minutes: it opens nothing, and nobody is asked once more."""
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    said = [thread.ts, await thread.say("@ChatHakase delete session")]
    await choose(workspace, alice, BUTTON)
    await thread.answers(2, containing=DELETED)
    await at_rest(workspace, bot)
    for ts, text in zip(said, ("swordfish", "delete session"), strict=True):
        place = slack_place(thread.channel, thread.ts)
        again = Incoming(place, ts, alice.id, text, said=microseconds(ts), opens=True, asks=True)
        assert not await bot.reception.submit(again)
    await at_rest(workspace, bot)
    assert fetch(database, "SELECT * FROM sessions") == []
    assert len(thread.replies()) == 2
    assert seen_by(workspace, alice) == []


@pytest.mark.parametrize("died", ["before", "after"])
@pytest.mark.long
async def test_it_is_deleted_though_the_process_is_killed(
    died: str,
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    alice: PersonClient,
    database: Path,
    tmp_path: Path,
) -> None:
    """Before people were told of it or after that, and before either was noted."""
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await thread.say("delete session")
        await await_ephemeral(workspace, alice, "Delete this conversation?")
        workspace.faults.hang("chat.postMessage", done=died == "after")
        before = len(workspace.journal.calls("chat.postMessage"))
        await choose(workspace, alice, BUTTON)
        await workspace.until(lambda: len(workspace.journal.calls("chat.postMessage")) > before)
        process.kill()
        await process.wait()
    assert [row[1:3] for row in audit_rows(database)] == [("delete", "done")]
    if died == "before":
        with closing(sqlite3.connect(database)) as connection, connection:
            # As if it had died before its rows were gone.
            connection.execute(
                "INSERT INTO sessions (id, surface, workspace, channel, thread, began_at, active_at, deleting) "
                "SELECT session, surface, workspace, channel, thread, 0, 0, 1 FROM audit"
            )
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await thread.answers(2, containing=DELETED, within=40)
        await workspace.until(lambda: not fetch(database, "SELECT 1 FROM jobs WHERE done_at IS NULL"), 30)
        await thread.say("@ChatHakase herring")
        await thread.answers(3, containing="herring", within=30)
    assert [row[1:3] for row in audit_rows(database)] == [("delete", "done")]
    assert traces(database, "swordfish") == []
    assert STALE not in ephemerals(workspace, alice)
