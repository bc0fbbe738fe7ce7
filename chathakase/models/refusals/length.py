"""Whether a prompt is too long for a model's window, or the answer that is asked for is, and what there is room for.

Many servers refuse both in one sentence, and tell with it the window, what the prompt takes of it, or both.
"""

import re

import openai

from chathakase.models.refusals.saying import COUNT, DIGITS, AnyOf, first_number, number, said, status_of

TOO_LONG = "context_length_exceeded"
TOO_LARGE, TOO_FAST = 413, 429
OTHER_LIMITS = frozenset({401, 402, 403, 408})
"""These speak of limits as well, but of others."""

ABOUT_LENGTH = AnyOf(
    r"context[ _-]?(?:length|size|window|limit)|exceed_context|maximum context|(?:model|prompt|context) length",
    r"(?:prompt|input|string)s? (?:is |are |has )?too long|too long for|string_above_max_length",
    r"too many (?:input )?tokens|number of (?:input |prompt )?tokens|input tokens exceed|tokens must be reduced",
    r"input (?:length|size)|max_prompt_tokens|max_input_tokens|max_seq_len",
    r"tokens?.{0,80}must (?:be|have) (?:<=|less)|must (?:be|have) (?:<=|less than) [0-9,]{1,15} tokens",
    r"reduce the length|token limit|token count|length of (?:the )?(?:inputs?|prompt|messages)",
    r"exceed\w*.{0,40}(?:token|context)",
    r"(?:prompt|request|context|body|contents?|messages?|conversation|text|query)(?: tokens)? "
    r"(?:is |are |was |has grown )?too (?:large|big|long)",
    r"sequence length|max_model_len|max position|context shift|must be (?:shorter|fewer) than [0-9,]{1,15} tokens",
    r"tokens?.{0,40}(?:over|above|beyond|longer than|more than) (?:the )?(?:limit|maximum|[0-9])",
    r"token length|(?:input |prompt )?tokens? (?:is |are )?(?:exceeded|over|larger than)",
    r"上下文|(?:提示词?|prompt|输入|文本|内容|消息|请求|对话|会话|历史)[^。]{0,12}(?:过长|超长|太长)",
    r"(?:输入|tokens?|提示词?|消息|文本|内容|字数)[^。图]{0,16}(?:超过|超出|超限|大于)|长度(?:超过|超出|超限|过长)",
    r"超(?:过|出)[^。]{0,12}(?:长度|token|上限)",
)
"""What is said of a prompt that is too long: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LiteLLM, LM Studio, TGI,
Anthropic, Bedrock, Google, Mistral, xAI, Groq, Together, Cohere, GitHub, OpenRouter, Moonshot, Alibaba, Zhipu, MiniMax,
Baidu, Tencent."""

WINDOW = (
    AnyOf(rf"(?:[0-9]|tokens) ?> ?{COUNT}"),
    AnyOf(rf"<= ?{COUNT}"),
    AnyOf(rf"{COUNT} maximum context|(?:longer|shorter) than (?:the )?{COUNT}"),
    AnyOf(
        r"(?:context (?:length|size|window|limit)|(?:model|maximum prompt|allowed input) length|"
        r"(?:configured|token) limit|max_seq_len|max_model_len|max position embeddings|max size|\(tpm\): limit)"
        rf"(?: of| is|:)?(?: only)? ?{COUNT}"
    ),
    AnyOf(rf"length should be \[[0-9]+, ?{COUNT}\]"),
    AnyOf(
        r"(?:tokens allowed|(?:less|larger) than|limit(?: of| is|:| (?=[0-9]))|maximum(?: allowed| of)|capacity of|"
        rf"at most|up to|max) ?{COUNT}"
    ),
    AnyOf(rf"(?:超过了?|超出了?|上限|最大|最长|最多|限制)[^0-9。'\"\n]{{0,20}}{COUNT}"),
)
"""Where such a sentence names the window, the surest first."""
PROMPT = (
    AnyOf(rf"{COUNT} \+ [0-9,]+ ?>"),
    AnyOf(rf"{COUNT} (?:tokens )?(?:in (?:the|your) (?:messages|prompt|input)|(?:of|from)(?: the)? (?:text )?input)"),
    AnyOf(rf"{COUNT} (?:`inputs`|input|prompt) tokens"),
    AnyOf(rf"(?:sum of prompt length|length of prompt_tokens) {COUNT}"),
)
"""Where it names what the prompt takes."""
AT_LEAST = AnyOf(r"at least [0-9,]+ (?:input|prompt) tokens")
"""vLLM has counted only until it was too much."""
REQUESTED = AnyOf(rf"requested:? {COUNT}")
AFFORDED = AnyOf(rf"can only afford {COUNT}")

