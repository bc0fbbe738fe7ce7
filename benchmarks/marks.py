"""Marks in answers, by which people see which questions an answer is to, and whether all of it is there.

An answer to the questions 3 and 4 begins with "begin-3 begin-4" and ends with "end-3 end-4".
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.model import Script
from benchmarks.watched_threads import content
from chathakase.playground.world.values import Message


@dataclass(frozen=True, slots=True)
class Marks:
    """How often answers to each question begin and end in a thread."""

    begun: Counter[int]
    ended: Counter[int]

    def is_answered(self, number: int) -> bool:
        """Whether there is one whole answer to a question, and no part of another."""
        return self.begun[number] == self.ended[number] == 1


def numbers(text: str) -> list[int]:
    """The numbers of the questions in a text."""
    return [int(number) for number in re.findall(r"question (\d+)", text)]


def marked(script: Script, asked: Sequence[int]) -> Script:
    """A script whose answer is marked as one to these questions."""
    first, *between, last = script.pieces if len(script.pieces) > 1 else (*script.pieces, "")
    begins, ends = (" ".join(f"{word}-{number}" for number in asked) for word in ("begin", "end"))
    return replace(script, pieces=(f"{first} {begins}. ", *between, f" {ends}. {last}"))


def read(messages: Iterable[Message]) -> Marks:
    """Read the marks in the bot's messages in a thread."""
    text = "\n".join(map(content, messages))
    begun, ended = (Counter(map(int, re.findall(rf"\b{word}-(\d+)\b", text))) for word in ("begin", "end"))
    return Marks(begun, ended)
