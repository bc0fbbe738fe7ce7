"""Whether what a server refuses is for want of money or of a moment."""

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import ChatMessage, Prompt
from chathakase.models.openai import OpenAIModel
from tests.model_server import Answer, ModelServer, fails, replies
from tests.models.refusing import ask, refuses

PROMPT = Prompt((ChatMessage("user", "hello"),))
FREE_TIER = (
    "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: "
    "generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: {limit}\nPlease retry in 20.4s."
)


def of_google(message: str, quota: str) -> Answer:
    details = [{"violations": [{"quotaId": quota}]}, {"@type": "RetryInfo", "retryDelay": "20s"}]
    error = {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": details}
    return replies(429, [{"error": error}])


@pytest.mark.parametrize(
    "refusal",
    [
        fails(429, "insufficient_quota"),
        refuses(
            429,
            "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check "
            "your plan and billing details.",
            type="throttling_error",
            code="429",
        ),
        refuses(429, "LiteLLM User: a, exceeded budget for model=b", type="budget_exceeded", code="429"),
        refuses(400, "ExceededBudget: End User=a over budget. Spend=0.1, Budget=0.01", code="400"),
        refuses(400, "Budget has been exceeded! Current cost: 1.0, Max budget: 0.5", type="budget_exceeded"),
        refuses(402, "Insufficient Balance"),
        refuses(402, "This request requires more credits, or fewer max_tokens. You can only afford 17."),
        refuses(400, "Your credit balance is too low to access the Anthropic API."),
        refuses(429, "余额不足或无可用资源包,请充值。", code="1113"),
        refuses(429, "Your account is suspended, insufficient balance", type="exceeded_current_quota_error"),
        refuses(403, "Key limit exceeded (total limit)"),
        refuses(403, "该令牌额度已用尽"),
        refuses(400, "Access denied, please make sure your account is in good standing.", code="Arrearage"),
        refuses(429, "Billing hard limit has been reached", code="billing_hard_limit_reached"),
        refuses(403, "Sorry, your account balance is insufficient", code="30001"),
        replies(200, {"choices": None, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
        refuses(402, "You have exceeded your monthly included credits for Inference Providers."),
        refuses(429, "Free credits exhausted. Add a payment method."),
        refuses(429, "Your account's monthly spend cap has been reached"),
        refuses(403, "This project has hit its billing limit"),
        replies(200, {"error": {"message": "You exceeded your current quota", "code": "429"}}),
        of_google(FREE_TIER.format(limit=250), "GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
        of_google(FREE_TIER.format(limit=0), "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
    ],
    ids=[
        *("openai", "litellm", "litellm's budget", "litellm's older", "litellm's oldest", "deepseek", "openrouter"),
        *("anthropic", "zhipu", "moonshot", "openrouter's key", "new api", "alibaba", "azure"),
        *(
            "siliconflow",
            "minimax",
            "hugging face",
            "free credits",
            "spend cap",
            "billing limit",
            "200",
            "google, by day",
        ),
        "google, none",
    ],
)
async def test_credit_that_is_used_up_is_told_whatever_the_code(
    client: OpenAIModel, model: ModelServer, refusal: Answer
) -> None:
    model.on("main", refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert refused.value.code == "insufficient_quota"
    assert "credit is used up" in refused.value.told


@pytest.mark.parametrize(
    "refusal",
    [
        fails(429),
        of_google(FREE_TIER.format(limit=15), "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
        refuses(429, "Rate limit reached for gpt-5 on requests per min (RPM): Limit 3, Used 3, Requested 1."),
        refuses(429, "litellm.RateLimitError: the engine is currently overloaded", code="429"),
        refuses(429, "您的账户已达到速率限制，请求过于频繁", code="1302"),
        refuses(429, "Allocated quota exceeded, please increase your quota limit.", code="Throttling.AllocationQuota"),
        replies(200, {"error": {"message": "Too many requests", "code": 429}}),
    ],
    ids=["nothing", "google, by the minute", "openai", "litellm", "zhipu", "alibaba, by the minute", "200"],
)
async def test_a_limit_by_the_minute_passes(client: OpenAIModel, model: ModelServer, refusal: Answer) -> None:
    model.on("main", refusal)
    with pytest.raises(ModelError) as refused:
        await ask(client, PROMPT)
    assert (refused.value.code, "overloaded" in refused.value.told) == ("http_429", True)


async def test_a_server_in_trouble_that_speaks_of_billing_is_in_trouble(
    client: OpenAIModel, model: ModelServer
) -> None:
    model.on("main", refuses(503, "The billing service cannot be reached: insufficient_quota unknown"))
    with pytest.raises(ModelError, match="http_503"):
        await ask(client, PROMPT)
