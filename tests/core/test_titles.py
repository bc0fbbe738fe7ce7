"""A session's title: its first line, what a model wrote, or what a person gave, cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.title_cleaning import (
    LONGEST,
    LONGEST_GIVEN,
    SHORTEST,
    UNTITLED,
    title_by_model,
    title_by_person,
    title_of,
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("How do threads work?", "How do threads work?"),
        ("  How   do\tthreads work?\nAnd why?", "How do threads work?"),
        ("\n\n# Kyoto trip\n- first", "Kyoto trip"),
        ("> **Quoted** and `code`", "Quoted and code"),
        ("&gt; quoted by Slack", "quoted by Slack"),
        ("- [ ] a task", "a task"),
        ("1. the first", "the first"),
        ('"What is this?"', "What is this?"),
        ("<@U123> please look at <https://example.com/a|the page> and <#C1|general>", "please look at the page and"),
        ("see https://example.com/very/long?x=1 for more", "see for more"),
        ("[a link](https://example.com) to it", "a link to it"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("snake_case stays, _emphasis_ goes", "snake_case stays, emphasis goes"),
        ("京都の天気は？", "京都の天気は？"),
        ("散歩", UNTITLED),
        ("hi", UNTITLED),
        ("", UNTITLED),
        ("<@U123>", UNTITLED),
        ("https://example.com", UNTITLED),
        ("hi\nwhat about Nara?", "what about Nara?"),
        ("5 * 3 = 15?", "5 3 = 15?"),
    ],
)
def test_the_first_line_that_says_something(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_long_line_is_cut_at_a_word() -> None:
    title = title_of("word " * 40)
    assert title == "word " * 11 + "word…"
    assert len(title_of("京" * 400)) == LONGEST
    assert title_of("x" * 400).endswith("…")


@given(st.text(max_size=300))
def test_any_text_gives_a_title_of_one_line(text: str) -> None:
    title = title_of(text)
    assert SHORTEST <= len(title) <= LONGEST
    assert title == " ".join(title.split())
    assert title.isprintable() or not text.isprintable()


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Trip to Kyoto", "Trip to Kyoto"),
        ('\n## **"Trip  to Kyoto."**\nIt is about a trip.', "Trip to Kyoto"),
        ("Title: ‘Trip to Kyoto’", "Trip to Kyoto"),
        ("タイトル：「京都の旅」。", "京都の旅"),
        ("x" * LONGEST_GIVEN, "x" * LONGEST_GIVEN),
        ("x" * (LONGEST_GIVEN + 1), ""),
        ("**Title: Trip to Kyoto**", "Trip to Kyoto"),
        ("I would call this conversation a talk about a trip to Kyoto", ""),
        ("***", ""),
        ("", ""),
    ],
)
def test_a_title_has_nothing_around_it_and_a_longer_text_is_none(written: str, title: str) -> None:
    assert title_by_model(written) == title


def test_a_title_that_somebody_gives() -> None:
    assert title_by_person("  “Trip  to\tKyoto” ") == "Trip to Kyoto"
    assert title_by_person("``") == ""
    assert title_by_person("x" * 200) == "x" * 79 + "…"
