"""Models whose windows are smaller than was thought, and that think aloud: people see neither."""

from collections.abc import Awaitable, Callable

import pytest

from tests.end_to_end.conftest import Thread
from tests.model_server import Answer, ModelServer, replies, says

Start = Callable[..., Awaitable[Thread]]

SMALL = "This model's maximum context length is 2600 tokens."


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "refusal",
    [
        replies(400, {"error": {"message": SMALL, "code": "context_length_exceeded"}}),
        replies(400, {"error": SMALL}),
        replies(400, {"detail": "context_length_exceeded"}),
        replies(400, SMALL),
        replies(200, {"error": {"message": SMALL}}),
    ],
    ids=["openai", "a string", "detail", "plain text", "200"],
)
async def test_what_was_too_long_is_asked_again_with_a_shorter_prompt(
    refusal: Answer, start: Start, model: ModelServer
) -> None:
    model.will(refusal, says("It fits."))
    thread = await start("@ChatHakase " + "some words here and there " * 400 + "and the end?")
    assert await thread.answers(1, containing="It fits.") == ["It fits."]
    assert len(model.requests) == 2
    assert len(model.said(1)) < len(model.said(0))
    assert model.said(1).endswith("and the end?")


@pytest.mark.usefixtures("bot")
async def test_nobody_reads_what_a_model_thinks_aloud(start: Start, model: ModelServer) -> None:
    model.will(says("<thi", "nk>They want", " tea.</th", "ink>\n\n", "Green tea."), says("<think>What els"))
    thread = await start("@ChatHakase which tea?")
    assert await thread.answers(1, containing="tea.") == ["Green tea."]
    await thread.say("and then?")
    await thread.answers(2, containing="empty answer")
    assert model.requests[-1]["messages"][2] == {"role": "assistant", "content": "Green tea."}


TOO_LONG = replies(400, {"error": {"message": "the prompt is too long", "code": "context_length_exceeded"}})


@pytest.mark.usefixtures("bot")
async def test_only_where_something_could_be_forgotten_that_is_advised(start: Start, model: ModelServer) -> None:
    model.will(*[TOO_LONG] * 3, says("Now it is."), *[TOO_LONG] * 3)
    thread = await start("@ChatHakase hello")
    (alone,) = await thread.answers(1, containing="too long for the model")
    assert "clear session" not in alone
    await thread.say("again")
    await thread.answers(2, containing="Now it is.")
    await thread.say("and again")
    (*_, grown) = await thread.answers(3, containing="too long for the model")
    assert "clear session" in grown


@pytest.mark.usefixtures("bot")
async def test_an_answer_beside_which_there_is_no_room_is_asked_for_shorter(start: Start, model: ModelServer) -> None:
    words = "maximum context length is 2600 tokens, you requested 1500 in the messages, 2000 in the completion"
    model.will(replies(400, {"error": {"message": words}}), says("Short."))
    thread = await start("@ChatHakase hello")
    await thread.answers(1, containing="Short.")
    assert model.said(0) == model.said(1)
    assert [request["max_tokens"] for request in model.requests[:2]] == [2_000, 1_100]
