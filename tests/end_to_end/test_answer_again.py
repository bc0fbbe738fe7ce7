"""`answer again`: a sign where the answer is out of sight, and a word while there is none yet."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.model_server import ModelServer, breaks_off_after, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]
pytestmark = pytest.mark.usefixtures("bot")


async def test_an_answer_in_sight_needs_no_sign(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, settled: Settled
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await settled()
    model.will(says("Better."))
    await thread.say("answer again")
    await thread.answers(1, containing="Better.")
    assert ephemerals(workspace, alice) == []


async def test_an_answer_far_above_is_linked_to(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, bob: PersonClient, settled: Settled
) -> None:
    thread = await start("@ChatHakase hello")
    (answer,) = [await thread.answers(1)]
    await thread.say("help")
    await thread.answers(2)
    await settled()
    ref = thread.replies()[0].ts
    model.will(says("Better."))
    await thread.say("answer again")
    assert f"p{ref.replace('.', '')}" in await await_ephemeral(workspace, alice, "rewriting")
    await workspace.until(lambda: thread.texts()[0] == "Better.")
    assert answer != ["Better."]
    await settled()
    await thread.say("answer again", bob)
    await await_ephemeral(workspace, bob, "only the person who asked")


async def test_while_an_answer_grows_that_is_said(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, settled: Settled
) -> None:
    hold = asyncio.Event()
    model.will(says("Once upon", " a time", hold=hold))
    thread = await start("@ChatHakase tell me a story")
    await thread.answers(1, containing="Once upon")
    await thread.say("answer again")
    await await_ephemeral(workspace, alice, "still writing an answer")
    hold.set()
    await thread.answers(1, containing="a time")
    await thread.say("answer again")
    await thread.answers(1, containing="I heard")
    assert len(model.requests) == 2


@pytest.mark.parametrize("words", ["summarise", "what do you remember", "export session"])
async def test_what_grows_is_not_given_back_and_that_is_said(
    words: str, start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient
) -> None:
    hold = asyncio.Event()
    model.will(says("Once upon", " a time", hold=hold), says("A story is told."))
    thread = await start("@ChatHakase tell me a story")
    await thread.answers(1, containing="Once upon")
    await thread.say(words)

    def told() -> bool:
        return any("not included" in text for text in (*ephemerals(workspace, alice), *thread.texts()))

    await workspace.until(told)
    hold.set()


async def test_session_info_tells_of_an_answer_that_grows(start: Start, model: ModelServer) -> None:
    hold = asyncio.Event()
    model.will(says("Once upon", " a time", hold=hold))
    thread = await start("@ChatHakase tell me a story")
    await thread.answers(1, containing="Once upon")
    await thread.say("session info")
    await thread.answers(2, containing="Right now: I am writing an answer")
    hold.set()


async def test_a_button_far_above_says_that_it_waits_for_another_answer(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, settled: Settled
) -> None:
    hold = asyncio.Event()
    model.will(breaks_off_after("Half an"))
    thread = await start("@ChatHakase hello")
    await thread.answers(1, containing="⚠️")
    await settled()
    model.will(says("Once upon", " a time", hold=hold), says("A whole answer."))
    await thread.say("tell me a story")
    await thread.answers(2, containing="Once upon")
    await alice.press(thread.channel, thread.replies()[0].ts, "chathakase_retry")
    await await_ephemeral(workspace, alice, "as soon as I have finished the answer")
    hold.set()
    await workspace.until(lambda: thread.texts()[0] == "A whole answer.")
