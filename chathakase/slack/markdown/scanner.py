"""Reads the lines of Markdown: which block each belongs to, and what is open behind the last. Pure.

Knows as much of https://spec.commonmark.org/0.31.2/ and of GitHub's tables as cuts and repairs need. What a page
has to say of its own, such as the head of a table that goes on, is the ``lead`` of a block.
"""

import re
from dataclasses import replace
from typing import ClassVar, NamedTuple

from chathakase.slack.markdown.blocks import (
    FORMULA_MARKS,
    LONGEST_LANGUAGE,
    LONGEST_MARKS,
    Block,
    BlockKind,
    Fence,
    State,
)
from chathakase.slack.markdown.lists import ITEM, Lists
from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE
from chathakase.slack.markdown.tables import LONGEST_HEAD, heads_table

LINE = re.compile(r"([ \t]*)((?:>[ \t]?)*)([ \t]*)")
"""The beginning of a line: indentation, quote marks, indentation in the quote."""
BLANKS = re.compile(r"(?:[ \t]*+\r?\n)++")
FENCE = re.compile(rf"(`{{3,{LONGEST_MARKS}}}(?=[^`]*\Z)|~{{3,{LONGEST_MARKS}}}(?!~))([^\n]*)\Z")
FORMULA = re.compile(r"(\$\$|\\\[)([^\n]*)\Z")
HEADING = re.compile(r"#{1,6}(?=[ \t\r]|\Z)")
RULE = re.compile(r"([-_*])[ \t]*(?:\1[ \t]*){2,}\r?\Z")
UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\r?\Z")
BLOCK = re.compile(r"(?:[-+*=]|\d{1,9}[.)])(?:\s|\Z)|#{1,6}(?:\s|\Z)|[>|]|```|~~~|([-_*=])[ \t]*(?:\1[ \t]*)+(?:\n|\Z)")
"""How text begins that would become something else at the beginning of a line."""


MARK_EVERY = 64
"""Blocks after which a place is marked from which lines can be read again."""
LINES_AHEAD = 3
"""Lines that what a line is may depend on, itself included."""


class Line(NamedTuple):
    """One line that is not blank."""

    start: int
    at: int
    """Where it begins but for indentation and quote marks."""
    stop: int
    after: int
    """Where it ends, and where the next one begins."""
    indent: int
    quote: int


def scan(text: str, start: int, end: int, state: State) -> tuple[list[Block], State]:
    """Read the lines of a part of the text in front of which that is open."""
    scanner = Scanner(text, start, end, state)
    return scanner.blocks, scanner.run()


class _Mark(NamedTuple):
    """A place to which a scanner can go back."""

    position: int
    blocks: int
    """How many there were."""
    end: int
    """Where the last of them ended."""
    lists: Lists
    fence: Fence | None
    table: tuple[str, str] | None
    delimiter: int
    paragraph: bool
    quote: int
    first: bool
    reopen: bool


