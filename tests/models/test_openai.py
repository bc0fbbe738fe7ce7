"""The model client against a real HTTP server: pictures, other names, and prompts that are too long."""

import json

import pytest
from aiohttp import web

from chathakase.core.errors import ModelError
from chathakase.core.files import Image
from chathakase.core.types import ChatMessage, Finished, Prompt, Usage
from chathakase.engine.model.short_text import ask as ask_shortly
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, Json, ModelServer, begin, fails, replies, says
from tests.models.refusing import ask, contents, refuses, refuses_flatly

CAT = Image("image/png", b"\x89PNG")
PROMPT = Prompt((ChatMessage("system", "Be kind."), ChatMessage("user", "hello")))
LOOK = Prompt(
    (ChatMessage("user", "what is this?", (CAT, CAT)), ChatMessage("assistant", "a"), ChatMessage("user", "and?"))
)


async def test_without_pictures_content_is_a_plain_string(client: OpenAIModel, model: ModelServer) -> None:
    await ask(client, PROMPT)
    assert contents(model) == ["Be kind.", "hello"]


async def test_pictures_stand_beside_the_words_that_they_came_with(client: OpenAIModel, model: ModelServer) -> None:
    model.will(says("a cat"))
    assert await ask(client, LOOK) == "a cat"
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    assert contents(model) == [[{"type": "text", "text": "what is this?"}, picture, picture], "a", "and?"]


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
        (replies(400, {"error": "prompt too long; exceeded max context length by 123 tokens"}), 0),
        (
            replies(
                400,
                {
                    "error": "Trying to keep the first 5000 tokens when context the overflows. However, the model is "
                    "loaded with context length of only 4096 tokens, which is not enough."
                },
            ),
            4_096,
        ),
        (
            replies(
                422,
                {
                    "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 "
                    "`inputs` tokens and 2000 `max_new_tokens`",
                    "error_type": "validation",
                },
            ),
            4_096,
        ),
        (
            replies(422, {"error": "Input validation error: `inputs` must have less than 1024 tokens. Given: 3000"}),
            1_024,
        ),
        (
            replies(
                400,
                {
                    "code": "Client specified an invalid argument",
                    "error": "This model's maximum prompt length is 131072 but the request contains 190000 tokens.",
                },
            ),
            131_072,
        ),
        (
            refuses(
                400,
                "You passed 9001 input tokens and requested 2000 output tokens. However, the model's context length "
                "is only 8192 tokens, resulting in a maximum input length of 6192 tokens.",
            ),
            8_192,
        ),
        (
            refuses(
                400,
                "'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is "
                "4096 tokens and your request has 3000 input tokens (2000 > 4096 - 3000).",
            ),
            4_096,
        ),
        (replies(400, {"detail": "context_length_exceeded"}), 0),
        (replies(400, {"detail": {"code": "context_length_exceeded", "message": "no"}}), 0),
        (replies(422, {"detail": [{"loc": ["body", "messages"], "msg": "Maximum context length is 2048"}]}), 2_048),
        (replies(400, "context_length_exceeded"), 0),
        (
            replies(
                400,
                [{"error": {"message": "The input token count exceeds the maximum number of tokens allowed (32768)."}}],
            ),
            32_768,
        ),
        (
            replies(
                422,
                {
                    "object": "error",
                    "message": {
                        "detail": [
                            {"msg": "Prompt contains 9000 tokens, too large for model with 8192 maximum context length"}
                        ]
                    },
                    "code": None,
                },
            ),
            8_192,
        ),
        (refuses(400, "Maximum context exceeded"), 0),
        (refuses(400, "Request too large. The input or output tokens must be reduced in order to run."), 0),
        (
            refuses(
                400,
                "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576.",
                code="string_above_max_length",
            ),
            0,
        ),
        (refuses(400, "no", code="context_window_exceeded"), 0),
        (replies(200, {"error": {"message": "no", "code": "context_length_exceeded"}}), 0),
        (replies(200, {"error": "This model's maximum context length is 8192 tokens."}), 8_192),
    ],
    ids=[
        *("openai", "openai without a number", "openai, newer", "vllm", "vllm decoder", "sglang", "llama.cpp"),
        *("llama.cpp, newer", "ollama", "litellm", "anthropic", "google", "mistral", "tgi", "413"),
        *("ollama's own", "lm studio", "tgi's own", "tgi, the prompt alone", "xai", "vllm, newer", "vllm, the answer"),
        *("detail", "detail with a code", "fastapi", "plain text", "google's list", "mistral with 422"),
        *("maximum context", "tokens must be reduced", "azure", "another code", "200", "200 and a string"),
    ],
)
async def test_a_prompt_that_is_too_long_is_known_whoever_says_so(
    client: OpenAIModel, model: ModelServer, refusal: Answer, limit: int
) -> None:
    model.will(refusal, refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, refused.value.limit) == ("context_length_exceeded", limit)


