"""Leaves out what a model thinks aloud before its answer. Pure.

DeepSeek's, Qwen's and other open models write ``<think>…</think>`` first, and a server that is not set up for that
(``--reasoning-parser`` of vLLM, for instance) hands it on as if it were of the answer.
"""

from collections.abc import Callable

BEGIN, END = "<think>", "</think>"


class Listener:
    """Hears an answer piece by piece, and tells what of it is meant for people."""

    def __init__(self) -> None:
        self._held = list[str]()
        """What may still become the beginning of a thought."""
        self._begun = ""
        """The same without the blanks before it."""
        self._tail = ""
        """What may still become the end of one."""
        self._hear: Callable[[str], str] = self._beginning

    def feed(self, piece: str) -> str:
        """What can be told now."""
        return self._hear(piece)

    def rest(self) -> str:
        """What was held back and, now that the answer is over, is part of it."""
        return "".join(self._held)

    def _beginning(self, piece: str) -> str:
        self._held.append(piece)
        self._begun = (self._begun + piece).lstrip()
        if BEGIN.startswith(self._begun) and self._begun != BEGIN:
            return ""
        held, self._held = self._held, []
        if self._begun.startswith(BEGIN):
            self._hear = self._thought
            return self._thought(self._begun.removeprefix(BEGIN))
        self._hear = str
        return "".join(held)

    def _thought(self, piece: str) -> str:
        text = self._tail + piece
        _, ended, answer = text.partition(END)
        if not ended:
            self._tail = text[1 - len(END) :]
            return ""
        self._hear = self._gap
        return self._gap(answer)

    def _gap(self, piece: str) -> str:
        """Lines that only set an answer apart from the thought before it are none of it."""
        answer = piece.lstrip()
        if answer:
            self._hear = str
        return answer
