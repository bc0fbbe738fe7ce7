"""A model that does not stop: the thread gets what there is, a word about it, and the place is free again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from chathakase.models import bounds, openai
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.test_again import press
from tests.model_server import Answer, Json, ModelServer, begin, chunk, replies, says

Start = Callable[..., Awaitable[Thread]]

STOPPED_HERE = "far more than I asked for, so"
NO_ANSWER = "far more data than I asked for, but no answer"
WORDS = "word " * 1_000


@pytest.fixture(autouse=True)
def short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LEAST", 499)
    monkeypatch.setattr(bounds, "BY_TOKEN", 0)
    monkeypatch.setattr(bounds, "ROUND", 1_000)
    monkeypatch.setattr(openai, "SILENCE", 1.0)


def sends_forever(piece: bytes, *, pause: float = 0.0) -> Answer:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        while True:
            await response.write(piece)
            await asyncio.sleep(pause)

    return answer


@pytest.mark.parametrize(
    ("answer", "kept", "sentence"),
    [
        (sends_forever(chunk({"content": "word "})), 499, STOPPED_HERE),
        (says(WORDS), 499, STOPPED_HERE),
        (replies(200, {"choices": [{"message": {"content": WORDS}, "finish_reason": "stop"}]}), 499, STOPPED_HERE),
        (sends_forever(chunk({"reasoning_content": "hm"})), 0, NO_ANSWER),
        (sends_forever(b": " + b"x" * 10_000), 0, NO_ANSWER),
        (sends_forever(b": ping\n\n", pause=0.02), 0, "did not answer in time"),
    ],
    ids=["endless", "one piece", "not streamed", "endless thoughts", "an endless line", "comments"],
)
async def test_a_turn_ends_whatever_the_model_does(
    answer: Answer,
    kept: int,
    sentence: str,
    open_the_bot: OpenBot,
    start: Start,
    model: ModelServer,
    workspace: Workspace,
    alice: PersonClient,
) -> None:
    model.will(answer)
    async with open_the_bot(chathakase_concurrency=1, chathakase_first_token_timeout=1):
        thread = await start("@ChatHakase the question")
        (told,) = await thread.answers(1, containing=sentence)
        assert told.startswith(f"{WORDS[:kept]}\n\n⚠️ " if kept else "⚠️ ")
        await workspace.until(lambda: not model.under_way)
        # The one place that there is, is free, and what came before is remembered.
        await thread.say("and now?")
        await thread.answers(2, containing="and now?")
        assert [each["content"] for each in model.requests[-1]["messages"] if each["role"] == "assistant"] == (
            [WORDS[:kept]] if kept else []
        )
        await press(thread, alice, "retry")
        await thread.answers(2, containing="I heard:")
