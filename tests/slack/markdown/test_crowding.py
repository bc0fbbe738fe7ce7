"""Slack makes several blocks of a page, and takes fifty at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.playground.content.dividers import dividers
from chathakase.slack.markdown.pages import Page, Paginator
from tests.slack.markdown.judge import READER
from tests.slack.markdown.markdown_texts import GROWTHS
from tests.slack.markdown.test_pages import grown
from tests.slack.markdown.whole import pages

MOST = 49
"""One is left for a button."""
ALONE = {"heading_open", "hr", "table_open"}


def blocks(markdown: str) -> int:
    """What becomes a block of its own on a page, with the stretches of text between."""
    count, between = 0, True
    for token in READER.parse(markdown):
        if token.type in ALONE and token.level == 0:
            count, between = count + 1, True
        elif (
            between and token.level == 0 and token.type in ("paragraph_open", "fence", "code_block", "blockquote_open")
        ):
            count, between = count + 1, False
    return count


KINDS = [
    "# Heading\n",
    "## Heading\n\nText below.\n\n",
    "Title\n===\n\n",
    "Title\n---\n",
    "---\n\n",
    "***\n",
    "_ _ _\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "> # Quoted\n\n",
    "- # In a list\n",
    "Some text.\n\n",
    "- item\n",
    "```sh\n# a comment\n# another\n```\n",
]
CROWDS = st.lists(st.sampled_from(KINDS), min_size=30, max_size=200).map("".join)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_makes_more_blocks_than_slack_takes(kind: str) -> None:
    shown = pages(kind * 120)
    assert all(blocks(page) <= MOST for page in shown)
    assert len(shown) <= 6


@given(CROWDS, GROWTHS)
def test_crowded_pages_grow_like_all_others(text: str, growth: list[float]) -> None:
    before: list[Page] = []
    for part, shown in grown(text, growth, Paginator()):
        assert all(max(blocks(page.markdown), dividers(page.markdown)) <= MOST for page in shown)
        assert "".join(page.source for page in shown) in ((part,) if shown else ("",))
        full = max(len(before) - 1, 0)
        assert shown[:full] == before[:full]
        before = shown


def test_comments_in_code_are_no_headings() -> None:
    text = "```sh\n" + "# comment\n" * 200 + "```\n"
    assert pages(text) == [text]


def test_a_heading_stays_with_its_text() -> None:
    for page in pages("## Heading\n\nText below.\n\n" * 60):
        assert page.startswith("## Heading")
        assert page.rstrip().endswith("below.")
