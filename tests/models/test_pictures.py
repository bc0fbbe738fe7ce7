"""What a model is shown of pictures, after whatever its server has said against them."""

from typing import Any

import pytest
from aiohttp import web

from chathakase.core.errors import ModelError
from chathakase.core.files import Image
from chathakase.core.types import ChatMessage, Finished, Prompt
from chathakase.models.learning import BELIEVED
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, Json, ModelServer, replies, says
from tests.models.conftest import Time
from tests.models.refusing import ask, contents, refuses, refuses_flatly


def picture(number: int) -> Image:
    return Image("image/png", bytes([number]))


def look(*counts: int) -> Prompt:
    """People's messages with so many pictures each, which all differ."""
    numbers = iter(range(sum(counts)))
    chat_messages = [
        ChatMessage("user", "look", tuple(picture(next(numbers)) for _ in range(count))) for count in counts
    ]
    answered = [each for chat_message in chat_messages for each in (chat_message, ChatMessage("assistant", "yes"))]
    return Prompt(tuple(answered[:-1]))


def shown(model: ModelServer, request: int = -1) -> list[str]:
    """The pictures of a request, as they are encoded."""
    parts = [part for content in contents(model, request) if isinstance(content, list) for part in content]
    return [part["image_url"]["url"].partition("base64,")[2] for part in parts if part["type"] == "image_url"]


def texts(model: ModelServer) -> list[str]:
    return [content if isinstance(content, str) else content[0]["text"] for content in contents(model)]


A, B, C, D = "AA==", "AQ==", "Ag==", "Aw=="

BLIND: list[Any] = [
    pytest.param(refuses(400, "Invalid content type. image_url is only supported by certain models."), id="openai"),
    pytest.param(refuses(400, "this model does not support image input"), id="ollama"),
    pytest.param(
        refuses(400, "json: cannot unmarshal array into Go struct field Message.messages.content of type string"),
        id="old ollama",
    ),
    pytest.param(refuses(404, "No endpoints found that support image input"), id="openrouter"),
    pytest.param(refuses(422, "unknown variant `image_url`, expected `text`"), id="deepseek"),
    pytest.param(refuses_flatly("main is not a multimodal model"), id="vllm"),
    pytest.param(refuses_flatly("At most 0 image(s) may be provided in one prompt."), id="vllm without"),
    pytest.param(refuses(400, "Model 'x' has no vision capability"), id="no vision"),
    pytest.param(refuses(400, "The model cannot process images"), id="cannot"),
    pytest.param(replies(400, {"error": "this model does not support image input"}), id="a string"),
    pytest.param(
        replies(422, {"detail": [{"loc": ["body", "content"], "msg": "Input should be a valid string", "input": [7]}]}),
        id="fastapi",
    ),
    pytest.param(
        replies(
            500,
            {
                "error": {
                    "code": 500,
                    "message": "image input is not supported - hint: if this is unexpected, you may need to provide "
                    "the mmproj",
                }
            },
        ),
        id="llama.cpp",
    ),
    pytest.param(refuses(400, "messages[0].content must be a string"), id="groq"),
    pytest.param(refuses(400, "Image inputs are not supported by this model."), id="xai"),
    pytest.param(refuses(400, "This model only supports text input"), id="text only"),
    pytest.param(refuses(400, "该模型不支持图片输入"), id="chinese"),
    pytest.param(refuses(400, "Unsupported content type: image_url"), id="content type"),
    pytest.param(refuses(400, "Invalid value: 'image_url'. Supported values are: 'text'."), id="azure"),
    pytest.param(refuses(400, "messages.1.content.1.type: Input should be 'text'"), id="anthropic"),
    pytest.param(refuses(400, "vision is not supported by this model"), id="vision"),
    pytest.param(refuses(400, "this model is missing data required for image input"), id="ollama, newer"),
    pytest.param(
        replies(200, {"error": {"message": "This model does not support image input", "code": 400}}), id="200"
    ),
]


@pytest.mark.parametrize("refusal", BLIND)
async def test_a_model_that_sees_nothing_is_told_so_and_is_shown_pictures_again_after_an_hour(
    timed: OpenAIModel, model: ModelServer, time: Time, refusal: Answer
) -> None:
    seeing = False

    async def answer(request: web.Request, body: Json) -> web.StreamResponse:
        refused = any(isinstance(each["content"], list) for each in body["messages"]) and not seeing
        return await (refusal if refused else says("yes"))(request, body)

    model.on("main", answer)
    told = "look\n\n[There are 2 pictures here that you cannot see]"
    assert await ask(timed, look(2, 0)) == "yes"
    assert (shown(model), texts(model)[0]) == ([], told)
    seeing = True
    time.now += BELIEVED - 1
    await ask(timed, look(2, 0))
    assert (shown(model), texts(model)[0]) == ([], told)
    time.now += 2
    await ask(timed, look(2, 0))
    assert shown(model) == [A, B]


