"""Whatever the model does, the thread gets one clear sentence and the question is not forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chathakase.models import openai
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import (
    Answer,
    ModelServer,
    breaks_off_after,
    fails,
    fails_in_html,
    is_silent,
    replies,
    reports_an_error_after,
    says,
)

Start = Callable[..., Awaitable[Thread]]


@pytest.fixture
def short_timeouts(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for a model that is silent, lest a busy machine be taken for one."""
    monkeypatch.setattr(openai, "SILENCE", 2.0)
    settings["chathakase_first_token_timeout"] = 2.0


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([fails(401)], "did not accept my key"),
        ([fails(403)], "not allowed to use this model"),
        ([fails(404, "model_not_found")], "check `CHATHAKASE_MODEL`"),
        ([fails(400, "context_length_exceeded")] * 3, "too long for the model"),
        ([fails(400, "content_filter")], "content filter"),
        ([fails(400)], "did not understand my request"),
        ([fails(429)] * 3, "overloaded right now"),
        ([fails(429, "insufficient_quota")] * 3, "credit is used up"),
        ([fails(500)] * 3, "having problems (HTTP 500)"),
        ([fails_in_html(502)] * 3, "having problems (HTTP 502)"),
        ([breaks_off_after()] * 6, "cannot reach the model"),
        ([says(finish=None)] * 6, "empty answer"),
        ([replies(200, {"choices": []})] * 6, "empty answer"),
        ([reports_an_error_after()], "reported an error"),
        ([says(finish="stop")], "empty answer"),
        ([says("  \n", finish="stop")], "empty answer"),
        ([says(finish="length")], "CHATHAKASE_MAX_TOKENS"),
        ([says(finish="content_filter")], "content filter"),
        ([says(finish="network_error")], "had a problem"),
        ([says(finish="tool_calls")], "wanted to use a tool"),
        ([says(finish="brand_new")], "ended without an answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_failure_is_told_in_one_sentence(
    answers: list[Answer], sentence: str, start: Start, model: ModelServer
) -> None:
    await is_told_in_one_sentence(answers, sentence, start, model)


@pytest.mark.usefixtures("short_timeouts", "bot")
async def test_silence_is_told_in_one_sentence(start: Start, model: ModelServer) -> None:
    await is_told_in_one_sentence([is_silent()], "did not answer in time", start, model)


async def is_told_in_one_sentence(answers: list[Answer], sentence: str, start: Start, model: ModelServer) -> None:
    model.will(*answers)
    thread = await start("@ChatHakase the question")
    (told,) = await thread.answers(1, containing=sentence)
    assert told.startswith("⚠️ ")
    assert "\n" not in told
    await thread.say("again?")
    await thread.answers(2, containing="again?")
    assert model.requests[-1]["messages"][1:] == [{"role": "user", "content": "[alice] the question\n\n[alice] again?"}]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (breaks_off_after("Half an", " answer"), "lost the connection to the model here"),
        (reports_an_error_after("Half an", " answer"), "reported an error"),
        (says("Half an", " answer", finish=None), "lost the connection to the model here"),
        (says("Half an", " answer", finish="length"), "length limit"),
        (says("Half an", " answer", finish="content_filter"), "content filter"),
        (says("Half an", " answer", finish="SAFETY"), "content filter"),
        (says("Half an", " answer", finish="MAX_TOKENS"), "length limit"),
        (says("Half an", " answer", finish="insufficient_system_resource"), "a problem on its side"),
        (says("Half an", " answer", finish="tool_calls"), "wanted to use a tool here"),
        (says("Half an", " answer", finish="brand_new"), "may be incomplete"),
    ],
    ids=[
        *("cut connection", "error in mid-stream", "no finish reason", "length", "content filter", "safety"),
        *("tokens", "no resources", "a tool", "an unknown reason"),
    ],
)
async def test_what_came_before_a_failure_stays(
    answer: Answer, sentence: str, start: Start, model: ModelServer
) -> None:
    await stays(answer, sentence, start, model)


@pytest.mark.usefixtures("short_timeouts", "bot")
async def test_what_came_before_a_silence_stays(start: Start, model: ModelServer) -> None:
    await stays(says("Half an answer", "", hold=asyncio.Event()), "stopped responding here", start, model)


async def stays(answer: Answer, sentence: str, start: Start, model: ModelServer) -> None:
    model.will(answer)
    thread = await start("@ChatHakase the question")
    (text,) = await thread.answers(1, containing=sentence)
    half, notice = text.split("\n\n")
    assert half == "Half an answer"
    assert notice.startswith("⚠️ ")
    await thread.say("go on")
    await thread.answers(2, containing="go on")
    assert model.requests[-1]["messages"][2] == {"role": "assistant", "content": "Half an answer"}


@pytest.mark.usefixtures("bot")
async def test_a_passing_failure_is_not_seen(start: Start, model: ModelServer) -> None:
    model.will(fails(503), fails(429))
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1) == ["I heard: [alice] hello"]


@pytest.mark.usefixtures("bot")
async def test_an_option_that_the_server_refuses_is_left_out(start: Start, model: ModelServer) -> None:
    model.will(
        fails(400, "unsupported_parameter", param="max_tokens", message="Unsupported parameter: 'max_tokens'"),
        fails(422, message="stream_options: Extra inputs are not permitted"),
        says("Here I am."),
    )
    thread = await start("@ChatHakase hello")
    await thread.answers(1, containing="Here I am.")
    assert model.requests[-1]["max_completion_tokens"] == 2000
    assert "stream_options" not in model.requests[-1]
    await thread.say("again")
    await thread.answers(2, containing="again")
    assert len(model.requests) == 4


async def test_an_unreachable_model_does_not_stop_the_bot_from_starting(
    start: Start, open_the_bot: Callable[..., object], workspace: Workspace
) -> None:
    async with open_the_bot(openai_base_url="http://127.0.0.1:9/v1"):  # type: ignore[attr-defined]
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="cannot reach the model")


@pytest.mark.usefixtures("bot")
async def test_nothing_of_the_conversation_reaches_a_log(
    start: Start, model: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase")
    model.will(
        fails(400, message="you said swordfish"),
        reports_an_error_after("swordfish"),
        says("swordfish", finish="length"),
    )
    thread = await start("@ChatHakase swordfish")
    for count in range(1, 4):
        await thread.answers(count, containing="⚠️")
        await thread.say("swordfish")
    await thread.answers(4, containing="swordfish")
    assert "http_400" in caplog.text
    assert "swordfish" not in caplog.text
    assert "xoxb-" not in caplog.text
    assert "xapp-" not in caplog.text
