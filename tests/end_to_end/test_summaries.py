"""Who writes summaries is asked for no more than it can read, and not again and again while it fails."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.token_estimate import Estimator
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]


async def grow(thread: Thread, bot: SessionManager, words: str, *, turns: int) -> None:
    for number in range(turns):
        await thread.say(f"part {number} {words}")
        await thread.answers(number + 2, containing=f"part {number}")
        await thread.workspace.until(lambda: not bot.scheduler.tasks and not bot.scheduler._background._tasks)


def asked(model: ModelServer, name: str) -> list[str]:
    """What a model was asked to sum up."""
    return [str(body["messages"]) for body in model.bodies if body["model"] == name and "minutes" in str(body)]


async def test_a_smaller_model_is_asked_for_no_more_than_it_can_read(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    model.on("small", says("The minutes."))
    settings = {
        "chathakase_background_model": "small",
        "chathakase_models": "scripted=100000, small=2000",
        "chathakase_max_messages": 8,
    }
    async with open_the_bot(**settings) as bot:
        thread = await start("@ChatHakase first")
        await thread.answers(1)
        await grow(thread, bot, "word " * 700, turns=5)
    counted = [Estimator().count(text) for text in asked(model, "small")]
    assert counted
    assert max(counted) < 1_500


async def test_summaries_that_fail_are_not_paid_for_after_every_turn(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    model.on("cheap", says("A summary without an end", finish="length"))
    async with open_the_bot(chathakase_background_model="cheap", chathakase_max_messages=4) as bot:
        thread = await start("@ChatHakase first")
        await thread.answers(1)
        await grow(thread, bot, "", turns=6)
    assert len(asked(model, "cheap")) == 1


async def test_a_summary_for_people_says_what_it_does_not_tell(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    async with open_the_bot(chathakase_models="scripted=1500", chathakase_max_tokens=300) as bot:
        thread = await start("@ChatHakase first")
        await thread.answers(1)
        await grow(thread, bot, "word " * 300, turns=5)
        model.will(says("Words were said."))
        await thread.say("summarise")
        await thread.answers(7, containing="Words were said.")
    assert "older messages could not be included" in thread.texts()[-1]


async def test_files_fill_a_window_as_words_do(
    open_the_bot: OpenBot, start: Start, model: ModelServer, alice: PersonClient
) -> None:
    model.on("cheap", says("The minutes."))
    settings = {
        "chathakase_background_model": "cheap",
        "chathakase_models": "scripted=8000",
        "chathakase_max_messages": 100,
    }
    async with open_the_bot(**settings) as bot:
        thread = await start("@ChatHakase first")
        await thread.answers(1)
        for number in range(6):
            model.will(says(f"Seen {number}."))
            content = f"line of file {number}\n".encode() * 250
            await alice.share(f"{number}.txt", content, channel=thread.channel, thread_ts=thread.ts, typed="see")
            await thread.answers(number + 2, containing=f"Seen {number}.")
            await thread.workspace.until(lambda: not bot.scheduler.tasks and not bot.scheduler._background._tasks)
    first = asked(model, "cheap")[0]
    assert "line of file 0" in first
    answered = [str(body["messages"][1:]) for body in model.bodies if body["model"] == "scripted"]
    assert "<left_out" not in answered[-1]
    assert "The minutes." in answered[-1]


async def test_what_a_summary_for_people_cost_is_counted_and_the_summary_not_kept(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase first")
        await thread.answers(1)
        await thread.workspace.until(lambda: not bot.scheduler.tasks and not bot.scheduler._background._tasks)
        model.will(says("Words were said.", usage={"prompt_tokens": 1000, "completion_tokens": 200}))
        await thread.say("summarise")
        await thread.answers(2, containing="Words were said.")
        await thread.say("session info")
        answer = (await thread.answers(3, containing="Used so far"))[-1]
    assert "1,011 tokens read and 207 written" in answer
    assert "all messages" in answer


@pytest.mark.usefixtures("bot")
async def test_a_summary_that_is_refused_as_too_long_is_asked_for_of_less(start: Start, model: ModelServer) -> None:
    thread = await start("@ChatHakase the first word is aardvark")
    await thread.answers(1)
    for number in range(4):
        await thread.say(f"part {number} " + "word " * 300)
        await thread.answers(number + 2, containing=f"part {number}")
    told = len(model.bodies)
    model.will(fails(400, "context_length_exceeded"))
    model.will(says("Words were said."))
    await thread.say("summarise")
    await thread.answers(6, containing="Words were said.")
    first, second = (len(str(body["messages"])) for body in model.bodies[told:])
    assert second < first


@pytest.mark.usefixtures("bot")
async def test_what_is_above_is_summed_up_though_nobody_asked_anything(
    workspace: Workspace, alice: PersonClient, bob: PersonClient, model: ModelServer, general: str
) -> None:
    thread = Thread(workspace, bob, general, await alice.say("The word is swordfish", channel=general))
    model.will(says("It is about a fish."))
    await thread.say("@ChatHakase summarise")
    await thread.answers(1, containing="It is about a fish.")
    assert "swordfish" in model.said()


@pytest.mark.usefixtures("bot")
async def test_what_is_above_is_remembered_though_nobody_asked_anything(
    workspace: Workspace, alice: PersonClient, general: str
) -> None:
    thread = Thread(workspace, alice, general, await alice.say("The word is swordfish", channel=general))
    await thread.say("@ChatHakase what do you remember")
    await await_ephemeral(workspace, alice, "swordfish")
