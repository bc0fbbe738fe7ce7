"""What people change, delete and have forgotten while something of it is under way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.context import thread_backfill
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


@pytest.mark.usefixtures("bot")
async def test_a_question_that_is_deleted_is_not_answered_because_another_waits(
    start: Start, model: ModelServer, settled: Settled
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await settled()
    model.will(says("Kyoto is ", "old.", hold=asyncio.Event()), says("Osaka is large."))
    question = await thread.say("tell me of Kyoto")
    await thread.answers(2, containing="Kyoto is")
    await thread.say("tell me of Osaka")
    await thread.person.delete(thread.channel, question)
    await thread.answers(3, containing="Osaka is large.")
    await settled()
    assert "forgotten" in thread.texts()[1]
    assert len(model.requests) == 3
    assert model.said().endswith("[alice] tell me of Osaka")


@pytest.mark.usefixtures("bot")
async def test_what_is_forgotten_is_in_no_answer_that_is_under_way(
    start: Start, model: ModelServer, settled: Settled, bob: PersonClient
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await settled()
    begin = asyncio.Event()
    model.will(says("One.", wait=begin), says("The word ", "is swordfish.", hold=asyncio.Event()), says("No word."))
    await thread.say("wait")
    await thread.workspace.until(lambda: model.under_way)
    await thread.say("the word is swordfish")
    await thread.say("what is the word?", bob)
    begin.set()
    await thread.answers(3, containing="The word")
    await thread.say("forget my last message")
    await thread.answers(3, containing="No word.")
    await settled()
    assert "swordfish" not in model.said()
    assert "what is the word?" in model.said()


@pytest.mark.usefixtures("bot")
async def test_no_second_answer_waits_for_what_is_above_and_cannot_be_had(
    workspace: Workspace,
    alice: PersonClient,
    general: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(thread_backfill, "WITHIN", 0.2)
    monkeypatch.setattr(thread_backfill, "LONG", 0.1)
    workspace.faults.rate_limit("conversations.replies", retry_after=60)
    thread = Thread(workspace, alice, general, await alice.say("The word is swordfish", channel=general))
    await thread.say("@ChatHakase what is the word?")
    await thread.answers(1)
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")
    assert sum("timed out" in each.message for each in caplog.records) == 1
