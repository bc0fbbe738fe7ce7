"""The kinds of questions that people ask in a soak, and what the model does with each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from benchmarks.marks import marked, numbers
from benchmarks.model import FIRST, LAST, Script, answer, whole

PARAGRAPH = "A thread is a session, and what is said in it is remembered there, until it was idle for long. " * 3
PAGES = Script((f"{FIRST}, ", *(f"{number}. {PARAGRAPH}\n\n" for number in range(1, 29)), LAST), 0.5, 7.0)
"""Some 8,400 characters, which take three messages."""


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """One kind of question."""

    script: Script
    refused: int = 0
    """How often the model's server refuses it before it answers."""
    cut: int = 0
    """How often the answer breaks off before it comes whole."""
    stopped: bool = False
    """Whoever asks has the answer stopped."""

    @property
    def fails(self) -> int:
        """How many requests fail before one does not."""
        return self.refused + self.cut

    @property
    def retried(self) -> bool:
        """Whether people see it fail, and press the button to have it tried again: the client tries three times."""
        return self.refused > 2 or self.cut > 0

    @property
    def seconds(self) -> float:
        """How long the model takes."""
        return self.script.wait + self.script.spread


KINDS: Mapping[str, QuestionKind] = {
    "short": QuestionKind(answer(30, wait=0.2, spread=0.3)),
    "usual": QuestionKind(answer(120, wait=0.5, spread=3.0)),
    "long": QuestionKind(PAGES),
    "wobbly": QuestionKind(answer(60, wait=0.3, spread=1.0), refused=2),
    "refused": QuestionKind(answer(60, wait=0.3, spread=1.0), refused=3),
    "cut": QuestionKind(answer(60, wait=0.3, spread=1.0), cut=1),
    "stopped": QuestionKind(answer(300, wait=1.0, spread=20.0), stopped=True),
}

AT_ONCE = QuestionKind(whole(120, wait=0.0, hold=0.0))
"""A question of no kind, which needs no more than a connection each to the model and to Slack."""


class Answers:
    """Chooses what the model says by the last question that it is asked; all of them are marked in the answer."""

    def __init__(self) -> None:
        self._left: dict[int, int] = {}
        """How often the answer to a question is still to fail."""

    def choose(self, text: str) -> Script:
        """The script for the last message that the model is given."""
        asked = numbers(text)
        named = re.findall(r"question \d+ \((\w+)\)", text)
        kind = KINDS[named[-1]] if named else AT_ONCE
        script = marked(kind.script, asked)
        if not kind.fails or not asked:
            return script
        left = self._left.setdefault(asked[-1], kind.fails)
        if not left:
            del self._left[asked[-1]]
            return script
        self._left[asked[-1]] = left - 1
        if kind.refused:
            return replace(script, status=503)
        return replace(script, pieces=script.pieces[: len(script.pieces) // 2], cut=True)