ANSWER = AnyOf(
    r"max[_ ]?(?:completion[_ ]?|new[_ ]?|output[_ ]?)?tokens|tokens_to_generate",
    r"(?:completion|output) tokens|maximum output length|最大输出|maximum tokens you requested",
)
"""What the length of an answer is called."""
OF_BOTH = AnyOf(
    r"`inputs`|input (?:tokens|length|or output)|\bprompt|messages|context (?:length|limit)|total|输入(?:长度|与|和|\+)"
)
"""What tells that a sentence is about the prompt as well."""
TOO_MUCH = AnyOf(
    r"must|should|too (?:large|big|high|many|long)|exceed|maximum|at most|above|range|limit|less than|lower|valid",
    r"(?:more|greater|larger) than|but [0-9]+ were requested",
    r"<=|>|between|supports|超|范围|非法|不能|不大于|小于|最大|之间|错误",
)
TOO_LITTLE = AnyOf(
    r"(?:higher|larger|greater|increase|raise).{0,20}max[_ ]?\w*tokens",
    r"max[_ ]?\w*tokens or model output limit was reached",
)
"""OpenAI refuses so where a model has thought until nothing was left for an answer."""
ALONE = re.compile(rf"(?<![a-zA-Z0-9_.-]){DIGITS}(?![a-zA-Z0-9_-]|\.[0-9])(?! \(exclusive\))")
BEYOND = re.compile(rf"{DIGITS} \(exclusive\)")
"""Numbers that are no part of a name; Google names the first one that is too large."""
STATUSES = frozenset(range(400, 600)) - {512}


def is_too_long(error: openai.APIError) -> bool:
    """Whether a server refused a prompt because it is longer than the model's window."""
    status = status_of(error)
    if error.code == TOO_LONG or status == TOO_LARGE:
        return True
    if isinstance(error, openai.APIConnectionError) or status in OTHER_LIMITS:
        return False
    words = said(error)
    if status == TOO_FAST:
        # A limit by the minute that is smaller than the prompt, so that no waiting helps.
        return 0 < first_number(WINDOW, words) < number(REQUESTED.search(words))
    return ABOUT_LENGTH.search(words) is not None and not _is_of_the_answer(words)


def is_used_up(error: openai.APIError) -> bool:
    """Whether a model has used up the length of its answer before it wrote a word."""
    return TOO_LITTLE.search(said(error)) is not None


def named_window(error: openai.APIError) -> int:
    """The window in tokens that a refusal names; 0 when it names none."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("n_ctx"), int):
        return int(body["n_ctx"])
    return first_number(WINDOW, said(error))


def left_for_answer(error: openai.APIError, asked: int) -> int:
    """Tokens that there are for an answer beside a prompt that fits by itself; 0 where it does not, or is not told."""
    words = said(error)
    if afforded := number(AFFORDED.search(words)):
        return afforded
    window, prompt = first_number(WINDOW, words), first_number(PROMPT, words)
    if not 0 < prompt < window:
        return 0
    return min(window - prompt, asked // 2) if AT_LEAST.search(words) else window - prompt


def most_of_answer(error: openai.APIError, asked: int) -> int | None:
    """The longest answer that a model writes, where a server refuses a longer one; 0 if it is not told.

    None where the refusal is about something else.
    """
    words = said(error)
    if status_of(error) in (*OTHER_LIMITS, TOO_FAST) or not _is_of_the_answer(words):
        return None
    named = [*map(number, ALONE.finditer(words)), *(number(found) - 1 for found in BEYOND.finditer(words))]
    # Whichever way it is put, the bound is the largest number below the one that was too large.
    return max((each for each in named if each < asked and each not in STATUSES), default=0)


def _is_of_the_answer(words: str) -> bool:
    """Whether a limit is one of the answer alone."""
    if not ANSWER.search(words) or OF_BOTH.search(words):
        return False
    return TOO_MUCH.search(words) is not None and not TOO_LITTLE.search(words)
