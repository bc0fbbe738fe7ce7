"""What people change, delete and have forgotten while something of it is under way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

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
