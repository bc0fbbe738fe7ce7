"""Reads an answer of Chat Completions chunk by chunk: what of it people are told, and what it is besides. Pure."""

from collections.abc import Iterator
from typing import Any

from chathakase.core.types import Finished, FinishReason, TakenBack, Usage
from chathakase.core.unicode import SurrogateFixer
from chathakase.models.reasons import Reasons
from chathakase.models.thinking import ThinkingFilter, Told

MOST_TOKENS = 10**9
"""Tokens of a prompt or an answer that a server can have counted."""
NAME_MOST = 200
"""Characters of a model's name."""
AT_ONCE = 1_024
"""Characters that are listened to at once, so that others can work in between."""

ASIDE = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "tool_calls", "function_call", "refusal")
"""Where chunks have what is not told: what a model thinks, and calls of tools."""
TEXTS = frozenset({None, "text", "output_text"})
"""What the parts of a content are called that are told; Mistral's are called ``thinking`` where they are thoughts."""
ABOUT = frozenset({"id", "type", "index", "format"})
"""What in there is not of the model's making."""


class AnswerParser:
    """One answer, as far as it was read."""

    def __init__(self, most: int, reasons: Reasons | None = None) -> None:
        """``most`` is how many characters the text may have, and as many again what is not told."""
        self._most = most
        self._reasons = reasons or Reasons()
        self._fixer, self._thinking_filter = SurrogateFixer(), ThinkingFilter()
        self._heard = self._told = 0
        """Characters: of all that came, and of what was told of it."""
        self._model = ""
        self._counted_last = False
        """Whether the tokens were counted when the answer was over."""
        self.answered = False
        """Whether anything came that belongs to an answer."""
        self.reason: FinishReason | None = None
        """Why it is over; None as long as nothing says that it is."""
        self.usage: Usage | None = None

    @property
    def life(self) -> int:
        """Grows with each sign of life."""
        return self._heard

    @property
    def complete(self) -> bool:
        """Whether nothing more is to be expected."""
        return self.reason is not None and self._counted_last

    def chunk(self, chunk: dict[str, Any]) -> Told:
        """What can be told after the next chunk of a stream, a little at a time."""
        # Usage and filter chunks come without choices, so the first one is never taken for granted.
        choices = chunk.get("choices") or ()
        for choice in choices:
            yield from self._choice(choice, choice.get("delta") or choice.get("message") or {})
        self._note(chunk, *choices)

    def whole(self, answer: dict[str, Any]) -> Told:
        """What can be told of an answer that is not streamed. Raises LookupError where there is none."""
        choice = answer["choices"][0]
        yield from self._choice(choice, choice["message"])
        self._note(answer, choice)
        self.answered = True
        self.done()

    def part(self, text: str) -> Told:
        """What can be told of the beginning of an answer that is cut."""
        yield from self._listen(text)
        self.answered, self.reason = True, FinishReason.TOO_MUCH

    def done(self) -> None:
        """Note that the server said that this is all."""
        self.reason = self.reason or FinishReason.WHOLE

    def rest(self) -> Told:
        """What was held back and, now that the answer is over, is part of it."""
        yield from self._bounded(self._thinking_filter.rest())

    def finished(self) -> Finished:
        """How it ended."""
        return Finished(self.reason, self._model, self.usage)

    def _note(self, chunk: dict[str, Any], *choices: dict[str, Any]) -> None:
        model = chunk.get("model")
        self._model = model[:NAME_MOST] if model and isinstance(model, str) else self._model
        # Moonshot counts inside of the choice, and Groq under a name of its own.
        places = (chunk, chunk.get("x_groq"), *choices)
        if usage := next(filter(None, map(_usage, places)), None):
            self.usage, self._counted_last = usage, self.reason is not None

    def _choice(self, choice: dict[str, Any], said: dict[str, Any]) -> Told:
        ending = self._reasons.ending(choice.get("finish_reason"))
        self.reason = ending or self.reason
        content = said.get("content")
        text = _text(content)
        # Twins of one thought, under an old name and a new one, count once.
        self._heard += max(_length(said.get(name)) for name in ASIDE) + max(_length(content) - len(text), 0)
        yield from self._listen(text)
        self.answered |= bool(self._heard or ending)

    def _listen(self, text: str) -> Told:
        for at in range(0, len(text), AT_ONCE):
            piece = text[at : at + AT_ONCE]
            self._heard += len(piece)
            yield from self._bounded(self._thinking_filter.feed(self._fixer.feed(piece)))
            if self.reason is FinishReason.TOO_MUCH:
                return
        self._bound()

    def _bounded(self, told: Iterator[str | TakenBack]) -> Told:
        """No more of it than there is room for; what is beyond ends the answer."""
        for piece in told:
            if isinstance(piece, TakenBack):
                self._told = 0
                yield piece
                continue
            room = max(self._most - self._told, 0)
            self._told += len(piece)
            if room:
                yield piece[:room]
        self._bound()

    def _bound(self) -> None:
        if max(self._told, self._heard - self._told) > self._most:
            self.reason = FinishReason.TOO_MUCH


def _text(content: object) -> str:
    """The text of a delta, which some servers send as a list of parts."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict) and part.get("type") in TEXTS)
        return "".join(str(part.get("text") or "") for part in parts)
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


def _usage(place: object) -> Usage | None:
    usage = place.get("usage") if isinstance(place, dict) else None
    if not usage or not isinstance(usage, dict):
        return None
    return Usage(_tokens(usage.get("prompt_tokens")), _tokens(usage.get("completion_tokens")))


def _tokens(number: object) -> int:
    """How many tokens a server counted; 0 where that cannot be, since no answer is worth less for it."""
    return int(number) if isinstance(number, int | float) and 0 <= number <= MOST_TOKENS else 0
