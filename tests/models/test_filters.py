"""Prompts that a filter of contents refuses."""

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import ChatMessage, Prompt
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, ModelServer, replies
from tests.models.refusing import ask, refuses

PROMPT = Prompt((ChatMessage("user", "hello"),))


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(
            400, "The response was filtered due to Azure OpenAI's content management policy", code="content_filter"
        ),
        refuses(400, "Input data may contain inappropriate content.", code="data_inspection_failed"),
        refuses(400, "Content Exists Risk"),
        refuses(400, "系统检测到输入或生成内容可能包含不安全或敏感内容", code="1301"),
        refuses(400, "The request was rejected because it was considered high risk", type="content_filter"),
        refuses(400, "litellm.ContentPolicyViolationError: AzureException", code="400"),
        refuses(403, "This model requires moderation and your input was flagged for violence"),
        replies(200, {"error": {"message": "Output blocked by content filtering policy", "code": 400}}),
        replies(200, {"base_resp": {"status_code": 1026, "status_msg": "input new_sensitive"}}),
    ],
    ids=["azure", "alibaba", "deepseek", "zhipu", "moonshot", "litellm", "openrouter", "anthropic", "minimax"],
)
async def test_what_a_filter_refuses_is_told_as_that(client: OpenAIModel, model: ModelServer, refusal: Answer) -> None:
    model.on("main", refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, "content filter" in refused.value.told) == ("content_filter", True)


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(401, "The key does not satisfy the content policy"),
        refuses(429, "Too many requests to the content filter"),
        refuses(503, "The content filter is unavailable"),
    ],
    ids=["the key", "the rate", "trouble"],
)
async def test_trouble_with_a_filter_is_no_refusal_of_a_prompt(
    client: OpenAIModel, model: ModelServer, refusal: Answer
) -> None:
    model.on("main", refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert refused.value.code.startswith("http_")