async def test_a_prompt_that_is_too_long_is_known_in_mid_stream(client: OpenAIModel, model: ModelServer) -> None:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        message = "This endpoint's maximum context length is 16384 tokens. However, you requested about 94307 tokens"
        await response.write(b"data: %s\n\n" % json.dumps({"error": {"message": message, "code": 400}}).encode())
        return response

    model.will(answer)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, refused.value.limit) == ("context_length_exceeded", 16_384)


@pytest.mark.parametrize(
    "refusal",
    [
        replies(400, "<html><h1>400</h1>A proxy whose help tells of the context length > 5000</html>"),
        replies(422, {"detail": [{"msg": "Value error", "input": "what is a context length?"}]}),
        replies(400, {"error": "no " * 2_000 + "context_length_exceeded"}),
        replies(400, {"error": "1" * 100_000 + "> " * 100_000}),
        replies(400, "[" * 500 + "]" * 500),
    ],
    ids=["a web page", "what was asked", "far behind", "huge", "deep"],
)
async def test_what_says_nothing_of_the_length_is_something_else(
    client: OpenAIModel, model: ModelServer, refusal: Answer
) -> None:
    model.will(refusal)
    with pytest.raises(ModelError, match=r"http_4(00|22)"):
        await ask(client, PROMPT)


async def test_absurd_limits_are_read_without_harm(client: OpenAIModel, model: ModelServer) -> None:
    model.will(replies(400, {"error": f"the context length is {'9' * 5_000}"}))
    with pytest.raises(ModelError, match="context_length_exceeded"):
        await ask(client, PROMPT)


async def test_what_a_refusal_quotes_is_passed_on_to_nobody(client: OpenAIModel, model: ModelServer) -> None:
    model.will(replies(400, {"error": "prompt too long: swordfish"}), replies(400, {"detail": "swordfish"}))
    for _ in range(2):
        with pytest.raises(ModelError) as refused:
            await ask(client, PROMPT)
        assert "swordfish" not in f"{refused.value} {refused.value.told}"


