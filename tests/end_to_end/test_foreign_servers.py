"""Servers that none of us wrote: the least of a Slack, and models that keep the protocol only roughly."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.end_to_end.conftest import OpenBot, Thread
from tests.foreign_slack import open_foreign_slack
from tests.model_server import Answer, Json, ModelServer, begin, chunk, fails, says

Start = Callable[..., Awaitable[Thread]]


@pytest.mark.parametrize("unknown", ["json", "text", "html", "ok"])
async def test_four_methods_and_a_socket_are_enough(unknown: str, open_the_bot: OpenBot, model: ModelServer) -> None:
    async with open_foreign_slack(unknown) as slack, open_the_bot(slack_api_url=slack.api_url):
        await slack.send({"type": "app_mention", "text": "<@U1> hello", "ts": "1000.1"})
        await slack.until_said("hello")
        await slack.send({"type": "message", "text": "and again", "thread_ts": "1000.1"})
        await slack.until_said("and again")
        await slack.send({"type": "message", "text": "all sessions", "thread_ts": "1000.1"})
        await slack.until_acked(3)
        said = [message for message in slack.messages.values() if message["channel"] != "U2"]
        assert {message["thread_ts"] for message in said} == {"1000.1"}
        if unknown != "ok":
            # Where nothing can be shown to one person only, they are told in a direct message.
            await slack.until_said("only admins")
            assert [message["text"] for message in slack.messages.values() if message["channel"] == "U2"]
    assert model.said(0).endswith("[U2] hello")


def answers_whole(body: Any, status: int = 200) -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return answer


def streams(*deltas: Json) -> Answer:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        for delta in deltas:
            await response.write(chunk(delta))
        await response.write(chunk({}, finish="stop"))
        await response.write(b"data: [DONE]\n\n")
        return response

    return answer


def sends(*lines: bytes) -> Answer:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        for line in lines:
            await response.write(line)
        return response

    return answer


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (answers_whole({"choices": [{"message": {"content": "Whole."}, "finish_reason": "stop"}]}), "Whole."),
        (streams({"content": [{"type": "text", "text": "In "}, {"type": "text", "text": "parts."}]}), "In parts."),
        (streams({"content": "Half a \ud83d"}, {"content": "\ude00 smile."}), "Half a 😀 smile."),
        (streams({"content": "A lone \ud83d half."}), "A lone \ufffd half."),
        (streams({"content": "Nothing \0 at all."}), "Nothing \ufffd at all."),
        (streams({"content": None}, {"content": "Late.", "reasoning_content": "hm"}), "Late."),
        (streams({"tool_calls": []}, {"content": "No tools."}), "No tools."),
        (says("Fine.", usage={"prompt_tokens": None, "total_tokens": "many"}), "Fine."),
    ],
    ids=["not streamed", "list of parts", "torn emoji", "lone half", "NUL", "null content", "tool calls", "odd usage"],
)
async def test_answers_in_odd_shapes_are_read(answer: Answer, text: str, start: Start, model: ModelServer) -> None:
    model.will(answer)
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1, containing=text[-4:]) == [text]
    await thread.say("and?")
    await thread.answers(2, containing="and?")
    assert model.requests[-1]["messages"][2] == {"role": "assistant", "content": text}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (answers_whole({"error": {"message": "no"}}), "reported an error"),
        (answers_whole(["odd"]), "cannot read"),
        (sends(b'data: {"choices": [7]}\n\n'), "cannot read"),
        (sends(b'data: ["odd"]\n\n'), "cannot read"),
        (sends(b"data: {broken\n\n"), "cannot read"),
    ],
    ids=["error with 200", "a list", "odd choices", "odd chunk", "broken JSON"],
)
async def test_answers_that_are_none_get_a_sentence_once(
    answer: Answer, sentence: str, start: Start, model: ModelServer
) -> None:
    model.will(answer)
    thread = await start("@ChatHakase hello")
    await thread.answers(1, containing=sentence)
    await asyncio.sleep(0.3)
    assert len(model.requests) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("character", ["\\ud83d", "\\u0000"])
async def test_what_is_no_character_and_people_send_is_mended(
    character: str, start: Start, general: str, model: ModelServer, workspace: Any
) -> None:
    text = json.loads(f'"<@U0HAKASE01> half {character}"')
    event = {"type": "app_mention", "channel": general, "user": "U0ALICE001", "ts": "1900000000.000001", "text": text}
    workspace.send_event(event)
    await workspace.until(lambda: model.requests)
    assert model.said().endswith("half \ufffd")


@pytest.mark.usefixtures("bot")
async def test_turns_at_once_agree_on_what_the_server_refuses(start: Start, model: ModelServer) -> None:
    wait = asyncio.Event()

    async def refuse(request: web.Request, body: Json) -> web.StreamResponse:
        await wait.wait()
        message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return await fails(400, "unsupported_parameter", param="max_tokens", message=message)(request, body)

    model.will(refuse, refuse, refuse)
    threads = [await start(f"@ChatHakase {number}") for number in range(3)]
    await threads[0].workspace.until(lambda: len(model.requests) == 3)
    wait.set()
    for thread in threads:
        await thread.answers(1, containing="I heard")
    assert all(request["max_completion_tokens"] == 2000 for request in model.requests[3:])
