"""Prompts that are too long, and answers that are asked for longer than a model writes them."""

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import ChatMessage, Finished, Prompt
from chathakase.models.learning import BELIEVED
from chathakase.models.openai import OpenAIModel, open_model
from tests.model_server import Answer, ModelServer, replies, says
from tests.models.conftest import Time
from tests.models.refusing import ask, refuses, refuses_flatly

PROMPT = Prompt((ChatMessage("system", "Be kind."), ChatMessage("user", "hello")))


def lengths(model: ModelServer) -> list[int | None]:
    return [request.get("max_tokens") for request in model.requests]


@pytest.mark.parametrize(
    ("refusal", "limit"),
    [
        (refuses(400, "Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)"), 262_144),
        (refuses(400, "Your request exceeded model token limit: 262144"), 262_144),
        (refuses(400, "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]"), 30_720),
        (refuses(400, "Prompt 超长", code="1261"), 0),
        (refuses(400, "提示词过长，请缩短后重试"), 0),
        (refuses(400, "输入长度超过模型上限，最大为 32768 tokens"), 32_768),
        (refuses(400, "tokens 数量超过模型限制 8192"), 8_192),
        (refuses(400, "请求的上下文长度超出限制"), 0),
        (refuses(400, "invalid params, context window exceeds limit (2013)"), 0),
        (refuses(400, "Input is too long for requested model."), 0),
        (refuses(400, "Please reduce the length of the messages or completion."), 0),
        (refuses(400, "too many tokens: size limit exceeded by 100 tokens"), 0),
        (refuses(400, "The prompt is too long: 10000, model maximum context length: 8191"), 8_191),
        (
            replies(413, {"error": {"message": "Request body too large for gpt-4o model. Max size: 8000 tokens."}}),
            8_000,
        ),
        (refuses(400, "prompt token count of 130000 exceeds the limit of 128000", code="model_max_prompt"), 128_000),
        (refuses(400, "length of prompt_tokens (9000) must be less than max_seq_len (8192)."), 8_192),
        (refuses(400, "Requested tokens (5000) exceed context window of 4096"), 4_096),
        (refuses(400, "total message token length exceed model limit"), 0),
        (refuses(400, "The input length exceeds the maximum allowed 8192"), 8_192),
        (refuses(400, "the length of input tokens is larger than 4096"), 4_096),
        (refuses(400, "your request has 20000 tokens which is over the limit 16384"), 16_384),
        (refuses(400, "The provided prompt is too long; it is longer than the 32768 allowed"), 32_768),
        (refuses(400, "Sequence length 9000 exceeds the model's max position embeddings 8192"), 8_192),
        (refuses(422, "Input validation error: `inputs` must be shorter than 1024 tokens"), 1_024),
        (refuses(400, "Conversation is too long. Please start a new one."), 0),
        (refuses(500, "context shift is disabled"), 0),
        (refuses(400, "the input token count is 40000 but model only supports up to 32768."), 32_768),
        (refuses(400, "The total length of input and output exceeds the limit 32768"), 32_768),
        (refuses(400, "对话历史过长"), 0),
        (refuses(400, "对话内容超出模型最大处理长度", code="1261"), 0),
        (refuses(400, "Input length exceeds the maximum allowed input length of 65536 tokens"), 65_536),
        (refuses(400, "Prompt has 5,000 tokens, but the configured context size is 4,096 tokens"), 4_096),
        (
            refuses(
                429,
                "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 9000, please "
                "reduce your message size and try again.",
            ),
            6_000,
        ),
    ],
    ids=[
        *("moonshot", "moonshot, shorter", "alibaba", "zhipu", "chinese", "chinese with a number", "tokens", "context"),
        *("minimax", "bedrock", "groq", "cohere", "fireworks", "github", "copilot", "siliconflow", "llama-cpp-python"),
        *("baichuan", "maximum allowed", "larger"),
        *("over", "longer", "positions", "shorter", "conversation", "llama.cpp, without shifts"),
        *("vertex", "both", "history", "a code, no window"),
        *("openrouter", "ds4", "by the minute"),
    ],
)
async def test_a_prompt_that_is_too_long_is_known_in_other_words(
    client: OpenAIModel, model: ModelServer, refusal: Answer, limit: int
) -> None:
    model.will(*[refusal] * 3)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, refused.value.limit) == ("context_length_exceeded", limit)


