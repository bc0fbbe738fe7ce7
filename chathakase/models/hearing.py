"""Hears an answer of Chat Completions chunk by chunk: what of it people are told, and what it is besides. Pure."""

import re
from typing import Any

from chathakase.core.types import Finished, Usage
from chathakase.core.unicode import Mender
from chathakase.models.bounds import TOO_MUCH
from chathakase.models.thinking import Listener

MOST_TOKENS = 10**9
"""Tokens of a prompt or an answer that a server can have counted."""
NAME_MOST = 200
"""Characters of a model's name."""
REASON = re.compile(r"[\w.:-]{1,40}", re.ASCII)
"""A reason why an answer is over; it reaches the log, and a server might put words of people there."""
OTHER = "other"
"""A reason that looks like none."""

ASIDE = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "tool_calls", "function_call", "refusal")
"""Where chunks have what is not told: what a model thinks, and calls of tools."""
ABOUT = frozenset({"id", "type", "index", "format"})
"""What in there is not of the model's making."""


class Hearing:
    """What was heard of one answer so far."""

    def __init__(self, most: int) -> None:
        """``most`` is how many characters the text may have, and as many again what is not told."""
        self._most = most
        self._mender, self._listener = Mender(), Listener()
        self._told = 0
        self._aside = 0
        self._model = ""
        self.reason: str | None = None
        """Why it is over; None as long as nothing says that it is."""
        self.usage: Usage | None = None

    @property
    def life(self) -> int:
        """Grows with each sign of life."""
        return self._told + self._aside

    def chunk(self, chunk: dict[str, Any]) -> str:
        """What can be told after the next chunk of a stream."""
        self._note(chunk)
        # Usage and filter chunks come without choices, so the first one is never taken for granted.
        told = [self._choice(choice, choice.get("delta") or {}) for choice in chunk.get("choices") or ()]
        return self._bounded("".join(told))

    def whole(self, answer: dict[str, Any]) -> str:
        """What can be told of an answer that is not streamed. Raises LookupError where there is none."""
        self._note(answer)
        choice = answer["choices"][0]
        told = self._choice(choice, choice["message"])
        self.done()
        return self._bounded(told)

    def part(self, text: str) -> str:
        """What can be told of the beginning of an answer that is cut."""
        self.reason = TOO_MUCH
        return self._bounded(self._listener.feed(self._mender.feed(text)))

    def done(self) -> None:
        """Note that the server said that this is all."""
        self.reason = self.reason or "stop"

    def rest(self) -> str:
        """What was held back and, now that the answer is over, is part of it."""
        return self._listener.rest()

    def finished(self) -> Finished:
        """How it ended."""
        return Finished(self.reason, self._model, self.usage)

    def _note(self, chunk: dict[str, Any]) -> None:
        model = chunk.get("model")
        self._model = model[:NAME_MOST] if model and isinstance(model, str) else self._model
        self.usage = _usage(chunk) or self.usage

    def _choice(self, choice: dict[str, Any], said: dict[str, Any]) -> str:
        self.reason = _reason(choice.get("finish_reason")) or self.reason
        text = _text(said.get("content"))
        told = self._listener.feed(self._mender.feed(text))
        # Twins of one thought, under an old name and a new one, count once.
        self._aside += max(len(text) - len(told), 0) + max(_length(said.get(name)) for name in ASIDE)
        return told

    def _bounded(self, told: str) -> str:
        """No more of it than there is room for; what is beyond ends the answer."""
        room = self._most - self._told
        self._told += len(told)
        if max(self._told, self._aside) > self._most:
            self.reason = TOO_MUCH
        return told[:room]


def _text(content: object) -> str:
    """The text of a delta, which some servers send as a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _length(value: object) -> int:
    """How many characters there are in anything that JSON has."""
    length, left = 0, [value]
    for each in left:
        match each:
            case str():
                length += len(each)
            case list():
                left.extend(each)
            case dict():
                left.extend(value for key, value in each.items() if key not in ABOUT)
    return length


def _reason(said: object) -> str | None:
    if not said:
        return None
    return said if isinstance(said, str) and REASON.fullmatch(said) else OTHER


def _usage(chunk: dict[str, Any]) -> Usage | None:
    usage = chunk.get("usage")
    if not usage or not isinstance(usage, dict):
        return None
    return Usage(_tokens(usage.get("prompt_tokens")), _tokens(usage.get("completion_tokens")))


def _tokens(number: object) -> int:
    """How many tokens a server counted; 0 where that cannot be, since no answer is worth less for it."""
    return int(number) if isinstance(number, int | float) and 0 <= number <= MOST_TOKENS else 0
