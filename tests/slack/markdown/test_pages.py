import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.slack.markdown.mentions import harmless
from chathakase.slack.markdown.limits import PAGE
from chathakase.slack.markdown.pages import pages
from chathakase.slack.markdown.plain import escape, plain

LIMIT = 4_000  # chat.update answers msg_too_long above this

PIECES = st.sampled_from(
    [
        "word ",
        "word " * 60,
        "\n\n",
        "\n",
        "```python\nprint(1 < 2)\n",
        "```",
        "```" + "x" * 3_000 + " ",
        "~~~" + '{"a": 1},' * 500,
        "`" * 5_000,
        "```\n",
        "~~~\n",
        "````\n",
        "x" * 500,
        "日本語の文章です。" * 40,
        "👩‍👩‍👧‍👦" * 30,
        "e\u0301" * 300,
        "<!channel>" * 50,
        "&&&<<<>>>" * 30,
        "- item **bold**\n" * 20,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 30,
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)


@given(TEXTS)
def test_there_are_no_more_pages_than_needed(text: str) -> None:
    cost = len(text) + 4 * (text.count("&") + text.count("<")) + 3 * text.count(">")
    assert len(pages(text)) <= 2 * cost / (PAGE - 100) + 1


@pytest.mark.parametrize("mark", ["```", "~~~", "`" * 4_000])
@pytest.mark.parametrize("filling", ['{"a":1,"b":[2,3]},', "word ", "x"])
def test_a_fence_line_without_end_is_cut_like_any_other(mark: str, filling: str) -> None:
    text = mark + filling * 1_000 + mark
    assert "".join(map(unfenced, pages(text))) == unfenced(text)
    assert len(pages(text)) < 10


def unfenced(text: str) -> str:
    """A text without what closing and reopening fences may add."""
    text = text.replace("\u200b", "")
    text = re.sub(r"^ {0,3}(`{3,20}|~{3,20})[^\n`]{0,40}$", "", text, flags=re.MULTILINE)
    return re.sub(r"[`~]{3,}|\s", "", text)


@given(TEXTS)
def test_nothing_is_lost_or_added(text: str) -> None:
    assert "".join(unfenced(page) for page in pages(text)) == unfenced(text)


@given(TEXTS)
def test_every_page_is_within_slacks_limits(text: str) -> None:
    for page in pages(text):
        assert page.strip()
        assert len(escape(plain(page))) <= LIMIT
        assert len(harmless(page)) <= LIMIT
        assert len(page.encode()) <= 12_000


@given(TEXTS, st.data())
def test_a_full_page_never_changes_as_the_text_grows(text: str, data: st.DataObject) -> None:
    before = pages(text[: data.draw(st.integers(0, len(text)))])
    assert pages(text)[: max(len(before) - 1, 0)] == before[:-1]


@given(TEXTS)
def test_fences_are_balanced_on_every_page(text: str) -> None:
    for page in pages(text):
        opened = ""
        for marks, info in re.findall(r"^ {0,3}(`{3,20}|~{3,20})([^\n`]*)$", page, flags=re.MULTILINE):
            if not opened:
                opened = marks
            elif not info.strip() and marks.startswith(opened):
                opened = ""
        assert not opened


def test_a_short_text_is_one_page_as_it_is() -> None:
    assert pages("Hello **world**\n") == ["Hello **world**\n"]
    assert pages("") == []
    assert pages(" \n") == []


def test_cuts_prefer_paragraphs_then_lines_then_words() -> None:
    paragraph = "word " * 500 + "end."
    first, second = pages(f"{paragraph}\n\n{paragraph}")
    assert (first, second) == (f"{paragraph}\n\n", paragraph)
    lines = "one line of text\n" * 400
    assert all(page.endswith("text\n") for page in pages(lines))
    words = "word " * 2_000
    assert all(page.endswith("word ") for page in pages(words))


def test_a_fence_is_closed_and_reopened_with_its_language() -> None:
    text = "Look:\n\n```python\n" + "print('hello')\n" * 600 + "```\nDone."
    first, *middle, last = pages(text)
    assert first.endswith("print('hello')\n```")
    assert all(page.startswith("```python\nprint") and page.endswith("\n```") for page in middle)
    assert last.startswith("```python\nprint")
    assert last.endswith("```\nDone.")


def test_a_fence_that_begins_late_on_a_page_moves_to_the_next() -> None:
    text = "word " * 700 + "\n```sql\n" + "select 1;\n" * 100 + "```"
    first, second = pages(text)
    assert "```" not in first
    assert second.startswith("```sql\nselect 1;")


@pytest.mark.parametrize("glyph", ["e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "❤️"])
def test_no_character_is_torn(glyph: str) -> None:
    for page in pages("x" + glyph * 4_000)[1:]:
        assert page.startswith(glyph[0])


def test_escapes_count_against_the_limit() -> None:
    assert all(len(escape(page)) <= PAGE for page in pages("<&>" * 3_000))
