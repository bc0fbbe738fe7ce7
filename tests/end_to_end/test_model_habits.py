"""What models and their servers do besides answering reaches nobody: thoughts, copied stamps, empty streams."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import Answer, Json, ModelServer, begin, chunk, is_silent, says

Start = Callable[..., Awaitable[Thread]]

STAMP = "[alice, 2026-11-30 07:45 UTC]"
THOUGHT = "The user greets me, so I greet back. "


def thinks(*thoughts: str, seen: asyncio.Event, ended: asyncio.Event) -> Answer:
    """Think without a mark at the beginning; go on to the thought's end, and to the answer, once a test says so."""

    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        for thought in thoughts:
            await response.write(chunk({"content": thought}))
        await seen.wait()
        await response.write(chunk({"content": "\n</think>\n\n"}))
        await ended.wait()
        await response.write(chunk({"content": "Hello!"}) + chunk({}, finish="stop") + b"data: [DONE]\n\n")
        return response

    return answer


def streams_nothing() -> Answer:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        return response

    return answer


@pytest.mark.parametrize(("streaming", "channel"), [("update", None), ("native", "@")])
@pytest.mark.parametrize("length", [1, 250], ids=["short", "of several pages"])
async def test_what_was_shown_of_thoughts_is_taken_back(
    streaming: str,
    channel: str | None,
    length: int,
    open_the_bot: OpenBot,
    start: Start,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.slack.web.rate_limiter.LIVELY", 0.05)
    seen, ended = asyncio.Event(), asyncio.Event()
    model.will(thinks(*["The user greets me.\n\n"], *[THOUGHT] * length, seen=seen, ended=ended))
    async with open_the_bot(chathakase_streaming=streaming):
        thread = await start("@ChatHakase hello" if channel is None else "hello", channel=channel)
        await thread.answers(None, containing="greet", within=30)
        if length > 1:
            await thread.workspace.until(lambda: len(thread.texts()) > 2, 30)
        seen.set()
        await thread.workspace.until(lambda: len(thread.texts()) == 1 and "greet" not in thread.texts()[0], 30)
        ended.set()
        assert await thread.answers(1, containing="Hello!", within=30) == ["Hello!"]
        await thread.say("and now?")
        await thread.answers(2, containing="and now?", within=30)
    assert "greet" not in model.said()
    assert model.requests[-1]["messages"][2]["content"] == "Hello!"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "pieces",
    [
        (f"{STAMP} Hello!",),
        (*f"{STAMP}\n[bob, 2026-11-30 07:46] ", "Hello!"),
        (f"<think>Hm.</think>{STAMP} Hello!",),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>", "Hello!"),
        tuple("<thinking>Hm.</thinking>\nHello!"),
    ],
    ids=["a stamp", "stamps letter by letter", "a stamp behind a thought", "channels", "a thought letter by letter"],
)
async def test_nobody_reads_what_is_no_part_of_an_answer(
    pieces: tuple[str, ...], start: Start, model: ModelServer
) -> None:
    model.will(says(*pieces))
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1, containing="Hello!") == ["Hello!"]
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")
    assert model.requests[-1]["messages"][2]["content"] == "Hello!"


@pytest.mark.usefixtures("bot")
async def test_other_brackets_and_words_about_tags_are_read(start: Start, model: ModelServer) -> None:
    text = "[1] Models end their thoughts with `</think>`, others with [/THINK], says [alice]."
    model.will(says(*text))
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1, containing="[alice].") == [text]


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("A Warm Greeting", "eos_token"),
        (f"{STAMP} A Warm Greeting", "stop"),
        ("A title it wants.\n</think>\n\nA Warm Greeting", "STOP"),
    ],
    ids=["another reason", "a stamp", "a thought"],
)
async def test_titles_are_read_in_the_same_way(
    said: str, finish: str, open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    model.on("cheap", says(said, finish=finish))
    async with open_the_bot(chathakase_background_model="cheap") as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks and not bot.scheduler._background._tasks)
        await thread.say("session info")
        assert "A Warm Greeting" in (await thread.answers(2))[-1]


@pytest.mark.usefixtures("bot")
async def test_a_server_that_streams_nothing_is_asked_in_another_way_and_then_for_less(
    start: Start, model: ModelServer
) -> None:
    model.will(says("Once."))
    thread = await start("@ChatHakase " + "words " * 500)
    await thread.answers(1)
    model.will(streams_nothing(), streams_nothing(), says("There it is."))
    await thread.say("more " * 500)
    await thread.answers(2, containing="There it is.")
    assert [body["stream"] for body in model.bodies] == [True, True, False, True]
    first, second, third = (len(json.dumps(body["messages"])) for body in model.bodies[1:])
    assert first == second > third


@pytest.mark.parametrize(("seconds", "patient"), [(0.3, False), (20, True)])
async def test_how_long_a_model_may_take_to_begin_can_be_set(
    seconds: float,
    patient: bool,
    open_the_bot: OpenBot,
    start: Start,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.models.openai.SILENCE", 0.2)
    begun = asyncio.Event()
    model.will(says("There it is.", wait=begun) if patient else is_silent())
    async with open_the_bot(chathakase_first_token_timeout=seconds):
        thread = await start("@ChatHakase hello")
        asyncio.get_running_loop().call_later(0.6, begun.set)
        await thread.answers(1, containing="There it is." if patient else "did not answer in time")
