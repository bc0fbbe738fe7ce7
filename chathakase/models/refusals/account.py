"""Whether an account is used up, which no waiting helps, or a limit by the minute, which passes.

Servers say both with 429, and proxies such as LiteLLM put ``"429"`` where OpenAI has ``insufficient_quota``.
"""

import openai

from chathakase.models.refusals.saying import AnyOf, said, status_of

PAYMENT_REQUIRED = 402

USED_UP = AnyOf(
    r"insufficient[_ ](?:quota|balance|credits?|funds)",
    r"exceeded[_ ](?:your |the )?current[_ ]quota",
    r"quota (?:has been |is |was )?(?:exceeded|exhausted|used up)",
    r"credit balance is too low|balance is insufficient|exceeded your .{0,20}credits",
    r"credits? (?:are |is |have been |has been )?(?:exhausted|depleted|used up|expired)",
    r"(?:out of|requires? more|not enough|no (?:more )?|used all (?:available )?|run out of) credits?\b",
    r"budget(?:_| has been |\s)?exceeded|exceeded[_ ]?budget|over budget",
    r"billing[_ ](?:hard[_ ]limit|limit|not[_ ]active)|payment required",
    r"(?:key|spend(?:ing)?|monthly|weekly|usage) (?:limit|cap) (?:has been |is |was )?(?:exceeded|reached)",
    r"reached (?:its|your) (?:\w+ )?(?:spending|monthly|usage|api usage) limit",
    r"(?:account|balance).{0,20}(?:overdue|arrears)|arrearage",
    r"余额不足|余额为零|欠费|(?:额度|配额|余额)(?:不足|已?用[完尽]|已?耗尽)",
)
"""OpenAI, Azure, Anthropic, DeepSeek, OpenRouter, LiteLLM, xAI, Moonshot, Zhipu, Alibaba, New API."""

PASSES = AnyOf(
    r"per[ _-]?(?:second|minute|hour)|\b[rt]pm\b|rate[ _]limit[ _](?:reached|exceeded)|too many requests",
    r"retry(?:ing)? (?:in|after) [0-9.]{1,12}\s?m?s|retryDelay|allocated quota|请求.{0,6}频繁|限流",
)
"""What tells that a limit is one by the minute. Google calls it a quota, in OpenAI's words for credit."""
LASTS = AnyOf(r"per[ _-]?(?:day|month)|\bdaily\b|\blimit: 0\b|insufficient|余额|欠费|budget|credits?\b")
"""What tells that it does not pass all the same."""


def is_used_up(error: openai.APIError) -> bool:
    """Whether a server refuses because nothing is left that could be spent."""
    status, words = status_of(error), said(error)
    if status == PAYMENT_REQUIRED:
        return True
    # A server in trouble that speaks of billing is a server in trouble.
    if status >= 500 or not USED_UP.search(words):
        return False
    return not PASSES.search(words) or LASTS.search(words) is not None
