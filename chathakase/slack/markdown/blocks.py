"""Reads the lines of Markdown: which block each belongs to, and what is open behind the last. Pure.

Knows as much of https://spec.commonmark.org/0.31.2/ and of GitHub's tables as cuts and repairs need. What a page
has to say of its own, such as the head of a table that goes on, is the ``lead`` of a block.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import ClassVar

from chathakase.slack.markdown.mentions import ZERO_WIDTH_SPACE

LONGEST_MARKS = 20
LONGEST_LANGUAGE = 40
"""Characters of a fence's marks and of its language; whatever is longer is no fence, or no language."""
LONGEST_HEAD = 600
"""Characters of a table's first two lines that are said again on the next page."""

LINE = re.compile(r"([ \t]*)((?:>[ \t]?)*)([ \t]*)")
FENCE = re.compile(rf"(`{{3,{LONGEST_MARKS}}}(?!`)|~{{3,{LONGEST_MARKS}}}(?!~))([^\n`]*)\Z")
LONG_MARKS = re.compile(rf"([`~])\1{{{LONGEST_MARKS}}}")
MATH = re.compile(r"(\$\$|\\\[)([^\n]*)\Z")
HEADING = re.compile(r"#{1,6}(?=[ \t\r]|\Z)")
RULE = re.compile(r"([-_*])[ \t]*(?:\1[ \t]*){2,}\r?\Z")
UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\r?\Z")
ITEM = re.compile(r"([-+*]|(\d{1,9})[.)])([ \t]+|\r?\Z)")
DELIMITER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\r?(?:\n|\Z)")
CELL_END = re.compile(r"(?<!\\)\|")
COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
BLOCK = re.compile(r"(?:[-+*=]|\d{1,9}[.)])(?:\s|\Z)|#{1,6}(?:\s|\Z)|[>|]|```|~~~|([-_*=])[ \t]*(?:\1[ \t]*)+(?:\n|\Z)")
"""How text begins that must not come to stand at the beginning of a line."""


