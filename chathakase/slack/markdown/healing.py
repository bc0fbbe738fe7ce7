"""Where a growing text ends that can be shown: what may still become something else is held back. Pure."""

import re

from chathakase.slack.markdown.blocks import Block, BlockKind

LONE = re.compile(
    r"[ \t>]*+(?:(?:[-+*]|\d{1,9}[.)]?|#{1,6})(?:[ \t]++|\Z))?+(?:\[[ xX]?\]?[ \t]*+)?+[*_~`\[!<|:=+\-\\$ \t\r]*+\Z"
)
"""A line of which only marks are there."""
HALF_DELIMITER = re.compile(r"[-:| \t>]*\Z")
HALF_CLOSING = re.compile(r"[ \t>]*(?:`+|~+|\$|\\)[ \t]*\Z")


def shown(text: str, blocks: list[Block], end: int, known: int) -> int:
    """Up to where the end of a growing text can be shown of which so much is ``known``."""
    if not blocks:
        return end
    last = blocks[-1]
    line = max(last.start, text.rfind("\n", last.start, end) + 1)
    if last.kind is BlockKind.OPENING:
        return last.start
    if last.kind is BlockKind.CODE:
        return _code(text, blocks, line, end)
    if last.kind is BlockKind.TEXT and _may_be_table(text, last, known):
        return last.start
    if (
        last.kind is BlockKind.ROW
        and line < end
        and len(blocks) > 1
        and blocks[-2].begins
        and blocks[-2].kind is BlockKind.ROW
    ):
        return blocks[-2].start if text[blocks[-2].text] == "|" else line
    if last.kind is not BlockKind.CLOSING and line < end and LONE.match(text, line, end):
        return line
    return end


def _code(text: str, blocks: list[Block], line: int, end: int) -> int:
    """Hold back what may become the end of a fence, and a fence with nothing in it."""
    stop = line if line < end and HALF_CLOSING.match(text, line, end) else end
    opened = len(blocks) > 1 and blocks[-2].kind is BlockKind.OPENING
    if opened and not text[blocks[-1].start : stop].strip():
        return blocks[-2].start
    return stop


def _may_be_table(text: str, block: Block, known: int) -> bool:
    """Whether a block may turn out to be the head of a table."""
    if text[block.text : block.text + 1] != "|":
        return False
    second = text.find("\n", block.start, known) + 1
    return not second or HALF_DELIMITER.match(text, second, known) is not None
