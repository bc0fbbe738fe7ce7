import re
from bisect import bisect_left
from collections.abc import Iterator

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chathakase.slack.markdown.escaping import escape
from chathakase.slack.markdown.mention_markup import harmless
from chathakase.slack.markdown.pages import Page, Paginator
from chathakase.slack.markdown.plain import notification, plain
from chathakase.slack.markdown.text_limits import PAGE
from tests.slack.markdown.judge import open_fences
from tests.slack.markdown.markdown_texts import GROWTHS, TEXTS
from tests.slack.markdown.whole import pages

LIMIT = 4_000  # chat.update answers msg_too_long above this
HEAVIEST = 11_000  # bytes; streamed messages are refused somewhat below

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
LONG_TEXTS = st.lists(PIECES, max_size=60).map("".join)


def whole(text: str) -> list[Page]:
    return Paginator({"U1"}).pages(text, growing=False)


def grown(text: str, growth: list[float], paginator: Paginator) -> Iterator[tuple[str, list[Page]]]:
    """A text as far as it has come at each step, with its pages."""
    for share in growth:
        part = text[: int(share * len(text))]
        yield part, paginator.pages(part, growing=True)
    yield text, paginator.pages(text, growing=False)


@given(TEXTS, GROWTHS)
def test_the_sources_of_all_pages_are_the_text(text: str, growth: list[float]) -> None:
    for part, shown in grown(text, growth, Paginator({"U1"})):
        assert "".join(page.source for page in shown) in ((part,) if shown else ("",))
        assert all(page.markdown.strip() for page in shown)


@given(TEXTS, GROWTHS)
def test_a_full_page_never_changes_as_the_text_grows(text: str, growth: list[float]) -> None:
    before: list[Page] = []
    for _, shown in grown(text, growth, Paginator({"U1"})):
        full = max(len(before) - 1, 0)
        assert shown[:full] == before[:full]
        before = shown


@given(st.one_of(TEXTS, LONG_TEXTS), st.floats(0, 1))
def test_cuts_do_not_depend_on_how_the_text_grew(text: str, share: float) -> None:
    before = Paginator({"U1"}).pages(text[: int(share * len(text))], growing=True)
    full = max(len(before) - 1, 0)
    assert whole(text)[:full] == before[:full]


@given(st.one_of(TEXTS, LONG_TEXTS), GROWTHS)
def test_every_page_is_within_slacks_limits(text: str, growth: list[float]) -> None:
    for _, shown in grown(text, growth, Paginator({"U1"})):
        for page in shown:
            assert max(len(page.markdown), len(escape(plain(page.markdown)))) <= PAGE
            assert len(harmless(page.markdown)) <= LIMIT
            assert len(escape(page.markdown).encode()) <= HEAVIEST
            assert len(notification(page.markdown, {"U1"})) <= LIMIT


@given(TEXTS, GROWTHS)
def test_every_fence_is_closed_on_every_page(text: str, growth: list[float]) -> None:
    for _, shown in grown(text, growth, Paginator({"U1"})):
        for page in shown:
            assert not open_fences(page.markdown)


@given(TEXTS)
def test_no_cut_goes_through_a_character_but_one_that_fills_a_page(text: str) -> None:
    ends = [0, *(found.end() for found in regex.finditer(r"\X", text))]
    end = 0
    for page in whole(text):
        end += len(page.source)
        after = bisect_left(ends, end)
        assert end == ends[after] or ends[after] - ends[after - 1] > 1_000


@given(LONG_TEXTS)
def test_there_are_no_more_pages_than_needed(text: str) -> None:
    cost = len(text) + 4 * (text.count("&") + text.count("<")) + 3 * text.count(">")
    weight = len(text.encode()) + 6 * (cost - len(text)) / 4
    assert len(pages(text)) <= 2 * max(cost / (PAGE - 100), weight / 10_000) + 1


@pytest.mark.parametrize("mark", ["```", "~~~", "`" * 4_000])
@pytest.mark.parametrize("filling", ['{"a":1,"b":[2,3]},', "word ", "x"])
def test_a_fence_line_without_end_is_cut_like_any_other(mark: str, filling: str) -> None:
    text = mark + filling * 1_000 + mark
    assert "".join(map(unfenced, pages(text))) == unfenced(text)
    assert len(pages(text)) < 10