@pytest.mark.parametrize(
    ("refusal", "most"),
    [
        (
            refuses(
                400,
                "`max_tokens` must be less than or equal to `1024`, the maximum value for `max_tokens` is less than "
                "the `context_window` for this model",
            ),
            1_024,
        ),
        (refuses(400, "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 1500]"), 1_500),
        (refuses(400, "Invalid max_tokens value, the valid range of max_tokens is [1, 1024]"), 1_024),
        (
            refuses(
                400,
                "max_tokens is too large: 2000. This model supports at most 1638 completion tokens, whereas you "
                "provided 2000.",
                param="max_tokens",
            ),
            1_638,
        ),
        (
            refuses(400, "max_tokens: 2000 > 1024, which is the maximum allowed number of output tokens for claude-3"),
            1_024,
        ),
        (
            refuses(
                400,
                "The parameter max_tokens specified in the request is not valid: integer above maximum value, expected "
                "a value <= 1024, but got 2000 instead. Request id: 0217724325966514087c9e55f8b322b82cd17f72450d06e",
            ),
            1_024,
        ),
        (
            refuses(
                400,
                "The maximum tokens you requested exceeds the model limit of 1024. Try again with a maximum tokens "
                "value that is lower than 1024.",
            ),
            1_024,
        ),
        (
            refuses(
                400,
                "Unable to submit request because it has a maxOutputTokens value of 2000 but the supported range is "
                "from 1 (inclusive) to 1025 (exclusive). Update the value and try again.",
            ),
            1_024,
        ),
        (
            refuses(
                400,
                "too many tokens: max tokens must be less than or equal to 1024, the maximum output for this model - "
                "received 2000.",
            ),
            1_024,
        ),
        (
            replies(
                422,
                {
                    "detail": [
                        {
                            "type": "less_than_equal",
                            "loc": ["body", "max_tokens"],
                            "msg": "Input should be less than or equal to 1024",
                            "input": 2000,
                        }
                    ]
                },
            ),
            1_024,
        ),
        (refuses(400, "Input validation error: `max_new_tokens` must be <= 1512. Given: 2000"), 1_512),
        (refuses(400, "max_tokens参数非法，取值范围为[1,1024]"), 1_024),
        (refuses(400, "max_tokens 必须小于等于 1024"), 1_024),
        (refuses(400, "max_tokens must be less than or equal to 512"), 512),
        (refuses(400, "最大输出 token 数不能超过 1024"), 1_024),
        (refuses(400, "The maximum output length is 1024 tokens, but 2000 were requested"), 1_024),
        (refuses(400, "requested max_tokens 2000 is more than the allowed 1024"), 1_024),
        (refuses(400, "Error code: 400 - max_tokens is too large"), 500),
        (refuses(400, "invalid max_tokens"), 500),
        (replies(200, {"error": {"message": "Range of max_tokens should be [1, 1024]"}}), 1_024),
        (
            replies(
                402,
                {
                    "error": {
                        "message": "requires more credits, or fewer max_tokens. You requested up to 2000 "
                        "tokens, but can only afford 1500.",
                        "code": 402,
                    }
                },
            ),
            1_500,
        ),
    ],
    ids=[
        *("groq", "alibaba", "deepseek", "openai", "anthropic", "volcengine", "bedrock", "google", "cohere", "fastapi"),
        *(
            "tgi",
            "chinese",
            "chinese, less",
            "512",
            "chinese, output",
            "output length",
            "allowed",
            "a status",
            "no number",
        ),
        *("200", "what is left to pay with"),
    ],
)
async def test_a_shorter_answer_is_asked_for_before_the_prompt_is_shortened(
    timed: OpenAIModel, model: ModelServer, time: Time, refusal: Answer, most: int
) -> None:
    model.will(refusal, says("short"))
    assert await ask(timed, PROMPT) == "short"
    assert lengths(model) == [2_000, most]


async def test_how_long_an_answer_may_be_is_known_for_an_hour(
    timed: OpenAIModel, model: ModelServer, time: Time
) -> None:
    model.will(refuses(400, "`max_tokens` must be less than or equal to `1024`"))
    for _ in range(2):
        await ask(timed, PROMPT)
    time.now += BELIEVED + 1
    await ask(timed, PROMPT)
    assert lengths(model) == [2_000, 1_024, 1_024, 2_000]


