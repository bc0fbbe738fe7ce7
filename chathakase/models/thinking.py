"""Leaves out what a model thinks aloud before its answer. Pure.

Open models write ``<think>…</think>`` first, or another pair of marks, and a server that is not set up for that
(``--reasoning-parser`` of vLLM, for instance) hands it on as if it were of the answer. Chat templates of some begin the
thought themselves, so that only its end is ever seen. OpenAI's open models write in channels, of which only the final
one is the answer (https://cookbook.openai.com/articles/openai-harmony).
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import regex

from chathakase.core.types import TakenBack
from chathakase.models.surroundings import TagContext

AHEAD = 3
"""Letters that are told although a mark may begin with them: a model may be slow, and they can be taken back."""
MOST_MARKS = 100
"""Marks in an answer after which it is taken to be about such marks."""

_KINDS = (
    r"(?i:(?:ant)?think(?:ing)?|thoughts?|reasoning|reflection|analysis|scratchpad|(?:inner_)?monologue|cot)"
    r"(?i:_process|_steps)?"
)
_NAMES = rf"(?:\w{{1,12}}[:_-]){{0,2}}{_KINDS}"
"""DeepSeek, Qwen, GLM, EXAONE, Seed (``seed:think``), LongCat (``longcat_think``), and what prompts ask others for."""
_HEAD = r"(?:<\|(?:end|return|call)\|>\s{0,4})?(?:<\|start\|>\s{0,4}assistant\s{0,4})?<\|channel\|>\s{0,4}"
_CLOSING = ("<|end|>", "<|return|>", "<|call|>")
"""A mark that closes another channel first is never a word of a sentence."""
_ASIDE = rf"{_HEAD}(?:analysis|commentary)\b"
_FINAL = rf"{_HEAD}final\b[^<]{{0,60}}(?:<\|constrain\|>[^<]{{0,60}})?<\|message\|>|<\|start\|>assistant<\|message\|>"

_BEGIN = (
    # Kimi-VL, Magistral, Sky-T1, Cohere, Apertus, MedGemma and Gemma 4.
    rf"<{_NAMES}(?:\s[^<>]{{0,40}})?>|<\|(?i:(?:begin|start)_(?:of_)?)?{_KINDS}\|>|<\|inner_prefix\|>|◁think▷|"
    r"\[(?:THINK(?:ING)?|REASONING)\]|<unused94>thought|"
    r"<\|channel>thought"
)
_END = (
    rf"</{_NAMES}>|<\|(?:/|(?i:end_(?:of_)?)){_KINDS}\|>|<\|inner_suffix\|>|◁/think▷|"
    r"\[/(?:THINK(?:ING)?|REASONING)\]|<unused95>|<channel\|>|"
    r"\[BEGIN FINAL RESPONSE\]"
)
_NAMES_OF_ANSWERS = r"(?i:answer|response|output|final_answer)"
_OPEN = rf"<{_NAMES_OF_ANSWERS}>|<\|begin_of_solution\|>|<\|START_RESPONSE\|>"
"""What some put around an answer that follows a thought: Hunyuan, Granite, Sky-T1, Cohere."""
_CLOSE = (
    rf"</{_NAMES_OF_ANSWERS}>|<\|end_of_solution\|>|<\|END_RESPONSE\|>|\[END FINAL RESPONSE\]|"
    r"<\|(?:end|return|call)\|>(?!\s*+<)"
)
_PLAIN_BEGIN = r"(?:analysis|commentary)(?=[^a-z\s\d_.-])|Here(?:'s| is) my thought process:"
_PLAIN_END = r"assistantfinal(?![a-z])|Here(?:'s| is) my response:"
"""The channels' names, where a server leaves out the marks around them; and Granite's words."""

BEGINNING = regex.compile(
    rf"(?:assistant\s{{0,4}})?(?:(?P<thought>{_ASIDE})|(?P<final>{_FINAL}))|"
    rf"(?P<thought>{_BEGIN})|(?P<open>{_OPEN})|(?P<plain>{_PLAIN_BEGIN})"
)
BEGIN = regex.compile(_BEGIN)
SPOKEN_OF = regex.compile(rf"(?:{_BEGIN})[ \t]{{1,4}}(?:is|are|was|and|or|means?|tags?|marks?|opens|starts|begins)\W")
"""A sentence that begins with a mark, and goes on about it."""
END = regex.compile(rf"{_END}|(?P<final>{_FINAL})")
_MARK = (
    rf"(?P<final>{_FINAL})|(?P<aside>{_ASIDE})|(?P<close>(?:(?:{_CLOSE})\s*+)++)|"
    rf"(?P<end>{_END})(?P<gap>[ \t]{{0,20}}+)(?=(?P<after>[^ \t]|\Z))|(?P<begin>{_BEGIN})"
)
MARK = regex.compile(rf"(?=[<◁\[])(?:{_MARK})")
PLAIN_MARK = regex.compile(rf"(?:{_PLAIN_END})|{_MARK}")
"""The marks in an answer, and in one that began like a thought without marks."""

Told: TypeAlias = Iterator[str | TakenBack]


class ThinkingFilter:
    """Hears an answer piece by piece, and tells what of it is meant for people."""

    def __init__(self) -> None:
        self._held = ""
        """What is not decided yet."""
        self._blanks = list[str]()
        """What was there before anything else."""
        self._ahead = 0
        """How many characters of what is held are told already."""
        self._hear: Callable[[bool], Told] = self._beginning
        self._parted = False
        """Whether a thought was left out."""
        self._final = self._plain = False
        """Whether the answer was marked as such; whether it began like a thought without marks."""
        self._around = TagContext()
        self._marks = self._begun = 0
        """How many marks there were in it, and blocks that are open."""

    def feed(self, piece: str) -> Told:
        """What can be told now; what was told before may be taken back."""
        self._held += piece
        yield from self._work(over=False)

    def rest(self) -> Told:
        """What was held back and, now that the answer is over, is part of it."""
        yield from self._work(over=True)

    def _work(self, *, over: bool) -> Told:
        hear = None
        while hear != self._hear:
            hear = self._hear
            yield from hear(over)

    def _beginning(self, over: bool) -> Told:
        text = self._held.lstrip()
        self._blanks.append(self._held[: len(self._held) - len(text)])
        self._held = text
        found, spoken_of = (each.match(text, partial=not over) if text else None for each in (BEGINNING, SPOKEN_OF))
        if not over and (not text or any(each and each.partial for each in (found, spoken_of))):
            yield from self._tell_ahead(text)
            return
        found = None if spoken_of else found
        if found and (found["thought"] or found["final"] or (found["open"] and self._parted)):
            yield from self._take_back_ahead()
            self._held = text[found.end() :]
            self._hear = self._thought if found["thought"] else self._answer_proper
            self._final = self._final or bool(found["final"])
            return
        self._plain = bool(found and found["plain"])
        self._hear = self._answer
        yield from self._tell_blanks()
        self._held, self._ahead = text[self._ahead :], 0

    def _tell_ahead(self, text: str) -> Told:
        if text.isalpha() and len(text) <= AHEAD:
            yield from self._tell_blanks()
            yield from self._told(text[self._ahead :])
            self._ahead = len(text)

    def _take_back_ahead(self) -> Told:
        if self._ahead:
            self._ahead, self._around = 0, TagContext()
            yield TakenBack()

    def _tell_blanks(self) -> Told:
        """What stood before the answer, unless that is only what sets it apart from a thought."""
        if not self._parted:
            yield from self._told("".join(self._blanks))
        self._blanks.clear()

    def _answer_proper(self, _: bool) -> Told:
        """Lines that only set an answer apart from what is before it are none of it."""
        self._parted = True
        self._blanks.clear()
        self._hear = self._beginning
        yield from ()

    def _thought(self, over: bool) -> Told:
        found = END.search(self._held, partial=not over)
        if found is None or found.partial:
            self._held = self._held[found.start() :] if found and not over else ""
            return
        self._held = self._held[found.end() :]
        self._final = self._final or bool(found["final"])
        self._hear = self._answer_proper
        yield from ()

    def _answer(self, over: bool) -> Told:
        while self._hear == self._answer and self._held:
            found = self._mark(over)
            start = found.start() if found else len(self._held)
            length = len(self._held) - start
            yield from self._tell(start)
            if found is None or (not over and _is_open(found, length)):
                return
            yield from self._judge(found)

    def _mark(self, over: bool) -> "regex.Match[str] | None":
        if self._marks >= MOST_MARKS:
            return None
        return (PLAIN_MARK if self._plain else MARK).search(self._held, partial=not over)

    def _judge(self, found: "regex.Match[str]") -> Told:
        """Decide about a mark with which begins what is held."""
        self._marks += 1
        if self._is_mentioned(found):
            yield from self._tell(found.end() - found.start())
            return
        self._held = self._held[found.end() - found.start() :]
        if found["close"]:
            return
        if found["aside"]:
            self._hear = self._thought
            return
        if self._around.begun and not self._final:
            yield TakenBack()
            self._around = TagContext()
        self._final = self._final or bool(found["final"])
        self._begun, self._hear = 0, self._answer_proper

    def _is_mentioned(self, found: "regex.Match[str]") -> bool:
        around = self._around
        if (found["aside"] or found["final"]) and not found[0].startswith(_CLOSING) and around.is_amid_sentence():
            return True
        if found["close"]:
            ends = found.end() == len(found.string)
            return not ends or not (self._parted or found["close"].startswith("<|"))
        if around.quotes_code():
            return True
        if found["begin"]:
            self._begun += around.opens_block()
            return True
        if found["end"] and self._begun:
            self._begun -= 1
            return True
        return bool(found["end"]) and (around.line_has(BEGIN) or around.mentions(found["gap"], found["after"]))

    def _tell(self, length: int) -> Told:
        told, self._held = self._held[:length], self._held[length:]
        yield from self._told(told)

    def _told(self, text: str) -> Told:
        if text:
            self._around.pass_by(text)
            yield text


def _is_open(found: "regex.Match[str]", length: int) -> bool:
    """Whether what comes next may say more about a mark."""
    ends = found.end() - found.start() == length
    return found.partial or (ends and bool(found["close"] or found["end"]))
