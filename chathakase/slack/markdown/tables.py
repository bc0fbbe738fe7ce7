"""Recognises the rows of tables (https://github.github.com/gfm/#tables-extension-). Pure."""

import re

LONGEST_HEAD = 600
"""Characters of a table's first two lines that are said again on the next page."""

DELIMITER = re.compile(r"[ \t>]*+\|?+[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+\r?(?:\n|\Z)")
"""The second line of a table."""
CELL_END = re.compile(r"(?<!\\)\|")


def heads_table(line: str, text: str, following: int, end: int) -> bool:
    """Whether a line is the head of a table, of which the next line begins there."""
    delimiter = DELIMITER.match(text, following, end) if "|" in line else None
    return delimiter is not None and _cells(line) == _cells(delimiter[0])


def _cells(row: str) -> int:
    """How many cells a row has."""
    row = row.strip().lstrip("> ")
    return len(CELL_END.findall(row.removeprefix("|").removesuffix("|"))) + 1
