"""All that a server says when it refuses, in whatever shape, and how it is searched."""

import re
from functools import cached_property

import openai

SEARCHED = 4_000
"""Characters of a refusal that are searched."""
QUOTING = frozenset({"input"})
"""Where a refusal holds what was asked: FastAPI's."""
STATUS = re.compile(r"[45][0-9]{2}")
DIGITS = r"([0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9])|[0-9]{1,15})"
COUNT = rf"\(?`?{DIGITS}"
"""A number as sentences have it."""


class AnyOf:
    """Finds any of some patterns, in small letters or capitals; compiled when it is first needed, as few ever are."""

    def __init__(self, *patterns: str) -> None:
        self._patterns = patterns

    def search(self, words: str) -> re.Match[str] | None:
        """The first place where one of them is found."""
        return self._compiled.search(words)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile("|".join(self._patterns), re.IGNORECASE)


def number(found: re.Match[str] | None) -> int:
    """The number that was found; 0 where nothing was."""
    return int(found[found.lastindex or 0].replace(",", "")) if found else 0


def first_number(patterns: tuple[AnyOf, ...], words: str) -> int:
    """The number that the first of these patterns finds that finds any; 0 where none does."""
    return next((number(found) for pattern in patterns if (found := pattern.search(words))), 0)


def said(error: openai.APIError) -> str:
    """What a server said, to be searched and never passed on: it may quote a prompt.

    The library's own ``message`` has only what is called so. FastAPI says ``{"detail": …}``, Ollama, LM Studio, TGI
    and xAI ``{"error": "…"}``, Google ``[{"error": …}]``, Mistral ``{"message": {"detail": …}}``, proxies plain text.
    """
    found, left = [error.message], [error.body]
    for each in left:
        match each:
            # A web page tells of a server on the way, and of much else.
            case str() if not each.lstrip().startswith("<"):
                found.append(each)
            case list():
                left.extend(each)
            case dict():
                left.extend(value for key, value in each.items() if key not in QUOTING)
    return "\n".join(found)[:SEARCHED]


def status_of(error: openai.APIError) -> int:
    """The HTTP status; of a refusal within a stream the one that it names as its code; 0 where there is none."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code
    code = str(error.code or "")
    return int(code) if STATUS.fullmatch(code) else 0