async def test_a_length_that_is_never_short_enough_is_left_to_the_server(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(*[refuses(400, "max_tokens is invalid")] * 2)
    await ask(client, PROMPT)
    assert lengths(model) == [2_000, 500, None]


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is 4096 "
            "tokens and your request has 3000 input tokens (2000 > 4096 - 3000).",
            1_096,
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in the "
            "messages, 2000 in the completion). Please reduce the length of the messages or completion.",
            1_096,
        ),
        (
            "This endpoint's maximum context length is 4096 tokens. However, you requested about 5000 tokens (3000 of "
            "text input, 2000 in the output).",
            1_096,
        ),
        (
            "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of "
            "5000 tokens: 3000 tokens from the input messages and 2000 tokens for the completion.",
            1_096,
        ),
        (
            "The sum of prompt length (3000.0), query length (0) and max_tokens (2000) should not exceed max_seq_len "
            "(4096)",
            1_096,
        ),
        ("length of prompt_tokens (3000) + max_tokens (2000) must be less than max_seq_len (4096).", 1_096),
        ("input length and `max_tokens` exceed context limit: 3000 + 2000 > 4096, decrease input length", 1_096),
        ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3000 `inputs` tokens and 2000 others", 1_096),
        (
            "You passed 3000 input tokens and requested 2000 output tokens. However, the model's context length is "
            "only 4096 tokens, resulting in a maximum input length of 2096 tokens.",
            1_096,
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 2000 output tokens and your "
            "prompt contains at least 2097 input tokens, for a total of at least 4097 tokens.",
            1_000,
        ),
    ],
    ids=[
        *("vllm", "openai", "openrouter", "sglang", "tensorrt", "siliconflow", "anthropic", "tgi", "vllm, newer"),
        *("vllm, newest",),
    ],
)
async def test_where_the_prompt_has_room_by_itself_the_answer_gets_the_rest(
    client: OpenAIModel, model: ModelServer, refusal: str, left: int
) -> None:
    model.will(refuses_flatly(refusal), says("short"))
    *pieces, finished = [piece async for piece in client.stream(PROMPT)]
    assert isinstance(finished, Finished)
    assert (pieces, finished.window) == (["short"], 4_096)
    await ask(client, PROMPT)
    assert lengths(model) == [2_000, left, 2_000]


async def test_too_little_room_is_a_prompt_that_is_too_long(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses(400, "maximum context length is 4096 tokens, you requested 4000 in the messages, 2000 more"))
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, refused.value.limit, len(model.requests)) == ("context_length_exceeded", 4_096, 1)


async def test_a_model_that_thought_until_nothing_was_left_has_reached_its_length(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(
        refuses(
            400,
            "Could not finish the message because max_tokens or model output limit was reached. Please try again with "
            "higher max_tokens.",
        )
    )
    (finished,) = [piece async for piece in client.stream(PROMPT)]
    assert isinstance(finished, Finished)
    assert finished.reason == "length"


async def test_options_are_asked_for_again_after_an_hour_too(
    timed: OpenAIModel, model: ModelServer, time: Time
) -> None:
    model.will(
        refuses(400, "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
        refuses(400, "`temperature` may only be set to 1 when thinking is enabled."),
    )
    for _ in range(2):
        await ask(timed, PROMPT)
    time.now += BELIEVED + 1
    await ask(timed, PROMPT)
    had = [("max_tokens" in each, "max_completion_tokens" in each, "temperature" in each) for each in model.requests]
    without = (False, True, False)
    assert had == [(True, False, True), (False, True, True), without, without, (True, False, True)]


async def test_an_option_that_was_taken_lately_is_left_out_once(timed: OpenAIModel, model: ModelServer) -> None:
    model.will(says("yes"), refuses(400, "Unsupported parameter: 'temperature'"), says("without"), says("with"))
    for _ in range(3):
        await ask(timed, PROMPT)
    assert ["temperature" in request for request in model.requests] == [True, True, False, True]


async def test_the_name_of_openais_option_is_for_openai_alone() -> None:
    for base_url in ("https://api.openai.com.evil.example/v1", "https://myapi.openai.com.cn/v1"):
        async with open_model(api_key="k", base_url=base_url, name="m", temperature=None, max_tokens=9) as model:
            assert "max_tokens" in model._options
