"""Lines that are read up to an earlier end are what they would be had they been read to there at once."""

import random

import pytest

from chathakase.slack.markdown.blocks import State
from chathakase.slack.markdown.scanner import Scanner, scan

LINES = (
    *("|a|b|\n", "|-|-|\n", "| \n", "- x\n", "  - y\n", "1. a\n", "\n", "\t\n", "text\n", "a\n\n", "> q\n", "# h\n"),
    *("```\n", "<!-- c\n", "-->\n", "$$\n", "\\[\n", "    code\n", "***\n"),
)


@pytest.mark.parametrize("seed", range(150))
def test_a_shortened_text_is_read_as_a_short_one(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices(LINES, k=chance.randint(60, 400)))
    scanner, end = Scanner(text, 0, len(text), State()), len(text)
    scanner.run()
    while end > 1:
        end = chance.randint(max(end // 2, 1), end - 1)
        assert (scanner.shorten(end), scanner.blocks) == scan(text, 0, end, State())[::-1]
