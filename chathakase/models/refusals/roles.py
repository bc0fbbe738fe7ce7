"""Whether a model takes no system prompt, or only people and the assistant in turns."""

import openai

from chathakase.models.refusals.saying import AnyOf, said, status_of

STATUSES = frozenset({0, 400, 404, 422, 424, 500, 501})
"""vLLM and OpenAI refuse with 400, LoRAX with 424, llama.cpp and SGLang with 500; 0 is within a stream."""

ROLE = r"[`'\"]?(?:system|developer)\b[`'\"]?"
ABOUT_ROLES = AnyOf(
    r"(?:system|developer)[_ ](?:role|message|prompt|instruction)s?.{0,40}(?:n't|not|un)[ -]?(?:be )?"
    r"(?:support|allow|accept|enabled|permitted|valid)",
    rf"(?:n't|not) (?:support|allow|accept|permit)\w* (?:a |the |any )?{ROLE}",
    rf"\brole[`'\"]?:? {ROLE}.{{0,40}}(?:not |unsupported|invalid|unexpected)",
    rf"(?:unexpected|invalid|unknown|unsupported|unrecognized|not a valid)[^.]{{0,20}} role:? {ROLE}",
    r"only [`'\"]?user[`'\"]? and [`'\"]?(?:assistant|model)[`'\"]? roles|valid role: user, model",
    r"must alternate|be alternating|alternate between user",
    r"first message (?:must|should) (?:be|have) .{0,20}user|(?:start|begin) with (?:a |the )?[`'\"]?user",
    r"role(?![^.]{0,80}system).{0,40}(?:must|should|one of|only).{0,30}user.{0,8}assistant",
    r"(?:must|should) be [`'\"]?user[`'\"]? (?:or|and) [`'\"]?(?:assistant|model)|"
    r"unknown variant [`'\"]?(?:system|developer)\b",
    r"(?:n't|not) (?:take|have|use|know) (?:a |any )?(?:system|developer) (?:role|message|prompt|instruction)",
    r"首条消息.{0,12}(?:必须|应).{0,4}user",
    r"role of message with .{0,20}index must be",
    r"(?:不支持|不允许).{0,10}(?:system|系统)|(?:system|系统)\s*(?:role|角色|消息|提示词?|指令)?\s*(?:不支持|不被支持|不允许|非法)",
    r"角色必须交替",
)
"""Templates of Gemma, Mistral and Llama 2 on whatever server, OpenAI's o1-mini, Google, Bedrock, Anthropic, Perplexity,
Baidu."""


def system_is_refused(error: openai.APIError) -> bool:
    """Whether what is refused is a system prompt in a role of its own."""
    return status_of(error) in STATUSES and ABOUT_ROLES.search(said(error)) is not None
