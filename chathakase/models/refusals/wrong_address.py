"""Whether nobody listens for Chat Completions at an address, or a server is there and has not the model."""

import re

import openai

from chathakase.models.refusals.saying import said, status_of

FOUND, NOT_UNDERSTOOD, NOT_THERE, NOT_SO, GONE = 200, 400, 404, 405, 410
MOVED = frozenset({301, 302, 303, 307, 308})

ABOUT_MODEL = re.compile(r"model|deployment|endpoints|provider|模型", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"unexpected endpoint|invalid url|unknown (?:url|endpoint|path|route|request url)|no route|route .{0,80}not found|"
    r"cannot post|resource not found|no such (?:endpoint|route|path)|path not found|not found: /",
    re.IGNORECASE,
)
"""LM Studio, which answers so with 200, OpenAI, Express, Azure, Spring."""


NEEDS_TLS = re.compile(r"HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)", re.IGNORECASE)
"""Go and nginx."""


def where_to(error: openai.APIError) -> str | None:
    """Where a server says that it has moved; None where it does not."""
    if not isinstance(error, openai.APIStatusError) or error.status_code not in MOVED:
        return None
    return error.response.headers.get("location", "")


def needs_tls(error: openai.APIError) -> bool:
    """Whether a server that speaks TLS was spoken to without."""
    if not isinstance(error, openai.APIStatusError) or error.status_code != NOT_UNDERSTOOD:
        return False
    return NEEDS_TLS.search(error.response.text) is not None


def is_elsewhere(error: openai.APIError) -> bool:
    """Whether a server knows nothing of what was asked for at that address."""
    status, words = status_of(error), said(error)
    if ELSEWHERE.search(words) or status in (FOUND, NOT_SO):
        return True
    return status in (NOT_THERE, GONE) and not ABOUT_MODEL.search(words)