class Kind(Enum):
    """What a block is to cuts and repairs."""

    BLANK = auto()
    TEXT = auto()
    HEADING = auto()
    ROW = auto()
    OPENING = auto()
    CODE = auto()
    CLOSING = auto()
    PLAIN = auto()
    """Lines that stay as they are: rules, underlines and indented code."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A code fence, or a formula that is told as one."""

    marks: str
    language: str = ""
    indent: int = 0
    """Columns before the marks in the text."""
    margin: str = ""
    """What stands before the marks on the page."""
    quote: int = 0
    formula: str = ""
    """What ends it, if it is a formula."""

    @property
    def opening(self) -> str:
        """The line that opens it."""
        return f"{self.margin}{'> ' * self.quote}{self.marks}{self.language}"

    @property
    def closing(self) -> str:
        """The line that closes it."""
        return f"{self.margin}{'> ' * self.quote}{self.marks}"

    @property
    def end(self) -> re.Pattern[str]:
        """Where it ends: its last line, or nothing where it ends by itself."""
        if self.formula:
            return re.compile(rf"[^\n]*?{re.escape(self.formula)}[ \t\r]*(?:\n|\Z)|^(?=[ \t]*(?:\n|```))", re.MULTILINE)
        marks = rf"{self.marks[0]}{{{len(self.marks)},{LONGEST_MARKS}}}[ \t\r]*(?:\n|\Z)"
        if self.quote:
            return re.compile(rf"^[ \t]*(?:>[ \t]?){{{self.quote}}}[ \t]*{marks}|^(?![ \t]*>)(?=[\s\S])", re.MULTILINE)
        return re.compile(rf"^[ \t]{{0,{self.indent + 3}}}{marks}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """A list item in which the text is."""

    indent: int
    offset: int
    """Columns before its marker and before what is in it."""
    marker: str
    first: int = 0
    count: int = 1
    """The number with which its list begins, and how many items it has so far."""
    carried: bool = False
    """Its list began on an earlier page."""
    wider: int = 0
    """By how many columns the marker on the page is wider than the one in the text."""


@dataclass(frozen=True, slots=True)
class State:
    """What is open between two characters of the text."""

    fence: Fence | None = None
    table: tuple[str, str] | None = None
    """The first two lines of the table."""
    items: tuple[Item, ...] = ()
    paragraph: bool = False
    quote: int = 0
    """How many quotes the paragraph stands in."""
    spans: tuple[str, ...] = ()
    """Inline marks, the outer first."""
    midline: bool = False

    def carried(self) -> "State":
        """The same at the beginning of a page."""
        return replace(self, items=tuple(replace(item, carried=True, wider=0) for item in self.items))

    @property
    def head(self) -> str:
        """About what a page begins with on account of it."""
        table = "\n".join(self.table) if self.table else ""
        return f"{table}{self.fence.opening if self.fence else ''}{'> ' * self.quote}{''.join(self.spans)}  "


@dataclass(slots=True)
class Block:
    """Some lines that belong together."""

    kind: Kind
    start: int
    text: int
    """Where its text begins, behind indentation and list marker."""
    end: int
    lead: str = ""
    """What stands before its text on the page."""
    begins: bool = True
    """It does not go on with what was before."""
    item: bool = False
    nested: bool = False
    """It stands in a list item, or begins a nested one."""
    fence: Fence | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank."""

    start: int
    at: int
    """Where it begins but for indentation and quote marks."""
    stop: int
    after: int
    """Where it ends, and where the next one begins."""
    indent: int
    quote: int


def scan(text: str, start: int, end: int, state: State = State()) -> tuple[list[Block], State]:
    """Read the lines of a part of the text in front of which that is open."""
    scanner = _Scanner(text, start, end, state)
    return scanner.blocks, scanner.run()


class _Scanner:
    def __init__(self, text: str, start: int, end: int, state: State) -> None:
        self.blocks: list[Block] = []
        self._text = text
        self._position = start
        self._end = end
        self._fence = state.fence
        self._table = state.table
        self._delimiter = -1
        self._items = list(state.items)
        self._paragraph = state.paragraph
        self._quote = state.quote
        self._midline = state.midline
        self._dedent = state.items[-1].offset if state.items else 0
        self._first = True
        self._reopen = state.fence is not None

    def run(self) -> State:
        if self._midline and not self._fence:
            self._rest()
        while self._position < self._end:
            if self._fence:
                self._code(self._fence)
            else:
                self._line()
        known = self._table and self._delimiter < 0 and len("".join(self._table)) <= LONGEST_HEAD
        return State(
            fence=self._fence,
            table=self._table if known else None,
            items=tuple(self._items),
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
        self._first = self._first and block.kind is Kind.BLANK

    def _rest(self) -> None:
        """Go on in the middle of a line."""
        start = self._position
        after = self._after(start)
        at = start
        while at < after and self._text[at] in " \t\r\n":
            at += 1
        if at == after:
            self._put(Block(Kind.BLANK, start, start, after))
        elif self._table:
            self._put(Block(Kind.ROW, start, at, after, lead=f"{self._table[0]}\n{self._table[1]}\n| ", begins=False))
        else:
            guard = ZERO_WIDTH_SPACE if BLOCK.match(self._text, at, after) else ""
            self._put(Block(Kind.TEXT, start, at, after, lead="> " * self._quote + guard, begins=False))
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
        indent = len(parts[1].expandtabs(4))
        line = Line(start, at, stop, after, indent, quote)
        depth = len(parts[3]) if quote else indent - self._base(indent)
        if start == self._delimiter:
            self._row(line)
        elif depth > 3:
            self._deep(line)
        elif not any(recognise(self, line) for recognise in self.BEGINNINGS.get(self._text[at], ())):
            self._other(line)

    def _blank(self, start: int, after: int, quote: int) -> None:
        self._paragraph = False
        self._table = None
        if quote:
            self._put(Block(Kind.PLAIN, start, start, after))
        elif self.blocks and self.blocks[-1].kind is Kind.BLANK:
            self.blocks[-1].end = self._position = after
        else:
            self._put(Block(Kind.BLANK, start, start, after))

    def _base(self, indent: int) -> int:
        """Where the text of the innermost item begins to which a line with that indentation can belong."""
        return max((item.offset for item in self._items if item.offset <= indent), default=0)

    def _settle(self, line: Line) -> str:
        """Leave the items to which a line does not belong; how it is indented on the page."""
        self._paragraph = False
        self._table = None
        while self._items and self._items[-1].offset > line.indent:
            self._items.pop()
        self._dedent = min(self._dedent, line.indent)
        return " " * (line.indent - self._dedent + sum(item.wider for item in self._items))

    def _begin(self, kind: Kind, line: Line) -> Block:
        lead = self._settle(line)
        text = self._text.find(">", line.start) if line.quote else line.at
        nested = bool(self._items)
        after = self._behind_comment(line) if kind is Kind.TEXT else line.after
        self._put(Block(kind, line.start, text, after, lead, nested=nested))
        self._quote = line.quote
        return self.blocks[-1]

    def _behind_comment(self, line: Line) -> int:
        """Where the line ends, or the one where a comment ends that begins in it."""
        found = self._text.find("<!--", line.at, line.stop)
        if found < 0 or self._text[found - 1 : found] == "`":
            return line.after
        comment = COMMENT.match(self._text, found, self._end)
        return self._after(comment.end() - 1) if comment and comment.end() > line.after else line.after

    def _deep(self, line: Line) -> None:
        if self._paragraph:
            self._go_on(line)
        else:
            self._begin(Kind.PLAIN, line)

    def _other(self, line: Line) -> None:
        """A line of a table or of a paragraph."""
        if self._table:
            self._row(line)
        elif self._begins_table(line):
            self._head(line)
        elif self._paragraph and line.quote <= self._quote and self._text[line.at] != "|":
            self._go_on(line)
        else:
            self._begin(Kind.TEXT, line)
            self._paragraph = True

    def _go_on(self, line: Line) -> None:
        """A further line of a paragraph."""
        after = self._behind_comment(line)
        if not self._first:
            self.blocks[-1].end = self._position = after
            return
        quoted = line.quote > 0
        lead = "" if quoted else "> " * self._quote
        text = self._text.find(">", line.start) if quoted else line.at
        self._put(Block(Kind.TEXT, line.start, text, after, lead, begins=False))

    def _begins_table(self, line: Line) -> bool:
        if "|" not in self._text[line.at : line.stop]:
            return False
        delimiter = DELIMITER.match(self._text, line.after, self._end)
        return delimiter is not None and _cells(self._text[line.at : line.stop]) == _cells(delimiter[0])

    def _head(self, line: Line) -> None:
        self._begin(Kind.ROW, line)
        self._delimiter = line.after
        second = self._text[line.after : self._after(line.after)].strip()
        self._table = (self._text[line.start : line.stop].strip(), second)

    def _row(self, line: Line) -> None:
        table = self._table
        first = self._first
        block = self._begin(Kind.ROW, line)
        self._table = table
        block.begins = line.start == self._delimiter
        if first and table:
            block.lead = f"{table[0]}\n{table[1]}\n"
        self._delimiter = -1

    def _fence_line(self, line: Line) -> bool:
        if LONG_MARKS.match(self._text, line.at, line.stop):
            self._begin(Kind.TEXT, line).lead += ZERO_WIDTH_SPACE
            self._paragraph = True
            return True
        found = FENCE.match(self._text, line.at, line.stop)
        if not found:
            return False
        self._open(line, found, line.indent)
        return True

    def _open(self, line: Line, found: re.Match[str], indent: int) -> None:
        language = found[2].strip()
        block = self._begin(Kind.OPENING, line)
        block.fence = self._fence = Fence(
            marks=found[1],
            language=language if len(language) <= LONGEST_LANGUAGE else "",
            indent=indent,
            margin=block.lead,
            quote=line.quote,
        )

    def _formula(self, line: Line) -> bool:
        found = MATH.match(self._text, line.at, line.stop)
        if not found or line.quote:
            return False
        end = "$$" if found[1] == "$$" else "\\]"
        rest = found[2].strip()
        if end in rest or (found[1] == "$$" and rest and "\\" not in rest):
            return False
        block = self._begin(Kind.OPENING, line)
        block.fence = self._fence = Fence("```", indent=line.indent, margin=block.lead, formula=end)
        return True

    def _heading(self, line: Line) -> bool:
        if not HEADING.match(self._text, line.at, line.stop):
            return False
        self._begin(Kind.HEADING, line)
        return True

    def _rule(self, line: Line) -> bool:
        underlines = self._paragraph and UNDERLINE.match(self._text, line.at, line.stop)
        if not underlines and not RULE.match(self._text, line.at, line.stop):
            return False
        self._begin(Kind.PLAIN, line)
        return True

    def _item(self, line: Line) -> bool:
        found = ITEM.match(self._text, line.at, line.stop)
        if not found or not self._may_interrupt(line, found):
            return False
        if line.quote:
            self._begin(Kind.TEXT, line).item = True
            self._paragraph = found.end() < line.stop
            return True
        sibling = self._sibling(line, found)
        shown = found[1]
        if sibling and sibling.carried and sibling.marker == found[1]:
            shown = f"{sibling.first + sibling.count}{found[1][-1]}" if found[2] else shown
        block = self._begin(Kind.TEXT, line)
        width = len(found[3].expandtabs(4))
        rest = found.end() < line.stop
        item = Item(
            indent=line.indent,
            offset=line.indent + len(found[1]) + (width if rest and width < 5 else 1),
            marker=found[1],
            first=sibling.first if sibling else int(found[2] or 0),
            count=sibling.count + 1 if sibling else 1,
            carried=sibling.carried if sibling else False,
            wider=len(shown) - len(found[1]),
        )
        self._items.append(item)
        block.lead += shown + (found[3] or " " * (line.stop > found.end(1)))
        block.text, block.item = min(found.end(), line.stop), True
        self._paragraph = rest
        fence = FENCE.match(self._text, found.end(), line.stop)
        if fence:
            block.kind = Kind.OPENING
            margin = " " * len(block.lead)
            language = fence[2].strip()
            block.fence = self._fence = Fence(
                fence[1], language if len(language) <= LONGEST_LANGUAGE else "", item.offset, margin
            )
            self._paragraph = False
        return True

    def _may_interrupt(self, line: Line, found: re.Match[str]) -> bool:
        """Within a paragraph only what is clearly a list begins one."""
        inside = self._paragraph and line.quote == self._quote
        if not inside or (self._items and self._items[-1].offset > line.indent):
            return True
        return found.end() < line.stop and found[2] in (None, "1")

    def _sibling(self, line: Line, found: re.Match[str]) -> Item | None:
        """The item before this one in the same list."""
        for item in self._items:
            if item.offset > line.indent:
                return item if item.marker[-1] == found[1][-1] else None
        return None

    def _code(self, fence: Fence) -> None:
        start = self._position
        closing = fence.end.search(self._text, start, self._end)
        stop = closing.start() if closing else self._end
        if self._reopen and closing and not self._text[start:stop].strip():
            self._put(Block(Kind.BLANK, start, start, closing.end()))
        else:
            self._inside(fence, start, stop, closing)
        if closing:
            self._fence = None
        self._reopen = False

    def _inside(self, fence: Fence, start: int, stop: int, closing: re.Match[str] | None) -> None:
        if self._reopen:
            margin = " " * min(max(fence.indent - self._dedent, 0), 3) if fence.indent else ""
            fence = replace(fence, margin=margin)
            self._fence = fence
        lead = f"{fence.opening}\n" if self._reopen else ""
        if stop > start:
            self._put(Block(Kind.CODE, start, start, stop, lead, begins=False, nested=bool(self._items), fence=fence))
        if closing:
            self._put(Block(Kind.CLOSING, stop, stop, closing.end(), begins=False, fence=fence))

    BEGINNINGS: ClassVar = {
        **dict.fromkeys("`~", (_fence_line,)),
        **dict.fromkeys("-*", (_rule, _item)),
        **dict.fromkeys("_=", (_rule,)),
        **dict.fromkeys("+0123456789", (_item,)),
        **dict.fromkeys("$\\", (_formula,)),
        "#": (_heading,),
    }
    """What a line can be that begins with a character."""


def _cells(row: str) -> int:
    """How many cells a row of a table has."""
    row = row.strip().lstrip("> ")
    return len(CELL_END.findall(row.removeprefix("|").removesuffix("|"))) + 1
