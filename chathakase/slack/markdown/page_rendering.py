"""Writes a part of the model's text as one page. Pure."""

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, replace

from chathakase.slack.markdown.blocks import LONGEST_MARKS, Block, BlockKind, State
from chathakase.slack.markdown.disguises import broken, defused, look
from chathakase.slack.markdown.healing import shown
from chathakase.slack.markdown.inline import ParagraphContext, TextEnd, write
from chathakase.slack.markdown.mention_markup import PING, ZERO_WIDTH_SPACE, harmless
from chathakase.slack.markdown.pieces import Piece
from chathakase.slack.markdown.scanner import Scanner, scan

UNSAFE = re.compile(rf"{PING.pattern}|^[ \t>]*(?=([`~])\1{{{LONGEST_MARKS}}})", re.MULTILINE)
"""Behind this something has to stand in code, lest Slack take what follows for a mention or a fence."""
HALF_FENCE = re.compile(r"[ \t]*[`~]")
"""Marks in code that would close its fence if a cut put them at the beginning of a line."""
FALSE_FENCE = re.compile(r"(?:```+[^`\n]*|~~~.*)(?:\n|\Z)")
"""Text that would open a fence, as its marks are too long, or as the back-tick is gone for which it did not."""
WORD_END = re.compile(r"(?<=\S)(?=\s)|(?<=[、。，．！？；：…])(?=[^\W\d_])")
"""Where a word has certainly ended."""


@dataclass(frozen=True, slots=True)
class PageRendering:
    """A part of the text as Slack is to get it."""

    markdown: str
    state: State
    """What is open behind it."""
    steady: str
    steady_end: int
    """The beginning that stays, whatever may come, and up to where in the text it reaches."""


def render(
    text: str, start: int, end: int, state: State, *, ending: TextEnd, members: Collection[str], ahead: int = 0
) -> PageRendering:
    """Write the text between two characters, in front of which that is open."""
    return _Renderer(text, start, end, state, ending, members, max(ahead, end)).render()


def whole(text: str) -> str:
    """Write a text that is one page, in which nobody may be mentioned."""
    return render(text, 0, len(text), State(), ending=TextEnd.DONE, members=()).markdown or text


