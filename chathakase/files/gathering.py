"""Puts a text together from what a file says line by line, until there is enough of it."""

import time
from collections.abc import Iterable

from chathakase.files.child import Answer
from chathakase.files.text import TEXT_MOST, clean

TIMEOUT = 8.0
"""Seconds after which no further line is waited for."""
LEFT_OUT = "[what follows is left out here]"


def gathered(lines: Iterable[str], *, nothing: str) -> Answer:
    """The text of these lines, each cleaned, of which empty ones are left out; ``nothing`` is why where there are none.

    Lines are what parts of a file say: each may have line ends of its own.
    """
    until = time.monotonic() + TIMEOUT
    parts: list[str] = []
    length = 0
    for line in lines:
        if text := clean(line[: TEXT_MOST + 1]).rstrip():
            parts.append(text)
            length += len(text) + 1
        if length > TEXT_MOST or time.monotonic() > until:
            parts.append(LEFT_OUT)
            break
    whole = "\n".join(parts)
    if len(whole) > TEXT_MOST:
        whole = f"{whole[: TEXT_MOST - len(LEFT_OUT) - 1]}\n{LEFT_OUT}"
    return {"text": whole} if length else {"refusal": nothing}


def row(cells: Iterable[str]) -> str:
    """A row of a table on one line, without the empty cells at its end; empty when all of them are."""
    texts = [" ".join(cell.split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return " | ".join(texts)
