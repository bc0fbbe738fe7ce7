"""Models that know no system prompt, or only people and the assistant in turns."""

import pytest
from aiohttp import web

from chathakase.core.errors import ModelError
from chathakase.core.files import Image
from chathakase.core.types import ChatMessage, Prompt
from chathakase.engine.model.short_text import ask as ask_shortly
from chathakase.models.learning import BELIEVED
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, Json, ModelServer, replies, says
from tests.models.conftest import Time
from tests.models.refusing import ask, refuses, refuses_flatly

RULES = ChatMessage("system", "Be kind.")
PROMPT = Prompt((RULES, ChatMessage("user", "hello"), ChatMessage("assistant", "hi"), ChatMessage("user", "and?")))


def said(model: ModelServer, request: int = -1) -> list[tuple[str, object]]:
    return [(message["role"], message["content"]) for message in model.requests[request]["messages"]]


WITHOUT = [("user", "Be kind.\n\nhello"), ("assistant", "hi"), ("user", "and?")]


@pytest.mark.parametrize(
    "refusal",
    [
        refuses_flatly("System role not supported"),
        replies(500, {"error": {"code": 500, "message": "System role not supported at row 1", "type": "server_error"}}),
        replies(
            424,
            {
                "error": "Request failed during generation: Server error: Conversation roles must alternate "
                "user/assistant/user/assistant/..."
            },
        ),
        refuses_flatly("Conversation roles must alternate user/assistant/user/assistant/..."),
        refuses_flatly("Only user and assistant roles are supported!"),
        refuses(
            400,
            "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
            param="messages[0].role",
            code="unsupported_value",
        ),
        replies(
            400,
            [{"error": {"code": 400, "message": "Developer instruction is not enabled for models/gemma-3-27b-it"}}],
        ),
        refuses(400, "This model doesn't support system messages. Try again without a system message."),
        refuses(400, "role 'system' is not supported on this model"),
        refuses(400, "Please ensure that multiturn requests alternate between user and model"),
        refuses(400, "Please use a valid role: user, model."),
        refuses(400, "After the (optional) system message(s), user or assistant message roles should be alternating."),
        refuses(400, 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter'),
        refuses(400, "当前模型不支持system角色"),
        refuses(400, "messages[0].role must be one of user, assistant"),
        refuses(400, "The first message must have role user"),
        replies(422, {"detail": [{"loc": ["messages", 0, "role"], "msg": "Input should be 'user' or 'assistant'"}]}),
        refuses(422, "messages[0].role: unknown variant `system`, expected `user` or `assistant`"),
        refuses(400, "The model doesn't take system prompts"),
        refuses(400, "messages 参数非法，首条消息角色必须为 user"),
        replies(200, {"error": {"message": "System role not supported"}}),
    ],
    ids=[
        *("gemma on vllm", "llama.cpp", "lorax", "mistral on vllm", "llama 2", "o1-mini", "gemma at google", "bedrock"),
        *("claude", "vertex", "gemini", "perplexity", "anthropic", "chinese", "one of", "first"),
        *("fastapi", "rust", "take", "chinese, first", "200"),
    ],
)
async def test_the_system_prompt_begins_peoples_first_message_where_it_has_no_role(
    timed: OpenAIModel, model: ModelServer, time: Time, refusal: Answer
) -> None:
    async def answer(request: web.Request, body: Json) -> web.StreamResponse:
        refused = body["messages"][0]["role"] == "system" and time.now < 1_000 + BELIEVED
        return await (refusal if refused else says("yes"))(request, body)

    model.on("main", answer)
    await ask(timed, PROMPT)
    assert said(model) == WITHOUT
    asked = len(model.requests)
    assert (await ask_shortly(timed, PROMPT)).text
    assert (len(model.requests), said(model)) == (asked + 1, WITHOUT)
    time.now += BELIEVED + 1
    await ask(timed, PROMPT)
    assert said(model)[0] == ("system", "Be kind.")


async def test_where_the_assistant_begins_the_system_prompt_stands_before_it(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(refuses_flatly("System role not supported"))
    await ask(client, Prompt((RULES, ChatMessage("assistant", "hi"), ChatMessage("user", "go on"))))
    assert said(model) == [("user", "Be kind."), ("assistant", "hi"), ("user", "go on")]


async def test_messages_of_one_role_are_always_one(client: OpenAIModel, model: ModelServer) -> None:
    cat = Image("image/png", b"\0")
    chat_messages = (
        ChatMessage("assistant", "a"),
        ChatMessage("assistant", "b"),
        ChatMessage("user", "c", (cat,)),
        ChatMessage("user", "d"),
    )
    await ask(client, Prompt((RULES, *chat_messages)))
    (_, _), (assistant, words), (user, [text, picture]) = said(model)  # type: ignore[misc]
    assert (assistant, words, user) == ("assistant", "a\n\nb", "user")
    assert (text["text"], picture["type"]) == ("c\n\nd", "image_url")  # type: ignore[has-type]


async def test_titles_are_written_without_a_system_prompt_as_well(client: OpenAIModel, model: ModelServer) -> None:
    model.will(refuses_flatly("System role not supported"), says("A Title"))
    title = Prompt((ChatMessage("system", "Name it."), ChatMessage("user", "<user>hello</user>")))
    assert (await ask_shortly(client.named("main", max_tokens=64), title)).text == "A Title"
    assert said(model) == [("user", "Name it.\n\n<user>hello</user>")]


async def test_what_has_no_system_prompt_is_not_asked_again_for_its_roles(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.will(refuses_flatly("System role not supported"))
    with pytest.raises(ModelError, match="http_400"):
        await ask(client, Prompt((ChatMessage("user", "hello"),)))
    assert len(model.requests) == 1
