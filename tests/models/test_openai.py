"""The model client against a real HTTP server: pictures, other names, and prompts that are too long."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from chathakase.core.errors import ModelError
from chathakase.core.files import Image
from chathakase.core.types import Finished, Prompt, Speech, Usage
from chathakase.models.openai import OpenAIModel, open_model
from tests.model_server import Answer, Json, ModelServer, begin, fails, says

CAT = Image("image/png", b"\x89PNG")
PROMPT = Prompt((Speech("system", "Be kind."), Speech("user", "hello")), "s")
LOOK = Prompt((Speech("user", "what is this?", (CAT, CAT)), Speech("assistant", "a"), Speech("user", "and?")), "s")


def refuses(status: int, message: str, **more: object) -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        return web.json_response({"error": {"message": message, **more}}, status=status)

    return answer


def refuses_flatly(message: str) -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        body = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
        return web.json_response(body, status=400)

    return answer


@pytest.fixture
async def client(model: ModelServer) -> AsyncIterator[OpenAIModel]:
    async with open_model(
        api_key="k", base_url=model.base_url, name="main", temperature=0.5, max_tokens=2_000
    ) as opened:
        yield opened


async def ask(client: OpenAIModel, prompt: Prompt = PROMPT) -> str:
    return "".join([piece async for piece in client.stream(prompt) if not isinstance(piece, Finished)])


def contents(model: ModelServer, request: int = -1) -> list[Any]:
    return [message["content"] for message in model.requests[request]["messages"]]


async def test_without_pictures_content_is_a_plain_string(client: OpenAIModel, model: ModelServer) -> None:
    await ask(client)
    assert contents(model) == ["Be kind.", "hello"]


async def test_pictures_stand_beside_the_words_that_they_came_with(client: OpenAIModel, model: ModelServer) -> None:
    model.will(says("a cat"))
    assert await ask(client, LOOK) == "a cat"
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    assert contents(model) == [[{"type": "text", "text": "what is this?"}, picture, picture], "a", "and?"]


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(400, "Invalid content type. image_url is only supported by certain models."),
        refuses(400, "this model does not support image input"),
        refuses(400, "json: cannot unmarshal array into Go struct field Message.messages.content of type string"),
        refuses(404, "No endpoints found that support image input"),
        refuses(422, "unknown variant `image_url`, expected `text`"),
        refuses_flatly("main is not a multimodal model"),
    ],
    ids=["openai", "ollama", "old ollama", "openrouter", "deepseek", "vllm"],
)
async def test_a_model_that_sees_nothing_is_told_of_pictures_in_a_line(
    client: OpenAIModel, model: ModelServer, refusal: Answer
) -> None:
    model.will(refusal, says("what picture?"), says("again"))
    assert await ask(client, LOOK) == "what picture?"
    told = ["what is this?\n\n[There are 2 pictures here that you cannot see]", "a", "and?"]
    assert contents(model) == told
    assert await ask(client, LOOK) == "again"
    assert len(model.requests) == 3
    assert contents(model) == told


async def test_one_bad_picture_blinds_nobody(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses(400, "You uploaded an unsupported image. Use one of these formats: png"), says("?"), says("!"))
    assert await ask(client, LOOK) == "?"
    await ask(client, LOOK)
    assert isinstance(contents(model)[0], list)


async def test_a_refusal_that_names_no_picture_is_one(client: OpenAIModel, model: ModelServer) -> None:
    model.will(fails(400, message="no"))
    with pytest.raises(ModelError, match="http_400"):
        await ask(client, LOOK)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "limit"),
    [
        (
            refuses(
                400,
                "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 "
                "tokens. Please reduce the length of the messages.",
                code="context_length_exceeded",
            ),
            128_000,
        ),
        (fails(400, "context_length_exceeded"), 0),
        (
            refuses(
                400,
                "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
                code="context_length_exceeded",
            ),
            272_000,
        ),
        (
            refuses_flatly(
                "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in the "
                "messages, 2000 in the completion)."
            ),
            4_096,
        ),
        (refuses_flatly("The decoder prompt (length 9000) is longer than the maximum model length of 8192."), 8_192),
        (refuses(400, "The input (9000 tokens) is longer than the model's context length (8192 tokens)."), 8_192),
        (
            refuses(
                400,
                "the request exceeds the available context size, try increasing it",
                type="exceed_context_size_error",
                n_prompt_tokens=14_070,
                n_ctx=8_192,
            ),
            8_192,
        ),
        (refuses(400, "request (14070 tokens) exceeds the available context size (8192 tokens)"), 8_192),
        (refuses(400, "the input length exceeds the context length"), 0),
        (
            refuses(400, "litellm.ContextWindowExceededError: prompt is too long: 214315 tokens > 204798 maximum"),
            204_798,
        ),
        (
            refuses(400, "input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000, decrease them"),
            200_000,
        ),
        (
            refuses(400, "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576)."),
            1_048_576,
        ),
        (refuses(400, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"), 32_768),
        (refuses(422, "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens"), 4_096),
        (refuses(413, "Payload too large"), 0),
    ],
    ids=[
        *("openai", "openai without a number", "openai, newer", "vllm", "vllm decoder", "sglang", "llama.cpp"),
        *("llama.cpp, newer", "ollama", "litellm", "anthropic", "google", "mistral", "tgi", "413"),
    ],
)
async def test_a_prompt_that_is_too_long_is_known_whoever_says_so(
    client: OpenAIModel, model: ModelServer, refusal: Answer, limit: int
) -> None:
    model.will(refusal, refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client)
    assert (refused.value.code, refused.value.limit) == ("context_length_exceeded", limit)


async def test_a_prompt_that_is_too_long_is_known_in_mid_stream(client: OpenAIModel, model: ModelServer) -> None:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        message = "This endpoint's maximum context length is 16384 tokens. However, you requested about 94307 tokens"
        await response.write(b"data: %s\n\n" % json.dumps({"error": {"message": message, "code": 400}}).encode())
        return response

    model.will(answer)
    with pytest.raises(ModelError) as refused:
        await ask(client)
    assert (refused.value.code, refused.value.limit) == ("context_length_exceeded", 16_384)


async def test_limits_of_the_account_are_something_else(client: OpenAIModel, model: ModelServer) -> None:
    model.will(*[fails(429, message="Request too large: too many tokens per minute, reduce the length")] * 3)
    with pytest.raises(ModelError, match="http_429"):
        await ask(client)


async def test_no_longer_an_answer_is_asked_for_than_half_of_a_small_window(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(refuses_flatly("This model's maximum context length is 2048 tokens."), says("short"))
    assert await ask(client) == "short"
    assert [request["max_tokens"] for request in model.requests] == [2_000, 1_024]


async def test_another_model_is_asked_through_the_same_client(client: OpenAIModel, model: ModelServer) -> None:
    cheap = client.named("cheap", max_tokens=64)
    model.will(fails(400, "unsupported_value", param="temperature", message="temperature is not supported"))
    await ask(cheap)
    await ask(client)
    assert cheap.name == "cheap"
    asked = [(request["model"], request["max_tokens"], request.get("temperature")) for request in model.requests]
    assert asked == [("cheap", 64, 0.5), ("cheap", 64, None), ("main", 2_000, 0.5)]


async def test_what_one_model_refuses_another_is_asked_all_the_same(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses(400, "no image input"), says("blind"), says("seeing"))
    await ask(client, LOOK)
    await ask(client.named("seeing"), LOOK)
    assert isinstance(contents(model)[0], list)
    assert model.requests[-1]["max_tokens"] == 2_000


@pytest.mark.parametrize("number", [10**30, -5, "many", [7], float("inf"), None])
async def test_an_absurd_count_of_tokens_spoils_no_answer(
    client: OpenAIModel, model: ModelServer, number: object
) -> None:
    model.will(says("hi", usage={"prompt_tokens": number, "completion_tokens": 7}))
    *_, finished = [piece async for piece in client.stream(PROMPT)]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.usage) == ("stop", Usage(0, 7))
