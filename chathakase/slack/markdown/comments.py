"""Finds HTML comments, which may go over several paragraphs. Pure."""

import re

COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
LONGEST = 2_007
"""Characters of a comment; what is longer is none."""


def comment_end(text: str, start: int, end: int) -> int | None:
    """Where a comment ends that begins there; None if it does not before ``end``."""
    found = text.find("-->", start + 4, min(end, start + LONGEST))
    return None if found < 0 else found + 3


def comment_at(text: str, start: int, stop: int) -> int | None:
    """Where ``<!--`` begins a comment in a part of the text, which it does not in code."""
    found = text.find("<!--", start, stop)
    return None if found < 0 or (found > start and text[found - 1] == "`") else found