class _Renderer:
    def __init__(
        self, text: str, start: int, end: int, state: State, ending: TextEnd, members: Collection[str], ahead: int
    ) -> None:
        self._text = text
        self._start = start
        self._state = state
        self._ending = ending
        self._members = members
        self._ahead = ahead
        self._spans = state.spans
        self._pieces: list[Piece] = []
        scanner, self._end = Scanner(text, start, end, state), end
        self._after = scanner.run()
        while ending is TextEnd.GROWING and (held := shown(text, scanner.blocks, self._end, end)) < self._end:
            self._after, self._end = scanner.shorten(held), held
        self._blocks = scanner.blocks
        self._certain = self._end

    def render(self) -> PageRendering:
        goes_on = self._goes_on()
        spans: tuple[str, ...] = ()
        for number, block in enumerate(self._blocks):
            spans = self._block(block, goes_on=goes_on and number == len(self._blocks) - 1)
        return self._rendering(replace(self._after, spans=spans, paragraph=goes_on))

    def _goes_on(self) -> bool:
        """Whether the last paragraph goes on behind the end, as far as is known."""
        after = self._after
        if self._ending is TextEnd.DONE or after.fence:
            return False
        if self._ending is TextEnd.GROWING or after.midline or self._ahead <= self._end:
            return after.paragraph or after.midline
        line = self._text.find("\n", self._end, self._ahead) + 1 or self._ahead
        following, _ = scan(self._text, self._end, line, after)
        return after.paragraph and bool(following) and following[0].kind is BlockKind.TEXT and not following[0].begins

    def _block(self, block: Block, *, goes_on: bool) -> tuple[str, ...]:
        if block.kind is BlockKind.BLANK and not self._pieces:
            return ()
        if block.kind in (BlockKind.TEXT, BlockKind.HEADING, BlockKind.ROW):
            return self._prose(block, goes_on=goes_on)
        self._put(block.start, block.text, block.lead)
        if block.kind is BlockKind.OPENING:
            self._opening(block)
        elif block.kind is BlockKind.CLOSING:
            self._closing(block)
        elif block.kind is BlockKind.CODE:
            self._code(block)
        else:
            self._verbatim(block.text, block.end)
        return ()

    def _put(self, start: int, end: int, out: str) -> None:
        if out or end > start:
            self._pieces.append(Piece(start, end, out))

    def _verbatim(self, start: int, end: int) -> None:
        """Write the text as it is, but for pings and for marks that would be taken for a fence."""
        for found in UNSAFE.finditer(self._text, start, end):
            self._put(start, found.end(), self._text[start : found.end()])
            self._put(found.end(), found.end(), ZERO_WIDTH_SPACE)
            start = found.end()
        self._put(start, end, self._text[start:end])

    def _prose(self, block: Block, *, goes_on: bool) -> tuple[str, ...]:
        self._put(block.start, block.text, block.lead)
        row = self._text[block.text : block.text + 1] == "|" or (block.kind is BlockKind.ROW and not block.begins)
        ending = self._ending if goes_on else TextEnd.DONE
        spans, self._spans = () if block.begins else self._spans, ()
        around = ParagraphContext(self._members, ending, self._ahead, row, spans)
        writing = write(self._text, block.text, block.end, around)
        if self._is_false_fence(writing.pieces):
            self._put(block.text, block.text, ZERO_WIDTH_SPACE)
        self._pieces += writing.pieces
        if goes_on:
            self._certain = min(self._certain, writing.certain)
        return writing.spans

    def _is_false_fence(self, pieces: list[Piece]) -> bool:
        """Whether text would open a fence on the page."""
        if next((piece.out[0] for piece in pieces if piece.out), "") not in ("`", "~"):
            return False
        beginning = "".join([piece.out for piece in pieces[:4]])
        if not beginning.startswith(("```", "~~~")):
            return False
        return FALSE_FENCE.match("".join(piece.out for piece in pieces)) is not None

    def _opening(self, block: Block) -> None:
        """The first line of a fence; text that is too long for a language goes into the fence."""
        fence = block.fence
        assert fence
        line = self._text[block.text : block.end]
        if fence.formula:
            rest = line.lstrip().removeprefix("$$").removeprefix("\\[").strip()
            out = f"{fence.marks}\n{rest}\n" if rest else f"{fence.marks}\n"
        elif fence.language or not (rest := line.partition(fence.marks)[2]).strip():
            out = line
        else:
            out = f"{line[: len(line) - len(rest)]}\n{rest}"
        self._put(block.text, block.end, harmless(out))

    def _closing(self, block: Block) -> None:
        fence = block.fence
        assert fence
        line = self._text[block.start : block.end]
        if fence.formula:
            begins = self._text[block.start - 1] == "\n"
            line = f"{fence.marks}\n" if begins else f"\n{fence.marks}\n"
        elif fence.indent or not line:
            line = f"{fence.closing}\n" if line.endswith("\n") or not line else fence.closing
        self._put(block.start, block.end, line)

    def _code(self, block: Block) -> None:
        """Write code where its fence stands on the page."""
        fence = block.fence
        assert fence
        start = block.start
        if start == self._start and self._state.midline:
            guard = ZERO_WIDTH_SPACE if HALF_FENCE.match(self._text, start, block.end) else ""
            self._put(start, start, "> " * fence.quote + guard)
            start = self._line(start, block.end) if fence.indent else start
        while fence.indent and start < block.end:
            bare = self._bare(start, block.end)
            own = len(self._text[start:bare].expandtabs(4))
            self._put(start, bare, fence.margin + " " * max(own - fence.indent, 0))
            start = self._line(bare, block.end)
        self._verbatim(start, block.end)

    def _line(self, start: int, end: int) -> int:
        """Write the rest of a line; where the next begins."""
        stop = self._text.find("\n", start, end) + 1 or end
        self._verbatim(start, stop)
        return stop

    def _bare(self, start: int, end: int) -> int:
        """Where a line of code begins, but for indentation."""
        while start < end and self._text[start] in " \t":
            start += 1
        return start

    def _rendering(self, state: State) -> PageRendering:
        markdown = "".join([piece.out for piece in self._pieces])
        if not markdown.strip() or not self._text[self._start : self._end].strip():
            return PageRendering("", state, "", self._start)
        if state.fence:
            markdown = f"{markdown.rstrip()}\n{state.fence.closing}"
        markdown = defused(markdown, self._members)
        if self._ending is not TextEnd.GROWING:
            return PageRendering(markdown, state, markdown, self._end)
        return PageRendering(markdown, state, *self._steady())

    def _steady(self) -> tuple[str, int]:
        """The beginning of what is written that ends with a word and is certain, and where in the text that is."""
        out, begins, blank = self._settled()
        pings = look(out, self._members, growing=True)
        for found in reversed(list(WORD_END.finditer(f"{out}{blank}", 0, pings.certain + 1))):
            number = bisect_left(begins, found.start()) - 1
            piece, inside = self._pieces[number], found.start() - begins[number]
            if inside == len(piece.out) or self._is_verbatim(piece):
                steady = broken(out[: found.start()], [place for place in pings.places if place <= found.start()])
                return steady, piece.end if inside == len(piece.out) else piece.start + inside
        return "", self._start

    def _settled(self) -> tuple[str, list[int], str]:
        """What is written for the certain part of the text, where its pieces begin, and a blank that follows it."""
        parts, begins, length, reached = list[str](), list[int](), 0, self._start
        for piece in self._pieces:
            if piece.start >= self._certain:
                break
            begins.append(length)
            reached = min(piece.end, self._certain)
            if piece.end == reached:
                parts.append(piece.out)
            elif self._is_verbatim(piece):
                parts.append(piece.out[: reached - piece.start])
            else:
                break
            length += len(parts[-1])
        return "".join(parts), begins, " " if self._text[reached : reached + 1].isspace() else ""

    def _is_verbatim(self, piece: Piece) -> bool:
        """Whether a piece says just what the text does, so that it can end anywhere."""
        return not piece.whole and piece.out == self._text[piece.start : piece.end]
