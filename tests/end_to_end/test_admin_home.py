"""The part of App Home that only admins see, used as they use it in Slack."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.core.access_rule import NOT_HERE
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.home.home_actions import HomeAction, SessionDeed
from tests.end_to_end.at_home import home, shows
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.end_to_end.test_from_an_overview import fetch
from tests.model_server import ModelServer, says
from tests.slack.home.viewing import choose, elements, pick, told

Start = Callable[..., Awaitable[Thread]]


async def do(workspace: Workspace, person: PersonClient, deed: SessionDeed) -> None:
    """Have an admin do something with the only session that there is."""
    view = await home(workspace, person)
    ((_, menu),) = elements(view, HomeAction.SESSION)
    (value,) = (each["value"] for each in menu["options"] if each["value"].startswith(deed))
    await pick(person, view, HomeAction.SESSION, value)


@pytest.fixture
async def thread(start: Start, workspace: Workspace, bot: SessionManager, bob: PersonClient) -> Thread:
    """A conversation of Bob's in his direct message."""
    thread = await start("swordfish", channel="@", person=bob)
    await thread.answers(1)
    await at_rest(workspace, bot)
    return thread


async def test_admins_see_all_sessions_and_what_was_used_without_a_word(
    thread: Thread, workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    view = await home(workspace, alice)
    for text in ("For admins", "1 conversation", f"<@{bob.id}>", "2 messages", "1 person", "What everybody used"):
        assert text in told(view)
    assert "swordfish" not in str(view.body), "nobody's words are in it"
    assert "For admins" not in told(await home(workspace, bob))


async def test_an_answer_is_stopped(
    workspace: Workspace, bot: SessionManager, start: Start, model: ModelServer, alice: PersonClient, bob: PersonClient
) -> None:
    model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    thread = await start("swordfish", channel="@", person=bob)
    await thread.answers(1, containing="beginning")
    await do(workspace, alice, SessionDeed.STOP)
    view = await shows(workspace, alice, "I stopped writing this answer.")
    await at_rest(workspace, bot)
    assert "and the end" not in thread.texts()[0]
    assert "swordfish" not in str(view.body)


async def test_a_session_is_cleared(
    thread: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    await do(workspace, alice, SessionDeed.CLEAR)
    await shows(workspace, alice, "Done: I have forgotten 2 messages of that thread.")
    await at_rest(workspace, bot)
    assert fetch(database, "SELECT text FROM messages WHERE text <> ''") == []
    assert [row[:3] for row in audit_rows(database)] == [(alice.id, "clear", "done")]
    assert len(thread.texts()) == 1, "nothing is said of it in the thread"


async def test_a_channel_is_muted_and_unmuted(
    workspace: Workspace, bot: SessionManager, start: Start, alice: PersonClient, bob: PersonClient, general: str
) -> None:
    view = await home(workspace, alice)
    await choose(alice, view, HomeAction.MUTE, selected_conversation=general)
    view = await shows(workspace, alice, "Done: I have muted")
    assert len(elements(view, HomeAction.UNMUTE)) == 1
    await bob.say("@ChatHakase hello", channel=general)
    await await_ephemeral(workspace, bob, NOT_HERE)
    await pick(alice, view, HomeAction.UNMUTE, general)
    view = await shows(workspace, alice, "Done: I answer in")
    assert elements(view, HomeAction.UNMUTE) == []
    await (await start("@ChatHakase hello", person=bob)).answers(1)
