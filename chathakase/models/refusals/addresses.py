"""Whether nobody listens for Chat Completions at an address, or a server is there and has not the model."""

import re

import openai

from chathakase.models.refusals.saying import said, status_of

NOT_THERE, NOT_SO, GONE = 404, 405, 410

ABOUT_MODEL = re.compile(r"model|deployment|模型", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"unexpected endpoint|invalid url|unknown (?:url|endpoint|path|route|request url)|no route|route .{0,80}not found|"
    r"cannot post|resource not found|no such (?:endpoint|route|path)|path not found|not found: /",
    re.IGNORECASE,
)
"""LM Studio, which answers so with 200, OpenAI, Express, Azure, Spring."""


def is_elsewhere(error: openai.APIError) -> bool:
    """Whether a server knows nothing of what was asked for at that address."""
    status, words = status_of(error), said(error)
    if ELSEWHERE.search(words) or status == NOT_SO:
        return True
    return status in (NOT_THERE, GONE) and not ABOUT_MODEL.search(words)