class Scanner:
    """Reads the lines of a part of the text in front of which that is open."""

    def __init__(self, text: str, start: int, end: int, state: State) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._state = state
        self._restart()

    def _restart(self) -> None:
        state = self._state
        self.blocks: list[Block] = []
        self._marks: list[_Mark] = []
        self._position = self._start
        self._fence = state.fence
        self._table = state.table
        self._delimiter = -1
        self._lists = Lists(state.items)
        self._paragraph = state.paragraph
        self._quote = state.quote
        self._midline = state.midline
        self._first = True
        self._reopen = state.fence is not None

    def shorten(self, end: int) -> State:
        """Read up to an earlier end instead; what is open behind it. Only the last lines before it are read again."""
        while self._marks and self._text.count("\n", self._marks[-1].position, end) < LINES_AHEAD:
            self._marks.pop()
        self._end = end
        if self._marks:
            self._go_back(self._marks.pop())
        else:
            self._restart()
        return self.run()

    def _mark(self) -> None:
        position, count, end = self._position, len(self.blocks), self.blocks[-1].end
        known = (self._fence, self._table, self._delimiter, self._paragraph, self._quote, self._first, self._reopen)
        self._marks.append(_Mark(position, count, end, self._lists.copy(), *known))

    def _go_back(self, mark: _Mark) -> None:
        del self.blocks[mark.blocks :]
        self.blocks[-1].end = mark.end
        self._position, self._lists = mark.position, mark.lists
        self._fence, self._table, self._delimiter = mark.fence, mark.table, mark.delimiter
        self._paragraph, self._quote, self._first, self._reopen = mark.paragraph, mark.quote, mark.first, mark.reopen

    def run(self) -> State:
        """Read on to the end; what is open behind it."""
        if self._midline and not self._fence and not self.blocks:
            self._rest()
        while self._position < self._end:
            if len(self.blocks) >= MARK_EVERY * (len(self._marks) + 1):
                self._mark()
            if self._fence:
                self._code(self._fence)
            else:
                self._line()
        known = self._table and self._delimiter < 0 and len("".join(self._table)) <= LONGEST_HEAD
        return State(
            fence=self._fence,
            table=self._table if known else None,
            items=tuple(self._lists.items),
            paragraph=self._paragraph,
            quote=self._quote if self._paragraph else 0,
            midline=self._end > 0 and self._text[self._end - 1] != "\n",
        )

    def _after(self, position: int) -> int:
        """Where the next line begins."""
        found = self._text.find("\n", position, self._end)
        return self._end if found < 0 else found + 1

    def _put(self, block: Block) -> None:
        self.blocks.append(block)
        self._position = block.end
        self._first = self._first and block.kind is BlockKind.BLANK

    def _rest(self) -> None:
        """Go on in the middle of a line."""
        start = self._position
        after = self._after(start)
        at = start
        while at < after and self._text[at] in " \t\r\n":
            at += 1
        if at == after:
            self._put(Block(BlockKind.BLANK, start, start, after))
        elif self._table:
            self._put(
                Block(BlockKind.ROW, start, at, after, lead=f"{self._table[0]}\n{self._table[1]}\n| ", begins=False)
            )
        else:
            guard = ZERO_WIDTH_SPACE if BLOCK.match(self._text, at, after) else ""
            self._put(Block(BlockKind.TEXT, start, at, after, lead="> " * self._quote + guard, begins=False))
            self._paragraph = True

    def _line(self) -> None:
        start = self._position
        after = self._after(start)
        parts = LINE.match(self._text, start, after)
        assert parts
        at = parts.end()
        stop = after - 1 if self._text[after - 1] == "\n" else after
        quote = parts[2].count(">") if parts[2] else 0
        if at >= stop or self._text[at] == "\r":
            self._blank(start, after, quote)
            return
        indent = len(parts[1].expandtabs(4)) if parts[1] else 0
        line = Line(start, at, stop, after, indent, quote)
        depth = len(parts[3]) if quote else indent - self._lists.base(indent)
        if start == self._delimiter:
            self._row(line)
        elif depth > 3:
            self._deep(line)
        else:
            self._shallow(line)

    def _shallow(self, line: Line) -> None:
        for recognise in self.BEGINNINGS.get(self._text[line.at], ()):
            if recognise(self, line):
                return
        self._other(line)

    def _blank(self, start: int, after: int, quote: int) -> None:
        self._paragraph = False
        self._table = None
        if quote:
            self._put(Block(BlockKind.PLAIN, start, start, after))
            return
        if further := BLANKS.match(self._text, after, self._end):
            after = further.end()
        if self.blocks and self.blocks[-1].kind is BlockKind.BLANK:
            self.blocks[-1].end = self._position = after
        else:
            self._put(Block(BlockKind.BLANK, start, start, after))

    def _begin(self, kind: BlockKind, line: Line) -> Block:
        lead = self._lists.settle(line.indent)
        text = self._text.find(">", line.start) if line.quote else line.at
        return self._add(kind, line, text, lead)

    def _add(self, kind: BlockKind, line: Line, text: int, lead: str) -> Block:
        self._put(Block(kind, line.start, text, line.after, lead, nested=bool(self._lists.items)))
        self._quote = line.quote
        self._paragraph = kind is BlockKind.TEXT
        self._table = None
        return self.blocks[-1]

    def _deep(self, line: Line) -> None:
        if self._paragraph:
            self._go_on(line)
        else:
            self._begin(BlockKind.PLAIN, line)

    def _other(self, line: Line) -> None:
        """A line of a table or of a paragraph."""
        if self._table:
            self._row(line)
        elif heads_table(self._text[line.at : line.stop], self._text, line.after, self._end):
            self._head(line)
        elif self._paragraph and line.quote <= self._quote and self._text[line.at] != "|":
            self._go_on(line)
        else:
            self._begin(BlockKind.TEXT, line)

    def _go_on(self, line: Line) -> None:
        """A further line of a paragraph."""
        if not self._first:
            self.blocks[-1].end = self._position = line.after
            return
        quoted = line.quote > 0
        lead = "" if quoted else "> " * self._quote
        text = self._text.find(">", line.start) if quoted else line.at
        self._put(Block(BlockKind.TEXT, line.start, text, line.after, lead, begins=False))

    def _head(self, line: Line) -> None:
        self._begin(BlockKind.ROW, line)
        self._delimiter = line.after
        second = self._text[line.after : self._after(line.after)].strip()
        self._table = (self._text[line.start : line.stop].strip(), second)

    def _row(self, line: Line) -> None:
        table = self._table
        first = self._first
        block = self._begin(BlockKind.ROW, line)
        self._table = table
        block.begins = False
        if first and table:
            block.lead = f"{table[0]}\n{table[1]}\n"
        self._delimiter = -1

    def _fence_line(self, line: Line) -> bool:
        if found := FENCE.match(self._text, line.at, line.stop):
            self._open(self._begin(BlockKind.OPENING, line), found, line.indent)
            return True
        looks_like_it = self._text.startswith(("```", "~~~"), line.at)
        if looks_like_it:
            self._begin(BlockKind.TEXT, line)
        return looks_like_it

    def _open(self, block: Block, found: re.Match[str], indent: int) -> None:
        """Open the fence with which a block ends."""
        language = found[2].strip()
        block.fence = self._fence = Fence(
            marks=found[1],
            language=language if len(language) <= LONGEST_LANGUAGE else "",
            indent=indent,
            margin=" " * len(block.lead),
            quote=self._quote,
        )

    def _formula(self, line: Line) -> bool:
        found = FORMULA.match(self._text, line.at, line.stop)
        if not found or line.quote:
            return False
        end = "$$" if found[1] == "$$" else "\\]"
        rest = found[2].strip()
        if end in rest or (found[1] == "$$" and rest and "\\" not in rest):
            return False
        block = self._begin(BlockKind.OPENING, line)
        block.fence = self._fence = Fence(FORMULA_MARKS, indent=line.indent, margin=block.lead, formula=end)
        return True

    def _heading(self, line: Line) -> bool:
        if not HEADING.match(self._text, line.at, line.stop):
            return False
        self._begin(BlockKind.HEADING, line)
        return True

    def _rule(self, line: Line) -> bool:
        underlines = self._paragraph and UNDERLINE.match(self._text, line.at, line.stop)
        if not underlines and not RULE.match(self._text, line.at, line.stop):
            return False
        self._begin(BlockKind.PLAIN, line)
        return True

    def _item(self, line: Line) -> bool:
        found = ITEM.match(self._text, line.at, line.stop)
        if not found or not self._may_interrupt(line, found):
            return False
        if line.quote:
            self._begin(BlockKind.TEXT, line).item = True
            return True
        lead = self._lists.enter(line.indent, found)
        fence = FENCE.match(self._text, found.end(), line.stop)
        block = self._add(BlockKind.OPENING if fence else BlockKind.TEXT, line, found.end(), lead)
        block.item, block.nested = True, len(self._lists.items) > 1
        self._paragraph = self._paragraph and found.end() < line.stop
        if fence:
            self._open(block, fence, self._lists.items[-1].offset)
        return True

    def _may_interrupt(self, line: Line, found: re.Match[str]) -> bool:
        """Within a paragraph only what is clearly a list begins one."""
        if not self._paragraph or line.quote != self._quote or self._lists.leaves(line.indent):
            return True
        return found.end() < line.stop and found[2] in (None, "1")

    def _code(self, fence: Fence) -> None:
        start = self._position
        closing = fence.end.search(self._text, start, self._end)
        stop = closing.start() if closing else self._end
        if self._reopen and closing and not self._text[start:stop].strip():
            self._put(Block(BlockKind.BLANK, start, start, closing.end()))
        else:
            self._inside(fence, start, stop, closing)
        if closing:
            self._fence = None
        self._reopen = False

    def _inside(self, fence: Fence, start: int, stop: int, closing: re.Match[str] | None) -> None:
        if self._reopen:
            self._fence = fence = replace(fence, margin=self._lists.margin(fence.indent))
        lead = f"{fence.opening}\n" if self._reopen else ""
        if stop > start:
            self._put(
                Block(
                    BlockKind.CODE, start, start, stop, lead, begins=False, nested=bool(self._lists.items), fence=fence
                )
            )
        if closing:
            self._put(Block(BlockKind.CLOSING, stop, stop, closing.end(), begins=False, fence=fence))

    BEGINNINGS: ClassVar = {
        **dict.fromkeys("`~", (_fence_line,)),
        **dict.fromkeys("-*", (_rule, _item)),
        **dict.fromkeys("_=", (_rule,)),
        **dict.fromkeys("+0123456789", (_item,)),
        **dict.fromkeys("$\\", (_formula,)),
        "#": (_heading,),
    }
    """What a line can be that begins with a character."""
