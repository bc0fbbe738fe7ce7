"""Commands at the top level of a direct message: they open nothing, and are about the newest thread there."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose, ephemerals
from tests.model_server import ModelServer, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


@pytest.fixture
async def kyoto(start: Start, settled: Settled) -> Thread:
    """A conversation in the direct message, below an older one."""
    older = await start("What is a haiku?", channel="@")
    await older.answers(1)
    thread = await start("A trip to Kyoto", channel="@")
    await thread.answers(1)
    await settled()
    return thread


def link(thread: Thread) -> str:
    return f"/archives/{thread.channel}/p{thread.ts.replace('.', '')}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("session info", "Messages: 2"),
        ("compact", "nothing to compact"),
        ("rename session Autumn", "Autumn"),
        ("summarise", "A summary."),
    ],
)
async def test_what_everybody_may_read_names_the_thread(
    words: str, told: str, kyoto: Thread, start: Start, model: ModelServer
) -> None:
    model.will(says("A summary."))
    command = await start(words, channel="@")
    (answer,) = await command.answers(1, containing=told)
    assert "[A trip to Kyoto](" in answer
    assert link(kyoto) in answer
    assert len(kyoto.replies()) == 1


async def test_what_is_remembered_is_that_of_the_newest_thread(
    kyoto: Thread, start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    await start("what do you remember", channel="@")
    told = await await_ephemeral(workspace, alice, "What I would send")
    assert link(kyoto) in told
    assert "A trip to Kyoto" in told.split("\n", 1)[1]
    assert "haiku" not in told


async def test_the_newest_thread_is_the_one_in_which_somebody_wrote_last(
    start: Start, kyoto: Thread, alice: PersonClient, settled: Settled
) -> None:
    newer = await start("Something about tea", channel="@")
    await newer.answers(1)
    await kyoto.say("and the hotel?")
    await kyoto.answers(2)
    await settled()
    command = await start("session info", channel="@")
    assert link(kyoto) in (await command.answers(1))[0]


async def test_an_export_is_shared_where_it_was_asked_for(kyoto: Thread, start: Start, workspace: Workspace) -> None:
    command = await start("export session", channel="@")
    await workspace.until(lambda: [m for m in command.replies() if m.files])
    await await_ephemeral(workspace, kyoto.person, "two files")
    found = [workspace.world.files.get(id_) for message in command.replies() for id_ in message.files]
    assert [file.name for file in found if file] == [f"{kyoto.channel}_{kyoto.ts}.{end}" for end in ("md", "json")]
    assert not [message for message in kyoto.replies() if message.files]


async def test_clear_session_asks_and_names_what_is_lost(
    kyoto: Thread, start: Start, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    command = await start("clear session", channel="@")
    asked = await await_ephemeral(workspace, alice, "Forget everything that was said there")
    assert "A trip to Kyoto" in asked
    assert link(kyoto) in asked
    assert command.replies() == []
    await choose(workspace, alice, "Forget")
    (done,) = await command.answers(1, containing="forgotten 2 messages of that thread")
    assert "A trip to Kyoto" in done
    await start("search threads Kyoto", channel="@")
    await await_ephemeral(workspace, alice, "nothing")
    await kyoto.say("what did I say?")
    await kyoto.answers(2, containing="what did I say?")
    assert "trip" not in model.said()


@pytest.mark.parametrize(
    ("words", "question", "done"),
    [
        ("forget my last message", "Forget your last message there?", "your last message there"),
        ("forget my messages here", "Forget all your messages there?", "1 of your messages"),
    ],
)
async def test_what_is_to_be_forgotten_is_asked_about(
    words: str, question: str, done: str, kyoto: Thread, start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    await start(words, channel="@")
    assert link(kyoto) in await await_ephemeral(workspace, alice, question)
    await choose(workspace, alice, "Forget")
    assert "A trip to Kyoto" in await await_ephemeral(workspace, alice, done)


async def test_forget_names_the_thread_above_its_choices(
    kyoto: Thread, start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    await start("forget", channel="@")
    assert link(kyoto) in await await_ephemeral(workspace, alice, "Which of your messages")
    await choose(workspace, alice, "My messages there")
    await await_ephemeral(workspace, alice, "1 of your messages")


async def test_everything_can_be_forgotten_where_there_is_no_conversation(
    start: Start, bot: object, workspace: Workspace, alice: PersonClient, settled: Settled
) -> None:
    thread = await start("@ChatHakase the word is swordfish")
    await thread.answers(1)
    await settled()
    await start("forget everything of mine", channel="@")
    await choose(workspace, alice, "Forget everything")
    await await_ephemeral(workspace, alice, "1 of your messages")


async def test_stop_stops_the_answer_that_is_being_written(
    start: Start, bot: SessionManager, model: ModelServer, workspace: Workspace, alice: PersonClient, settled: Settled
) -> None:
    model.will(says("Once upon", " a time", hold=asyncio.Event()))
    thread = await start("Tell me a story", channel="@")
    await thread.answers(1, containing="Once upon")
    done = await start("What is tea?", channel="@")
    await done.answers(1)
    await workspace.until(lambda: len(bot.scheduler.tasks) == 1)
    await start("stop", channel="@")
    assert link(thread) in await await_ephemeral(workspace, alice, "I stopped")
    await workspace.until(lambda: "Stopped" in thread.texts()[0])
    await settled()
    await start("stop", channel="@")
    await await_ephemeral(workspace, alice, "nothing to stop")


async def test_the_answer_is_written_again_in_its_place(
    kyoto: Thread, start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient
) -> None:
    model.will(says("Another answer"))
    await start("answer again", channel="@")
    await kyoto.answers(1, containing="Another answer")


@pytest.mark.parametrize(
    "words",
    [
        "session info",
        "clear session",
        "archive session",
        "delete session",
        "stop",
        "answer again",
        "export session",
        "summarise",
        "compact",
    ],
)
async def test_where_there_is_no_conversation_that_is_said(
    words: str, start: Start, bot: object, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    await start(words, channel="@")
    await await_ephemeral(workspace, alice, "no conversation here yet")
    assert model.requests == []


@pytest.mark.parametrize(
    "words",
    [
        "help",
        "session info",
        "threads",
        "chats",
        "search threads tea",
        "usage",
        "all usage",
        "all sessions",
        "audit log",
        "mute channel",
        "clear session",
    ],
)
async def test_a_command_opens_no_session(
    words: str, start: Start, open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    async with open_the_bot() as manager:
        command = await start(words, channel="@")
        await workspace.until(lambda: command.replies() or ephemerals(workspace, alice))
        assert await manager.reception._sessions.find(slack_place(command.channel, command.ts)) is None
        await command.say("and now a question")
        await command.answers(None, containing="and now a question")
    assert f"[alice] {words}" not in model.said(), "a command is no part of what is said"


async def test_below_a_command_the_newest_thread_is_meant_as_well(kyoto: Thread, start: Start) -> None:
    command = await start("help", channel="@")
    await command.answers(1)
    await command.say("session info")
    assert link(kyoto) in (await command.answers(2))[-1]


async def test_a_command_is_done_once_however_often_it_comes(
    kyoto: Thread, start: Start, workspace: Workspace, open_the_bot: OpenBot, bot: object
) -> None:
    command = await start("session info", channel="@")
    await command.answers(1)
    newer = await start("Something newer", channel="@")
    await newer.answers(1)
    async with open_the_bot():
        # It looks for what was missed, and finds the command.
        last = await start("help", channel="@")
        await last.answers(1)
        await workspace.until(lambda: not workspace.pending_events)
        await asyncio.sleep(0.2)
    assert len(command.replies()) == 1


async def test_an_edited_command_is_a_question_of_its_own(kyoto: Thread, start: Start, alice: PersonClient) -> None:
    command = await start("session info", channel="@")
    await command.answers(1)
    await alice.edit(command.channel, command.ts, "what is a session?")
    await command.answers(2, containing="what is a session?")
    assert len(kyoto.replies()) == 1
