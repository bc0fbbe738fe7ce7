"""What admins see of a workspace beside their own threads, and what they do there to everybody's."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from chathakase.core.access_rule import NOT_HERE
from chathakase.core.jobs import CLEAR_SESSION, Command
from chathakase.core.overview import AdminOverview, OverviewState
from chathakase.engine.commands import parsing
from chathakase.engine.open_engine import Engine
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.end_to_end.test_from_an_overview import HOME, at, fetch, session_at, told
from tests.model_server import ModelServer, says
from tests.places import slack_place
from tests.trips import recorded

Start = Callable[..., Awaitable[Thread]]
Press = Callable[..., Awaitable[None]]


async def seen(engine: Engine, person: PersonClient) -> AdminOverview | None:
    """What somebody sees beside their own threads."""
    return (await engine.overviews.read(HOME, person.id, OverviewState(), admin=True)).admin


@pytest.fixture
async def thread(start: Start, workspace: Workspace, bot: SessionManager, bob: PersonClient) -> Thread:
    """A conversation of Bob's in a channel."""
    thread = await start("@ChatHakase swordfish", person=bob)
    await thread.answers(1)
    await at_rest(workspace, bot)
    return thread


@pytest.fixture
def press(bot: SessionManager, workspace: Workspace, database: Path) -> Press:
    """Have somebody press something beside a session."""

    async def pressed(person: PersonClient, thread: Thread, name: str) -> None:
        session = session_at(database, thread)
        await bot.requests.enqueue(Command(at(thread), uuid4().hex, person.id, name, session, told_in=HOME))
        await at_rest(workspace, bot)

    return pressed


async def test_admins_see_all_sessions_without_a_word_of_them(
    engine: Engine,
    thread: Thread,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    database: Path,
) -> None:
    await thread.say("I like swordfish, too", alice)
    await thread.answers(2)
    direct = await start("a herring?", channel="@", person=bob)
    await direct.answers(1)
    await at_rest(workspace, engine.manager)
    overview = await seen(engine, alice)
    assert overview is not None
    rows = [(each.place, each.owner, each.messages, each.people, each.busy) for each in overview.sessions]
    assert rows == [(at(direct), bob.id, 2, 1, False), (at(thread), bob.id, 4, 2, False)]
    assert (overview.total, overview.next, overview.muted) == (2, "", ())
    assert not [word for word in ("swordfish", "herring") if word in repr(overview)]
    assert await seen(engine, bob) is None
    assert audit_rows(database) == []


async def test_what_was_used_is_told_as_the_command_tells_it(
    engine: Engine,
    thread: Thread,
    workspace: Workspace,
    alice: PersonClient,
) -> None:
    overview = await seen(engine, alice)
    assert overview is not None
    await thread.say("@ChatHakase all usage", alice)
    assert await await_ephemeral(workspace, alice, "**What everybody used**") == "\n\n".join(overview.usage)


async def test_where_nothing_was_used_that_is_said(engine: Engine, alice: PersonClient) -> None:
    overview = await seen(engine, alice)
    assert overview == AdminOverview((), 0, "", ("Nobody has used anything in the last 14 days.",), ())


async def test_it_takes_few_trips_to_the_database(engine: Engine, thread: Thread, alice: PersonClient) -> None:
    """Beside the two of the list and what somebody used: all sessions, and what everybody used."""
    with recorded() as trips:
        assert await seen(engine, alice) is not None
    assert len(trips) == 4, trips


async def test_an_answer_that_grows_is_stopped(
    engine: Engine,
    bot: SessionManager,
    start: Start,
    press: Press,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
    database: Path,
) -> None:
    model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    thread = await start("@ChatHakase swordfish", person=bob)
    await thread.answers(1, containing="beginning")
    overview = await seen(engine, alice)
    assert overview is not None
    assert [each.busy for each in overview.sessions] == [True]
    await press(alice, thread, parsing.STOP)
    assert "The beginning" in thread.texts()[0]
    assert "and the end" not in thread.texts()[0]
    (sentence,) = told(workspace, alice)
    assert sentence.startswith("About ")
    assert sentence.endswith("I stopped writing this answer.")
    assert "swordfish" not in sentence, "it is not told to her what it is about"
    await press(alice, thread, parsing.STOP)
    assert "nothing to stop" in told(workspace, alice)[-1]


