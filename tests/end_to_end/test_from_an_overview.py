"""What somebody has done to a thread where they see all of theirs: told to them alone, never in a thread.

A bot that shows no overview tells it in a direct message.
"""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chathakase.core.jobs import DELETE_SESSION, Command
from chathakase.core.types import Place
from chathakase.engine.commands import parsing
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]
GONE = "I don't remember that conversation any more."
HOME = slack_place("", "")


def fetch(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement, values).fetchall()


def session_at(database: Path, thread: Thread) -> str:
    ((session,),) = fetch(database, "SELECT id FROM sessions WHERE thread = ?", thread.ts)
    return str(session)


def at(thread: Thread) -> Place:
    return slack_place(thread.channel, thread.ts)


def told(workspace: Workspace, person: PersonClient) -> list[str]:
    """What somebody was told outside of all threads."""
    timeline = workspace.world.timeline(person.direct_message().id)
    ours = (each for each in timeline.messages() if each.user == workspace.world.bot.id)
    return [each.text for each in ours if not each.thread_ts and not each.metadata]


@pytest.fixture
async def thread(start: Start, workspace: Workspace, bot: SessionManager) -> Thread:
    """A conversation of Alice's in a channel."""
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    await at_rest(workspace, bot)
    return thread


@pytest.fixture
def press(bot: SessionManager, workspace: Workspace) -> Callable[..., Awaitable[None]]:
    """Have somebody press something on the row of a thread that was drawn for a session."""

    async def pressed(thread: Thread, name: str, argument: str, person: PersonClient | None = None) -> None:
        ref, by = uuid4().hex, (person or thread.person).id
        await bot.requests.enqueue(Command(at(thread), ref, by, name, argument, told_in=HOME))
        await at_rest(workspace, bot)

    return pressed


Press = Callable[..., Awaitable[None]]


async def test_it_is_renamed_and_only_whoever_did_it_is_told(
    thread: Thread, workspace: Workspace, press: Press, alice: PersonClient, database: Path
) -> None:
    await press(thread, parsing.RENAME, f"{session_at(database, thread)} “Trip   to Kyoto”")
    assert fetch(database, "SELECT title, made_by FROM titles") == [("Trip to Kyoto", "person")]
    (sentence,) = told(workspace, alice)
    assert sentence.startswith("About ")
    assert sentence.endswith("Done: this session is now called “Trip to Kyoto”.")
    assert len(thread.replies()) == 1
    assert not workspace.world.ephemerals.all()
    assert [row[:5] for row in audit_rows(database)] == [(alice.id, "rename", "done", thread.channel, thread.ts)]


async def test_it_is_archived(
    thread: Thread, workspace: Workspace, press: Press, alice: PersonClient, database: Path
) -> None:
    await press(thread, parsing.ARCHIVE_SESSION, session_at(database, thread))
    assert fetch(database, "SELECT archived_by FROM sessions") == [(alice.id,)]
    (sentence,) = told(workspace, alice)
    assert "Done: I have archived that conversation. The next message there opens it again." in sentence


async def test_it_is_deleted_without_another_question(
    thread: Thread, workspace: Workspace, press: Press, alice: PersonClient, database: Path
) -> None:
    await press(thread, DELETE_SESSION, session := session_at(database, thread))
    assert fetch(database, "SELECT * FROM sessions") == []
    (sentence,) = told(workspace, alice)
    assert "Done: I have deleted that conversation." in sentence
    assert [(row[1], row[7]) for row in audit_rows(database)] == [("delete", session)]


@pytest.mark.parametrize("name", [parsing.RENAME, parsing.ARCHIVE_SESSION, DELETE_SESSION, parsing.STOP])
async def test_a_row_that_is_left_over_says_so_and_spares_what_began_since(
    name: str, thread: Thread, workspace: Workspace, press: Press, alice: PersonClient, database: Path
) -> None:
    stale = session_at(database, thread)
    await press(thread, DELETE_SESSION, stale)
    await thread.say("@ChatHakase herring")
    await thread.answers(2, containing="herring")
    began_since = session_at(database, thread)
    await press(thread, name, f"{stale} Fish" if name == parsing.RENAME else stale)
    assert told(workspace, alice)[1:] == [GONE]
    assert fetch(database, "SELECT id, archived_by FROM sessions") == [(began_since, "")]
    assert [row[1] for row in audit_rows(database)] == ["delete"]


async def test_who_may_not_is_told_so_there(
    thread: Thread, workspace: Workspace, press: Press, bob: PersonClient, database: Path
) -> None:
    await press(thread, DELETE_SESSION, session_at(database, thread), bob)
    (sentence,) = told(workspace, bob)
    assert "Sorry, only the person who started this conversation and admins can delete it." in sentence
    assert len(fetch(database, "SELECT id FROM sessions")) == 1
    assert [row[:3] for row in audit_rows(database)] == [(bob.id, "delete", "refused")]


@pytest.mark.parametrize("name", [parsing.RENAME, parsing.ARCHIVE_SESSION, DELETE_SESSION])
async def test_who_has_left_a_channel_changes_nothing_there_by_a_row_that_is_left_over(
    name: str, start: Start, workspace: Workspace, press: Press, bob: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase swordfish", person=bob)
    await thread.answers(1)
    workspace.world.leave(thread.channel, bob.id)
    session, before = session_at(database, thread), fetch(database, "SELECT title FROM titles")
    await press(thread, name, f"{session} Fish" if name == parsing.RENAME else session, bob)
    (sentence,) = told(workspace, bob)
    assert "I don't see you in that channel right now." in sentence
    assert "swordfish" not in sentence
    assert fetch(database, "SELECT archived_by FROM sessions") == [("",)]
    assert fetch(database, "SELECT title FROM titles") == before
    assert [row[2] for row in audit_rows(database)] == ["refused"]


async def test_everything_of_mine_is_forgotten(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    await bot.requests.enqueue(Command(HOME, "5.1", alice.id, parsing.FORGET_EVERYTHING_NOW))
    await at_rest(workspace, bot)
    assert told(workspace, alice) == ["Done: I have forgotten 1 of your messages."]
    assert fetch(database, "SELECT count(*) FROM messages WHERE text LIKE '%swordfish%' AND role = 'user'") == [(0,)]


async def test_an_answer_that_is_being_written_ends_with_its_conversation(
    start: Start, workspace: Workspace, bot: SessionManager, model: ModelServer, database: Path
) -> None:
    """At any moment of it, five at once; nothing is posted or stored after that was said."""
    chance = random.Random(1)
    for _ in range(2):
        model.will(*[says(*(f"herring {number} " for number in range(20)), pause=0.01)] * 5)
        threads = [await start("@ChatHakase swordfish") for _ in range(5)]
        await workspace.until(lambda: len(fetch(database, "SELECT id FROM sessions WHERE deleting = 0")) == 5)
        await asyncio.gather(*(delete_meanwhile(bot, each, database, chance.uniform(0, 0.3)) for each in threads))
        await at_rest(workspace, bot)
        seen = [each.texts() for each in threads]
        assert fetch(database, "SELECT count(*) FROM sessions") == [(0,)]
        assert fetch(database, "SELECT count(*) FROM messages") == [(0,)]
        await asyncio.sleep(0.1)
        assert [each.texts() for each in threads] == seen


async def delete_meanwhile(bot: SessionManager, thread: Thread, database: Path, moment: float) -> None:
    session = session_at(database, thread)
    await asyncio.sleep(moment)
    pressed = Command(at(thread), uuid4().hex, thread.person.id, DELETE_SESSION, session, told_in=HOME)
    await bot.requests.enqueue(pressed)
