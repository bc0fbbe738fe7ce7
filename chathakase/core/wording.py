"""Other people's words within ours. Pure."""

import re

MARKS = re.compile(r"([\\`*_~\[\]|#<>&])")
"""What means something in Markdown."""


def plainly(text: str) -> str:
    """A text on one line of Markdown, in which nothing of it is a mark or a link."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def listed(names: list[str]) -> str:
    """Names in a sentence: ``Alice, Bob and Carol``."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)


def fenced(text: str) -> str:
    """A text as it is, between fences that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}\n{text}\n{fence}"


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, whose end is left out where it is longer."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
