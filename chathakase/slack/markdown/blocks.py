"""What Markdown is made of as far as cuts and repairs care: blocks, and what is open between two of them. Pure."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from chathakase.slack.markdown.lists import Item

LONGEST_MARKS = 20
LONGEST_LANGUAGE = 40
"""Characters of a fence's marks and of its language; whatever is longer is no fence, or no language."""
FORMULA_MARKS = "```"
"""The marks of a fence in which a formula is shown."""


class BlockKind(Enum):
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
            return re.compile(rf"{re.escape(self.formula)}[ \t\r]*(?:\n|\Z)|^(?=[ \t]*(?:\n|```))", re.MULTILINE)
        marks = rf"{self.marks[0]}{{{len(self.marks)},{LONGEST_MARKS}}}[ \t\r]*(?:\n|\Z)"
        if self.quote:
            return re.compile(rf"^[ \t]*(?:>[ \t]?){{{self.quote}}}[ \t]*{marks}|^(?![ \t]*>)(?=[\s\S])", re.MULTILINE)
        return re.compile(rf"^[ \t]{{0,{self.indent + 3}}}{marks}", re.MULTILINE)


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
        return replace(self, items=tuple(item._replace(carried=True, wider=0) for item in self.items))

    @property
    def head(self) -> str:
        """About what a page begins with on account of it."""
        table = "\n".join(self.table) if self.table else ""
        return f"{table}{self.fence.opening if self.fence else ''}{'> ' * self.quote}{''.join(self.spans)}  "


@dataclass(slots=True)
class Block:
    """Some lines that belong together."""

    kind: BlockKind
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
