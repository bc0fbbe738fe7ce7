"""How many blocks Slack makes of a page. Pure.

"A single block may result in multiple blocks after translation"
(https://docs.slack.dev/reference/block-kit/blocks/markdown-block), and a message has 50 at most: each heading, divider
and table becomes one of its own, and so does the text between two of them.
"""

import re

from chathakase.slack.markdown.blocks import Block, BlockKind, State
from chathakase.slack.markdown.scanner import scan
from chathakase.slack.markdown.tables import DELIMITER

MOST = 44
"""Blocks on one page, so that there is room for a button, for the head of a table that is said again, and for doubt."""
LONGEST = 200
"""Characters of a line that is looked at; a longer one is neither a divider nor the second line of a table."""

HEADING = re.compile(r"[ \t>]*+(?:(?:[-+*]|\d{1,9}[.)])[ \t]++)?+#{1,6}(?=[ \t\r\n]|\Z)")
RULE = re.compile(r"[ \t>]*+(?:[-_*=][ \t]*+)++\r?(?:\n|\Z)")
"""A divider, or what underlines a heading."""


def crowded(text: str, start: int, end: int, state: State) -> int:
    """Up to where a part of the text makes no more blocks than a page may have; in front of it that is open."""
    if text.count("\n", start, end) < MOST:
        return end
    blocks, _ = scan(text, start, end, state)
    count, between = 0, True
    for block in blocks:
        alone = _stands_alone(text, block)
        count += alone or (between and block.kind is not BlockKind.BLANK)
        between = alone or (between and block.kind is BlockKind.BLANK)
        if count > MOST:
            return block.start
    return end


def _stands_alone(text: str, block: Block) -> bool:
    if block.kind is BlockKind.HEADING:
        return True
    if block.kind not in (BlockKind.TEXT, BlockKind.PLAIN, BlockKind.ROW):
        return False
    line = text.find("\n", block.start, block.end)
    if (line if line >= 0 else block.end) - block.start > LONGEST:
        return False
    if block.kind is BlockKind.ROW:
        return DELIMITER.match(text, block.start, block.end) is not None
    return (HEADING if block.kind is BlockKind.TEXT else RULE).match(text, block.start, block.end) is not None
