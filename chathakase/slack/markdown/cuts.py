"""Decides where a page ends that the text does not fit on. Pure."""

import re
from bisect import bisect_right

import regex

from chathakase.slack.markdown.blocks import Block, BlockKind, State
from chathakase.slack.markdown.inline import ParagraphContext, write
from chathakase.slack.markdown.scanner import BLOCK, scan
from chathakase.slack.markdown.tables import DELIMITER

LOOKAHEAD = 400
"""Characters behind the longest page that have to be known before it is cut."""

GRAPHEME = regex.compile(r"\X")
WORD = re.compile(r"[ \t]+|[、。，．！？；：…」』）】〉》]+(?![、。，．！？；：…」』）】〉》])")
"""Behind this a line can be cut."""
MARKS = "*_~`"


def cut(text: str, start: int, solid: int, least: int, end: int, state: State) -> int:
    """Where a page ends that begins at ``start``, with that open, and is blank up to ``solid``.

    That is at most at ``end``, and no earlier than ``least`` if that is before it.
    """
    return _Cut(text, start, solid, least, end, state).find()


class _Cut:
    def __init__(self, text: str, start: int, solid: int, least: int, end: int, state: State) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._kept = min(max(least, solid + 1), end)
        """No cut is possible before this."""
        self._least = max(self._kept, solid + (end - solid) // 2)
        """No cut is good before this."""
        self._ahead = min(end + LOOKAHEAD, len(text))
        self._blocks, _ = scan(text, start, self._ahead, state)

    def find(self) -> int:
        number = bisect_right(self._blocks, self._end - 1, key=lambda block: block.start) - 1
        for candidate in (
            self._before_whole(number),
            self._between_blocks(number, nested=False),
            self._between_blocks(number, nested=True),
            self._between_lines(),
        ):
            if candidate is not None:
                return candidate
        block = self._blocks[number]
        atoms = self._atoms(block)
        words = self._between_words(block, atoms)
        return self._anywhere(atoms) if words is None else words

    def _before_whole(self, number: int) -> int | None:
        """Before a fence or a table that does not fit but begins late."""
        kind = self._blocks[number].kind
        if kind in (BlockKind.OPENING, BlockKind.CODE, BlockKind.CLOSING):
            while number and self._blocks[number].kind is not BlockKind.OPENING:
                number -= 1
        elif kind is BlockKind.ROW:
            while number and self._blocks[number - 1].kind is BlockKind.ROW:
                number -= 1
        else:
            return None
        return self._if_good(self._with_heading(number)) if self._blocks[number].begins else None

    def _with_heading(self, number: int) -> int:
        """Where a block begins, or the headings in front of it."""
        position = self._blocks[number].start
        for block in reversed(self._blocks[:number]):
            if block.kind is BlockKind.HEADING:
                position = block.start
            elif block.kind is not BlockKind.BLANK:
                break
        return position if position >= self._least else self._blocks[number].start

    def _if_good(self, position: int) -> int | None:
        return position if self._least <= position <= self._end else None

    def _between_blocks(self, number: int, *, nested: bool) -> int | None:
        """Between paragraphs, or before an item or heading; also within a list or code, if ``nested``."""
        for index in range(min(number + 1, len(self._blocks) - 1), 0, -1):
            block = self._blocks[index]
            if block.end <= self._least:
                break
            position = self._boundary(index, nested=nested) if block.start <= self._end else None
            if position is not None and self._if_good(position):
                return position
        return None

    def _boundary(self, index: int, *, nested: bool) -> int | None:
        """Where it is good to cut in front of or within a block."""
        block, before = self._blocks[index], self._blocks[index - 1]
        if nested and block.kind is BlockKind.CODE:
            found = self._text.rfind("\n\n", max(block.start, self._least), min(block.end, self._end))
            return found + 2 if found >= 0 else None
        if block.kind is BlockKind.BLANK:
            return self._behind_blank(index, nested=nested)
        if not block.begins or block.kind is BlockKind.CLOSING or before.kind in (BlockKind.HEADING, BlockKind.BLANK):
            return None
        if block.nested and not nested:
            return None
        return block.start if self._is_start(block, before) else None

    def _behind_blank(self, index: int, *, nested: bool) -> int | None:
        last = index + 1 == len(self._blocks)
        following = None if last else self._blocks[index + 1]
        if self._blocks[index - 1].kind is BlockKind.HEADING or (following and following.nested and not nested):
            return None
        return min(self._blocks[index].end, self._end)

    def _is_start(self, block: Block, before: Block) -> bool:
        return (
            block.item
            or block.kind in (BlockKind.HEADING, BlockKind.OPENING, BlockKind.ROW)
            or before.kind is not BlockKind.TEXT
        )

    def _between_lines(self) -> int | None:
        position = self._end + 1
        while (position := self._text.rfind("\n", self._least - 1, position - 1) + 1) > 0:
            if self._if_good(position) and not self._tears_lines(position):
                return position
        return None

    def _tears_lines(self, position: int) -> bool:
        """Whether the lines around belong together."""
        index = bisect_right(self._blocks, position - 1, key=lambda block: block.start) - 1
        before = self._blocks[index]
        behind = self._blocks[index + 1 : index + 2]
        following = behind[0] if behind and behind[0].start == position else None
        if before.kind in (BlockKind.HEADING, BlockKind.OPENING):
            return True
        if following is None:
            return before.kind is BlockKind.BLANK
        return following.kind in (BlockKind.BLANK, BlockKind.CLOSING) or (
            following.kind is BlockKind.ROW and DELIMITER.match(self._text, position) is not None
        )

    def _between_words(self, block: Block, atoms: list[tuple[int, int]]) -> int | None:
        if block.kind is BlockKind.BLANK:
            return self._end
        for found in reversed(list(WORD.finditer(self._text, max(self._least - 1, block.text), self._end))):
            position = found.end()
            if self._if_good(position) and self._is_fit(position, block) and not _within(atoms, position):
                return position
        return None

    def _atoms(self, block: Block) -> list[tuple[int, int]]:
        """What in a block should not be cut through."""
        if block.kind in (BlockKind.TEXT, BlockKind.HEADING, BlockKind.ROW):
            writing = write(self._text, block.text, min(block.end, self._ahead), ParagraphContext())
            return [(piece.start, piece.end) for piece in writing.pieces if piece.whole]
        return []

    def _is_fit(self, position: int, block: Block) -> bool:
        """Whether the text behind a cut stays what it is."""
        text = self._text
        if position >= len(text):
            return True
        if text[position] in MARKS and not text[position - 1].isspace():
            return False
        if block.kind is BlockKind.CODE:
            return text[position] not in MARKS
        reach = min(position + LOOKAHEAD, self._ahead)
        return not BLOCK.match(text, position, reach) and self._is_between_characters(position)

    def _is_between_characters(self, position: int) -> bool:
        found = GRAPHEME.match(self._text, position - 1, self._ahead)
        return found is not None and found.end() == position

    def _anywhere(self, atoms: list[tuple[int, int]]) -> int:
        """Between two characters, and not in the middle of a mention or link, if that is possible."""
        ends = [found.end() for found in GRAPHEME.finditer(self._text, self._start, self._ahead)]
        ends = [end for end in ends if self._kept <= end <= self._end]
        untorn = [end for end in ends if not _within(atoms, end)]
        good = [end for end in untorn if end >= self._least and self._is_calm(end)]
        return (good or untorn or ends or [self._end])[-1]

    def _is_calm(self, position: int) -> bool:
        """Whether no marks stand beside a cut."""
        return self._text[position - 1] not in MARKS and self._text[position : position + 1] not in tuple(MARKS)


def _within(atoms: list[tuple[int, int]], position: int) -> bool:
    number = bisect_right(atoms, (position, -1)) - 1
    return number >= 0 and atoms[number][0] < position < atoms[number][1]