def unfenced(text: str) -> str:
    """A text without what pages may add: closed and reopened fences, the heads of tables, broken pings."""
    text = re.sub(r"\| a \| b \|\n|\|---\|---\|\n(\| (?!1 \|))?", "", text.replace("\u200b", ""))
    text = re.sub(r"^ {0,3}(`{3,20}|~{3,20})[^\n`]{0,40}$", "", text, flags=re.MULTILINE)
    return re.sub(r"[`~]{3,}|\s", "", text)


@given(LONG_TEXTS)
def test_nothing_is_lost_or_added(text: str) -> None:
    assert "".join(unfenced(page) for page in pages(text)) == unfenced(text)


@given(LONG_TEXTS)
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
    assert whole("Hello") == [Page("Hello", "Hello", "Hello", 5)]


def test_escapes_count_against_the_limit() -> None:
    assert all(len(escape(page)) <= PAGE for page in pages("<&>" * 3_000))


def test_bytes_count_against_the_limit() -> None:
    shown = pages("👍" * 8_000)
    assert all(len(page.encode()) <= 10_500 for page in shown)
    assert len(shown) == 4


def test_a_page_that_shows_nothing_goes_with_its_neighbour() -> None:
    text = "\u3000\n" * 5_000 + "shown" + "\n" * 9_000
    (page,) = whole(text)
    assert (page.source, page.markdown.strip()) == (text, "shown")


def test_blank_text_behind_a_full_page_makes_no_page() -> None:
    text = "word " * 1_000
    cut = len(whole(text)[0].source)
    grown = Paginator()
    assert len(grown.pages(text, growing=True)) == 2
    assert [page.source for page in grown.pages(text[:cut] + "\n\n", growing=False)] == [text[:cut] + "\n\n"]


def test_a_text_that_goes_another_way_is_cut_anew_from_there() -> None:
    paginator = Paginator()
    text = "paragraph of words\n\n" * 600
    before = paginator.pages(text, growing=True)
    other = text[:5_000].rstrip() + "\n\n_Stopped._"
    after = paginator.pages(other, growing=False)
    assert after[0] == before[0]
    assert "".join(page.source for page in after) == other
    assert after == whole(other)
    assert paginator.pages("short", growing=False) == whole("short")


def test_a_page_can_be_ended_at_any_place() -> None:
    paginator = Paginator()
    paginator.pages("Some **bold words", growing=True)
    paginator.cut(12)
    first, second = paginator.pages("Some **bold words** and more", growing=False)
    assert (first.source, first.markdown) == ("Some **bold ", "Some **bold** ")
    assert (second.source, second.markdown) == ("words** and more", "**words** and more")
    assert paginator.pages("Some **bold words** and more", growing=False) == [first, second]


def test_a_cut_comes_no_earlier_than_what_is_beyond_recall() -> None:
    text = "word " * 500 + "\n\n" + "more " * 500
    assert len(whole(text)[0].source) == 2_502
    paginator = Paginator()
    paginator.keep(3_000)
    assert len(paginator.pages(text, growing=True)[0].source) > 3_000


@given(TEXTS, st.floats(0, 1), st.floats(0, 1))
def test_every_page_ends_where_it_is_told_to(text: str, share: float, place: float) -> None:
    paginator = Paginator({"U1"})
    part = text[: int(share * len(text))]
    shown = paginator.pages(part, growing=True)
    steady = sum(len(page.source) for page in shown[:-1]) + sum(page.steady_length for page in shown[-1:])
    offset = steady + int(place * (len(part) - steady))
    paginator.cut(offset)
    start = 0
    for page in paginator.pages(text, growing=False):
        assert not open_fences(page.markdown)
        assert len(escape(plain(page.markdown))) <= PAGE
        if start < offset < start + len(page.source):
            sides = (text[start:offset], text[offset : start + len(page.source)])
            assert not all(re.search(r"[^\W_]", side) and whole(side) for side in sides)
        start += len(page.source)