@pytest.mark.parametrize(
    ("refusal", "seen"),
    [
        (refuses_flatly("At most 1 image(s) may be provided in one request."), [D]),
        (refuses_flatly("At most 2 image(s) may be provided in one prompt."), [C, D]),
        (
            refuses(400, "You set image=1 (or defaulted to 1) in `--limit-mm-per-prompt`, but found 4 items"),
            [D],
        ),
        (refuses(400, "Too many images in request. Max is 3."), [B, C, D]),
        (refuses(400, "Too many images provided. This model supports up to 3 images"), [B, C, D]),
        (refuses(400, "messages: too many images and documents: 4 + 0 > 2"), [C, D]),
        (
            refuses(400, "Too many images in request: 4 images provided, but the model supports a maximum of 3"),
            [B, C, D],
        ),
        (refuses(400, "request contains 4 images, exceeding the maximum of 2 allowed per request"), [C, D]),
        (refuses_flatly("Image count 4 exceeds limit 3 per request."), [B, C, D]),
        (refuses(400, "Please use fewer than 3 images in your request"), [C, D]),
        (refuses(400, "This model supports only one image per request"), [D]),
        (refuses(400, "图片数量超过限制，最多支持2张图片"), [C, D]),
        (refuses(400, "最多只能输入1张图片"), [D]),
        (refuses(400, "Exceeded the maximum number of images (2)"), [C, D]),
        (refuses(400, "Images per request exceed maximum allowed (3)"), [B, C, D]),
        (refuses(422, "images: list should have at most 2 items"), [C, D]),
        (refuses(400, "仅支持单张图片"), [D]),
        (replies(200, {"error": "At most 1 image(s) may be provided in one request."}), [D]),
    ],
    ids=[
        *("vllm", "vllm, newer", "vllm, older", "azure", "groq", "anthropic", "copilot", "minimax", "litellm"),
        *("google", "llama", "chinese", "chinese, shorter", "in brackets", "allowed", "items"),
        *("chinese, one", "200"),
    ],
)
async def test_of_too_many_pictures_the_newest_are_shown_for_an_hour(
    timed: OpenAIModel, model: ModelServer, time: Time, refusal: Answer, seen: list[str]
) -> None:
    model.will(refusal)
    await ask(timed, look(1, 3))
    assert (len(shown(model, 0)), shown(model)) == (4, seen)
    assert "that you cannot see" in texts(model)[0]
    await ask(timed, look(1, 3))
    assert (len(model.requests), shown(model)) == (3, seen)
    await ask(timed, look(1))
    assert shown(model) == [A]
    time.now += BELIEVED + 1
    await ask(timed, look(1, 3))
    assert len(shown(model)) == 4


async def test_what_is_left_out_is_counted_beside_what_is_shown(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses_flatly("At most 2 image(s) may be provided in one request."))
    await ask(client, look(1, 3))
    assert texts(model) == [
        "look\n\n[There is a picture here that you cannot see]",
        "yes",
        "look\n\n[There is a picture here that you cannot see; you see only the last 2]",
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(400, "You uploaded an unsupported image. Please make sure your image has one of these formats: png"),
        replies(400, {"error": "cannot decode image"}),
        refuses(400, "Could not process image"),
        refuses(400, "messages.0.content.1.image: image exceeds 5 MB maximum: 5316852 bytes > 5242880 bytes"),
        refuses(
            400, "At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels"
        ),
        refuses(400, "Image format is not supported"),
        refuses(400, "This model does not support images with a side above 8000 pixels"),
        refuses(415, "invalid image"),
        replies(413, "Request Entity Too Large"),
    ],
    ids=["openai", "a string", "anthropic", "size", "dimensions", "format", "side", "415", "413"],
)
async def test_one_bad_picture_blinds_nobody(client: OpenAIModel, model: ModelServer, refusal: Answer) -> None:
    model.will(refusal, refusal, says("?"))
    assert await ask(client, look(2)) == "?"
    assert [len(shown(model, request)) for request in range(3)] == [2, 1, 0]
    await ask(client, look(2))
    assert len(shown(model)) == 2


async def test_a_passing_trouble_with_pictures_is_over_with_the_turn(client: OpenAIModel, model: ModelServer) -> None:
    unavailable = refuses(503, "the image service is overloaded")
    model.will(unavailable, unavailable, unavailable, says("without"))
    assert await ask(client, look(1)) == "without"
    await ask(client, look(1))
    assert shown(model) == [A]


async def test_where_pictures_were_seen_lately_one_refusal_is_another_models(
    timed: OpenAIModel, model: ModelServer, time: Time
) -> None:
    model.will(says("I see"), refuses(400, "this model does not support image input"), says("I do not"))
    for _ in range(3):
        await ask(timed, look(1))
    assert [len(shown(model, request)) for request in range(4)] == [1, 1, 0, 1]
    time.now += BELIEVED + 1
    model.will(refuses(400, "this model does not support image input"))
    for _ in range(2):
        await ask(timed, look(1))
    assert [len(shown(model, request)) for request in range(4, 7)] == [1, 0, 0]


async def test_a_refusal_of_something_else_costs_no_picture(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses(400, "This model's maximum context length is 8192 tokens, and images take some of them"))
    with pytest.raises(ModelError, match="context_length_exceeded"):
        await ask(client, look(1))
    model.will(refuses(401, "this model does not support image input with this key"))
    with pytest.raises(ModelError, match="http_401"):
        await ask(client, look(1))
    assert [len(shown(model, request)) for request in range(2)] == [1, 1]


async def test_how_many_of_the_newest_pictures_were_not_seen_is_told_at_the_end(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(refuses_flatly("At most 2 image(s) may be provided in one request."))
    unseen = []
    for prompt in (look(1, 3), look(1, 2), look(3, 0)):
        *_, finished = [piece async for piece in client.stream(prompt)]
        assert isinstance(finished, Finished)
        unseen.append(finished.unseen)
    assert unseen == [1, 0, 0]
