"""What a server has against pictures: that there are too many of them, one of them, or all pictures ever."""

from dataclasses import dataclass

import openai

from chathakase.models.refusals.saying import AnyOf, first_number, number, said, status_of

STATUSES = frozenset({0, 400, 404, 413, 415, 422, 500, 501, 502, 503})
"""llama.cpp refuses pictures with 500, OpenRouter with 404, vLLM, Ollama and OpenAI with 400, DeepSeek with 422; 0 is
within a stream."""
TOO_LARGE = 413

NAMED = r"(?:images?|image_urls?|pictures?|photos?|media|图片|图像)"
INPUT = r"(?:[_ -](?:input|content|understanding|part|message|data|modality|url)s?){0,3}"
ALL_OF_THEM = r"(?!\w| (?:format|type|of type|with|larger|bigger|over|above|urls?|exceed))"
"""Behind their name where nothing is said of what kind they must be."""

NO = r"(?:n't|not|no endpoints found that)"
ABOUT_PICTURES = AnyOf(r"image|picture|vision|multi-?modal|图片|图像|多模态|视觉")

BLIND = AnyOf(
    rf"{NO} (?:currently )?(?:support|accept|have|allow)\w* .{{0,40}}{NAMED}{ALL_OF_THEM}",
    rf"{NO} (?:currently )?(?:support|have)\w* .{{0,40}}(?:vision|multi-?modal|mmproj)",
    rf"(?:{NAMED}[`'\"]?{INPUT}|vision|multi-?modal) (?:is|are) (?:currently )?(?:not|only) "
    r"(?:supported|allowed|available|enabled)",
    r"(?:not|no) (?:an? )?(?:multi-?modal|vision)|mmproj",
    r"cannot (?:process|see|read|view|handle|understand) images|missing data required for image input",
    r"unsupported content (?:part )?type:? [`'\"]?image|supported values are:? [`'\"]text|should be [`'\"]text",
    r"unmarshal array|unknown variant [`'\"]?image_url",
    r"content (?:must be|should be|is not) a (?:valid )?string|should be a valid string|expected a string",
    r"(?:only|just) (?:supports? |accepts? |takes? )?(?:plain )?text\b|text[- ]only",
    r"不支持(?:输入)?(?:图片|图像|多模态|视觉)|[仅只]支持文本",
)
"""What is said of a model that sees nothing: OpenAI, Ollama, vLLM, SGLang, llama.cpp, DeepSeek, OpenRouter, FastAPI."""

BOUND = r"(?:at most|up to|only|maximum(?: of)?|max\.?|no more than|fewer than|less than|limit(?: of)?)"
TOO_MANY = AnyOf(
    rf"too many {NAMED}|too much media|multiple {NAMED}|(?:one|single) {NAMED}",
    rf"{BOUND} (?:the )?[0-9]{{1,3}} {NAMED}|[0-9]{{1,3}} {NAMED}.{{0,40}}(?:exceed|limit|max)",
    rf"{NAMED} per (?:request|prompt|message)|{NAMED}: list should have at most",
    rf"{NAMED} (?:count|limit|number)|number of {NAMED}|limit[-_]mm[-_]per[-_]prompt",
    r"(?:最多|至多|不超过|不能超过|超过).{0,12}张|图片(?:数量|个数|张数)|(?:图片|图像).{0,10}(?:过多|太多|超过)|多图|[多单]张",
)
"""vLLM, Azure, Anthropic, Bedrock, Groq, Mistral, Google, MiniMax, Alibaba, Zhipu."""
COUNT = r"\s*\(?([0-9]{1,3})(?![0-9])"
MOST = (
    AnyOf(
        rf"(?:at most|up to|no more than|allowed(?: is|:)|limit(?:ed)?(?: is| of| to|:)?|only|image=){COUNT}",
        rf"max(?:imum)?\.?(?: number| limit| allowed)?(?: is| of|:)?(?: {NAMED})?{COUNT}",
        rf"exceed(?:s|ing)?(?: the)?(?: limit| maximum)?(?: of)?{COUNT}",
        rf"(?:最多|至多|不(?:能|得|可)?超过|上限|超过)[^0-9。]{{0,6}}{COUNT}",
    ),
    AnyOf(rf"> ?{COUNT}", rf"<= ?{COUNT}"),
)
"""Where such a sentence names the number, the surest first."""
FEWER = AnyOf(rf"(?:fewer|less) than{COUNT}")
ONE = AnyOf(rf"(?:one|single) {NAMED}|multiple {NAMED}|单张")
UNTOLD = 1_000
"""More than there ever are."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server has against the pictures of a request."""

    most: int
    """How many it may be shown instead."""
    lasting: bool
    """The model is like that; else it was this request."""


def complaint(error: openai.APIError, shown: int) -> Complaint | None:
    """What a server that was shown so many pictures has against them; None where it complains of something else."""
    status, words = status_of(error), said(error)
    if not shown or status not in STATUSES:
        return None
    if TOO_MANY.search(words):
        most = _most(words)
        # Without a number, or with one that was kept to, half of them are worth a try.
        return Complaint(most, lasting=True) if most < shown else Complaint(shown // 2, lasting=False)
    if BLIND.search(words):
        return Complaint(0, lasting=True)
    if status == TOO_LARGE or ABOUT_PICTURES.search(words):
        return Complaint(1 if shown > 1 else 0, lasting=False)
    return None


def _most(words: str) -> int:
    if fewer := FEWER.search(words):
        return max(number(fewer) - 1, 0)
    named = any(pattern.search(words) for pattern in MOST)
    return first_number(MOST, words) if named else 1 if ONE.search(words) else UNTOLD
