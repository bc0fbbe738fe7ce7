"""People may talk to each other in a bot's thread: the bot stands back, listens, and answers when it is called."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chathakase.engine.turns.turn_runner import TurnRunner
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.end_to_end.test_retiring import fetch
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]
STAYING_OUT = "staying out"


@pytest.fixture
async def thread(start: Start, bob: PersonClient, bot: object) -> Thread:
    """A thread in which alice and bob both asked the bot something."""
    thread = await start("@ChatHakase plan a trip")
    await thread.answers(1)
    await thread.say("to Kyoto", bob)
    await thread.answers(2, containing="to Kyoto")
    return thread


@pytest.mark.parametrize(
    "text",
    ["Alice, did you book?", "alice: did you book?", "@alice did you book?", "thanks Alice", "did you book, Alice?"],
)
async def test_what_is_said_to_somebody_by_name_is_context(
    text: str, thread: Thread, bob: PersonClient, model: ModelServer
) -> None:
    await thread.say(text, bob)
    await thread.say("yes, for May")
    await thread.say("@ChatHakase when is that?")
    await thread.answers(3, containing="when is that?")
    assert len(model.requests) == 3
    told = model.said()
    assert "for May" in told
    assert text.removeprefix("@alice") in told


@pytest.mark.parametrize("call", ["@ChatHakase and trains?", "ChatHakase, and trains?", "what does chathakase say?"])
async def test_once_it_is_called_it_answers_all_again(call: str, thread: Thread, bob: PersonClient) -> None:
    await thread.say("Alice, did you book?", bob)
    await thread.say("yes")
    await thread.say(call)
    await thread.answers(3)
    await thread.say("and buses?", bob)
    await thread.answers(4, containing="and buses?")


@pytest.mark.parametrize(
    "text",
    ["Alice and I want to know more", "Will it rain?", "is Alice's plan good?", "Carol, did you?", "Alice?"],
)
async def test_what_may_be_for_the_bot_is_answered(text: str, thread: Thread, bob: PersonClient) -> None:
    await thread.say(text, bob)
    await thread.answers(3, containing=text)


async def test_whoever_is_alone_with_the_bot_is_always_answered(start: Start, bot: object, bob: PersonClient) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("@bob look at this")
    await thread.say("Alice, that is me: what do you say?")
    await thread.answers(2, containing="that is me")
    await thread.say("@bob look at this, too")
    await thread.say("I look at it. What else?", bob)
    await thread.answers(3, containing="What else?")


async def test_a_direct_message_is_always_answered(start: Start, bot: object) -> None:
    thread = await start("Alice, did you book?", channel="@")
    await thread.answers(1)
    await thread.say("Bob, did you?")
    await thread.answers(2, containing="Bob, did you?")


@pytest.mark.parametrize("word", ["stop.", "compact", "help", "session info"])
async def test_a_bare_word_between_people_is_no_command(
    word: str, thread: Thread, bob: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    await thread.say("Alice, shall we?", bob)
    await thread.say(word)
    await thread.say("@ChatHakase what did I say?")
    await thread.answers(3, containing="what did I say?")
    assert word in model.said()
    assert not [text for text in ephemerals(workspace, thread.person) if STAYING_OUT not in text]


async def test_an_answer_can_be_stopped_between_people_too(
    thread: Thread, bob: PersonClient, model: ModelServer
) -> None:
    model.will(says("Once upon", " a time", hold=asyncio.Event()))
    await thread.say("@ChatHakase tell me a story")
    await thread.answers(3, containing="Once upon")
    await thread.say("Alice, look at that", bob)
    await thread.say("stop")
    await thread.answers(3, containing="Stopped")


async def test_a_command_with_the_bots_name_is_one_between_people_too(thread: Thread, bob: PersonClient) -> None:
    await thread.say("Alice, shall we?", bob)
    await thread.say("ChatHakase, session info")
    await thread.answers(3, containing="Messages:")


ASIDE = "@carol can you look at this?"
"""What bob says to somebody who has written nothing there, so that it is answered by nobody."""


@pytest.mark.parametrize("word", ["stop", "Help!", "memory", "compact", "forget", "summarise", "doctor"])
async def test_a_single_word_behind_what_somebody_else_said_is_talk(
    word: str, thread: Thread, bob: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    await thread.say(ASIDE, bob)
    await thread.say(word)
    await await_ephemeral(workspace, thread.person, STAYING_OUT)
    await thread.say("and what did I say?")
    await thread.answers(3, containing="what did I say?")
    assert f"[alice] {word}" in model.said()
    assert len(ephemerals(workspace, thread.person)) == 1


@pytest.mark.parametrize("word", ["session info", "@ChatHakase help", "ChatHakase, help"])
async def test_other_commands_behind_it_are_commands(word: str, thread: Thread, bob: PersonClient) -> None:
    await thread.say(ASIDE, bob)
    await thread.say(word)
    await thread.answers(3, containing="session" if "help" in word else "Messages:")


async def test_a_single_word_behind_an_answer_or_ones_own_message_is_a_command(
    thread: Thread, bob: PersonClient
) -> None:
    await thread.say("help", bob)
    await thread.answers(3, containing="session info")
    await thread.say(ASIDE, bob)
    await thread.say("help", bob)
    await thread.answers(4, containing="session info")


async def test_a_single_word_behind_an_answer_that_is_not_saved_yet_is_a_command(
    thread: Thread, bob: PersonClient, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settled()
    saving = asyncio.Event()
    save = TurnRunner._save

    async def save_later(*args: Any) -> None:
        await saving.wait()
        await save(*args)

    monkeypatch.setattr(TurnRunner, "_save", save_later)
    await thread.say("and trains?")
    await thread.answers(3, containing="trains")
    await thread.say("help", bob)
    await thread.answers(4, containing="session info")
    saving.set()


async def test_whoever_is_being_answered_can_say_stop_behind_somebody_else(
    thread: Thread, bob: PersonClient, model: ModelServer
) -> None:
    model.will(says("Once upon", " a time", hold=asyncio.Event()))
    await thread.say("tell me a story")
    await thread.answers(3, containing="Once upon")
    await thread.say(ASIDE, bob)
    await thread.say("stop")
    await thread.answers(3, containing="Stopped")


async def test_an_answer_that_grows_stands_behind_what_it_answers(
    thread: Thread, bob: PersonClient, model: ModelServer, workspace: Workspace, database: Path
) -> None:
    hold = asyncio.Event()
    model.will(says("Once upon", " a time", hold=hold))
    await thread.say("tell me a story")
    await thread.answers(3, containing="Once upon")
    # People see its first words a moment before Slack has told the bot that they are there.
    await workspace.until(lambda: fetch(database, "SELECT 1 FROM sessions WHERE reply_refs <> '[]'"))
    await thread.say("stop", bob)
    await await_ephemeral(workspace, bob, "only the person who asked")
    hold.set()
    await thread.answers(3, containing="a time")


async def test_people_are_told_once_that_the_bot_stands_back(
    thread: Thread, bob: PersonClient, workspace: Workspace, start: Start
) -> None:
    await thread.say("Alice, did you book?", bob)
    await thread.say("yes, for May")
    await await_ephemeral(workspace, thread.person, STAYING_OUT)
    await thread.say("and the hotel, too")
    await thread.say("good", bob)
    await await_ephemeral(workspace, bob, STAYING_OUT)
    for person in (thread.person, bob):
        assert len([text for text in ephemerals(workspace, person) if STAYING_OUT in text]) == 1


async def test_an_edit_keeps_to_the_same_rule(thread: Thread, bob: PersonClient, model: ModelServer) -> None:
    await thread.say("Alice, did you book?", bob)
    said = await thread.say("which train?")
    await thread.say("the early one", bob)
    await bob.edit(thread.channel, await thread.say("Alice, good", bob), "Alice, very good")
    await thread.person.edit(thread.channel, said, "which train is it?")
    await thread.person.edit(thread.channel, said, "ChatHakase, which train is it?")
    await thread.answers(3, containing="which train is it?")
    assert len(model.requests) == 3


async def test_what_a_deleted_message_said_to_somebody_no_longer_counts(thread: Thread, bob: PersonClient) -> None:
    said = await thread.say("Alice, did you book?", bob)
    await bob.delete(thread.channel, said)
    await thread.say("and buses?")
    await thread.answers(3, containing="and buses?")


@pytest.mark.parametrize("lookup", [0.0, 0.3])
async def test_it_stands_back_after_a_restart_and_of_what_it_missed(
    lookup: float, start: Start, open_the_bot: OpenBot, bob: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    """Though Slack takes ``lookup`` seconds to tell who somebody is, and others are known at once."""
    async with open_the_bot():
        thread = await start("@ChatHakase plan a trip")
        await thread.answers(1)
        await thread.say("to Kyoto", bob)
        await thread.answers(2)
    await thread.say("Alice, did you book?", bob)
    await thread.say("yes, for May")
    workspace.faults.delay("users.info", lookup)
    async with open_the_bot():
        await thread.say("good", bob)
        await thread.say("@ChatHakase when?")
        await thread.answers(3, containing="when?")
    assert len(model.requests) == 3
    assert "for May" in model.said()


async def test_a_question_too_many_is_told_of_only_if_it_is_one(
    start: Start, open_the_bot: OpenBot, bob: PersonClient, workspace: Workspace
) -> None:
    async with open_the_bot(chathakase_person_rate=1):
        thread = await start("@ChatHakase plan a trip")
        await thread.answers(1)
        await thread.say("to Kyoto", bob)
        await thread.answers(2)
        await thread.say("Alice, did you book?", bob)
        await thread.say("yes, for May")
        await await_ephemeral(workspace, thread.person, STAYING_OUT)
        assert ephemerals(workspace, bob) == []


async def test_in_a_team_that_wants_so_only_a_mention_is_answered(
    start: Start, open_the_bot: OpenBot, bob: PersonClient, model: ModelServer
) -> None:
    async with open_the_bot(chathakase_follow_ups="mention"):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await thread.say("and now?")
        await thread.say("help")
        await thread.say("ChatHakase, you too", bob)
        await thread.say("@ChatHakase and then?")
        await thread.answers(2, containing="and then?")
        assert "and now?" in model.said()
        direct = await start("hello", channel="@")
        await direct.answers(1)
        await direct.say("and now?")
        await direct.answers(2, containing="and now?")
    assert len(model.requests) == 4


async def test_two_processes_stand_back_alike(
    start: Start, open_the_bot: OpenBot, bob: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    async with open_the_bot(), open_the_bot():
        thread = await start("@ChatHakase plan a trip")
        await thread.answers(1)
        await thread.say("to Kyoto", bob)
        await thread.answers(2)
        await thread.say("Alice, did you book?", bob)
        await workspace.until(lambda: not workspace.pending_events)
        for number in range(6):
            await thread.say(f"yes {number}")
        await thread.say("@ChatHakase when?")
        await thread.answers(3, containing="when?")
        assert len(model.requests) == 3
        await await_ephemeral(workspace, thread.person, STAYING_OUT)
    assert len([text for text in ephemerals(workspace, thread.person) if STAYING_OUT in text]) == 1