async def test_an_option_that_is_forbidden_in_detail_is_left_out(client: OpenAIModel, model: ModelServer) -> None:
    forbidden = {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
    model.will(replies(422, {"detail": [forbidden]}), says("Here I am."))
    assert await ask(client, PROMPT) == "Here I am."
    assert ["stream_options" in request for request in model.requests] == [True, False]


async def test_limits_of_the_account_are_something_else(client: OpenAIModel, model: ModelServer) -> None:
    model.will(*[fails(429, message="Request too large: too many tokens per minute, reduce the length")] * 3)
    with pytest.raises(ModelError, match="http_429"):
        await ask(client, PROMPT)


SMALL = "This model's maximum context length is 2048 tokens."


@pytest.mark.parametrize("refusal", [refuses_flatly(SMALL), replies(200, {"error": SMALL})], ids=["400", "200"])
async def test_no_longer_an_answer_is_asked_for_than_half_of_a_small_window(
    client: OpenAIModel, model: ModelServer, refusal: Answer
) -> None:
    model.will(refusal, says("short"))
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    # The same prompt is not sent again: there is a shorter one to be had from whoever made it.
    assert (refused.value.code, refused.value.limit, len(model.requests)) == ("context_length_exceeded", 2_048, 1)
    assert await ask(client, PROMPT) == "short"
    assert [request["max_tokens"] for request in model.requests] == [2_000, 1_024]


async def test_an_answer_is_bounded_by_no_window_that_has_room_for_it(client: OpenAIModel, model: ModelServer) -> None:
    model.will(
        refuses_flatly("This model's maximum context length is 8192 tokens."), refuses_flatly("context length 300")
    )
    for _ in range(2):
        with pytest.raises(ModelError, match="context_length_exceeded"):
            await ask(client, PROMPT)
    await ask(client, PROMPT)
    assert [request["max_tokens"] for request in model.requests] == [2_000] * 3


async def test_a_short_text_is_asked_for_again_once_the_window_is_known(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(refuses_flatly(SMALL), says("A title"))
    assert (await ask_shortly(client, PROMPT)).text == "A title"
    model.will(refuses_flatly(SMALL), refuses_flatly(SMALL))
    with pytest.raises(ModelError, match="context_length_exceeded"):
        await ask_shortly(client, PROMPT)
    model.will(fails(400, "context_length_exceeded"))
    with pytest.raises(ModelError, match="context_length_exceeded"):
        await ask_shortly(client, PROMPT)
    assert [request["max_tokens"] for request in model.requests] == [2_000, *[1_024] * 4]


async def test_another_model_is_asked_through_the_same_client(client: OpenAIModel, model: ModelServer) -> None:
    cheap = client.named("cheap", max_tokens=64)
    model.will(fails(400, "unsupported_value", param="temperature", message="temperature is not supported"))
    await ask(cheap, PROMPT)
    await ask(client, PROMPT)
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


@pytest.mark.parametrize(
    "answer",
    [
        says("<think>Hm.</think>\n\nIt is <think> itself."),
        says(*"\n<think>Hm.\n\n</think>\nIt is <think> itself."),
        says("It is ", "<think> itself."),
        replies(200, {"choices": [{"message": {"content": "<think>Hm.</think>It is <think> itself."}}]}),
    ],
    ids=["at once", "letter by letter", "not at all", "not streamed"],
)
async def test_what_a_model_thinks_aloud_is_no_part_of_its_answer(
    client: OpenAIModel, model: ModelServer, answer: Answer
) -> None:
    model.will(answer)
    assert await ask(client, PROMPT) == "It is <think> itself."


async def test_a_beginning_that_could_be_a_thought_is_not_lost(client: OpenAIModel, model: ModelServer) -> None:
    model.will(says(" <thi"), says("  "))
    assert [await ask(client, PROMPT), await ask(client, PROMPT)] == [" <thi", "  "]


@pytest.mark.parametrize("finish", ["stop", "length"])
async def test_of_nothing_but_a_thought_nothing_is_left(client: OpenAIModel, model: ModelServer, finish: str) -> None:
    model.will(says("<think>Hm, ", "hm.", finish=finish), says("<think>Hm.</think>", finish=finish))
    for _ in range(2):
        (finished,) = [piece async for piece in client.stream(PROMPT)]
        assert isinstance(finished, Finished)
        assert finished.reason == finish


async def test_a_short_text_is_told_without_what_was_thought(client: OpenAIModel, model: ModelServer) -> None:
    model.will(says("<think>A title it wants.</think>\nA Title"), says("<think>A title it wa"))
    assert (await ask_shortly(client, PROMPT)).text == "A Title"
    with pytest.raises(ModelError):
        await ask_shortly(client, PROMPT)