async def test_a_session_is_cleared_without_another_question(
    thread: Thread,
    bot: SessionManager,
    press: Press,
    workspace: Workspace,
    alice: PersonClient,
    people: dict[str, PersonClient],
    database: Path,
) -> None:
    await thread.say("I like herring", people["carol"])
    await thread.answers(2)
    await at_rest(workspace, bot)
    await press(alice, thread, CLEAR_SESSION)
    (sentence,) = told(workspace, alice)
    assert "Done: I have forgotten 4 messages of that thread." in sentence
    assert "swordfish" not in sentence
    assert fetch(database, "SELECT text FROM messages WHERE text <> ''") == []
    assert [row[:3] for row in audit_rows(database)] == [(alice.id, "clear", "done")]
    assert len(thread.replies()) == 2, "nobody else hears of it"


@pytest.mark.parametrize("name", [CLEAR_SESSION, parsing.STOP])
@pytest.mark.parametrize("channel", ["#general", "@"])
async def test_who_may_not_is_told_so(
    name: str,
    channel: str,
    start: Start,
    bot: SessionManager,
    press: Press,
    workspace: Workspace,
    model: ModelServer,
    people: dict[str, PersonClient],
    database: Path,
) -> None:
    hold = asyncio.Event()
    model.will(says("The beginning", " and the end.", hold=hold))
    thread = await start("@ChatHakase swordfish", channel=channel, person=people["bob"])
    await thread.answers(1, containing="beginning")
    carol = people["carol"]
    await bot.requests.enqueue(
        Command(at(thread), uuid4().hex, carol.id, name, session_at(database, thread), told_in=HOME)
    )
    await workspace.until(lambda: told(workspace, carol))
    hold.set()
    await at_rest(workspace, bot)
    (sentence,) = told(workspace, carol)
    assert "Sorry, only the person who" in sentence
    assert thread.texts()[-1] == "The beginning and the end."
    assert fetch(database, "SELECT text FROM messages WHERE role = 'user' AND text LIKE '%swordfish%'")
    outcome = "stop" if name == parsing.STOP else "clear"
    assert [row[:3] for row in audit_rows(database)] == [(carol.id, outcome, "refused")]


async def test_a_channel_is_muted_and_unmuted(
    engine: Engine,
    bot: SessionManager,
    thread: Thread,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    database: Path,
) -> None:
    channel = slack_place(thread.channel, "")

    async def press(name: str, person: PersonClient) -> str:
        await bot.requests.enqueue(Command(channel, uuid4().hex, person.id, name, told_in=HOME))
        await at_rest(workspace, bot)
        return told(workspace, person)[-1]

    assert await press(parsing.MUTE, bob) == "Sorry, only admins can do that."
    assert (await press(parsing.MUTE, alice)).startswith(f"Done: I have muted <#{thread.channel}>.")
    overview = await seen(engine, alice)
    assert overview is not None
    assert overview.muted == (channel,)
    await thread.say("and now?")
    await await_ephemeral(workspace, bob, NOT_HERE)
    assert await press(parsing.UNMUTE, alice) == f"Done: I answer in <#{thread.channel}> again."
    await thread.say("and now?")
    await thread.answers(2)
    told_of = [row[:5] for row in audit_rows(database)]
    assert told_of == [
        (bob.id, "mute", "refused", thread.channel, ""),
        (alice.id, "mute", "done", thread.channel, ""),
        (alice.id, "unmute", "done", thread.channel, ""),
    ]
