"""No text takes longer than its length: hostile ones at a page's size and at many times that."""

from collections.abc import Callable
from time import thread_time

import pytest

from chathakase.core.title_cleaning import title_of
from chathakase.models.thinking import ThinkingFilter
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.markdown.plain import plain
from chathakase.slack.markdown.text_limits import PAGE, excess

pytestmark = pytest.mark.long

FRAGMENTS = [
    "|\n",
    "|a|b|\n",
    "_ ",
    "_a *b ",
    "<b>|",
    "</b>",
    "<br>",
    "<",
    "<!",
    "<!--",
    "<!<!--",
    "<a href=",
    "[",
    "[a](",
    "\\(",
    "\\[",
    "$$\n",
    "+\n",
    "\n\\[\n",
    "\n\n$$",
    "\n\n",
    "**a ",
    "`a``b",
    "&amp;",
    "~~a",
    "> ",
    "\u200b",
    "a\u0301",
]
STRETCHED = [
    ("a|b\n", " ", "x"),
    ("- ", " ", "x"),
    ("", " ", "x"),
    ("[", "\\", "]"),
    ("<", "*", "!here>"),
    ("", ">", " a"),
    ("", "は**「", ""),
    ("", "」**な", ""),
    ("", "は_「", "」_な"),
    ("", "_重", ""),
    ("", "<br", ">"),
]


def repeated(fragment: str, length: int) -> str:
    return (fragment * (length // len(fragment) + 1))[:length]


TEXTS: list[Callable[[int], str]] = [
    *(lambda length, fragment=fragment: repeated(fragment, length) for fragment in FRAGMENTS),
    *(lambda length, part=part: part[0] + part[1] * length + part[2] for part in STRETCHED),
    *(
        lambda length, one=one, other=other: repeated(one, length // 2) + repeated(other, length // 2)
        for one, other in (("<b>", "b*"), ("</b>", "a"), ("|\n", "a"), ("$$\n", "\n"), ("`", "a"), ("_a ", "a* "))
    ),
]
FUNCTIONS: list[Callable[[str], object]] = [
    lambda text: Paginator({"U1"}).pages(text, growing=False),
    plain,
    defused,
    title_of,
]
TIMES = 4
ROOM = 0.05
"""Seconds that are as good as nothing on any machine: what is quadratic takes far more with four times as much."""


def seconds(call: Callable[[str], object], text: str) -> float:
    began = thread_time()
    call(text)
    return thread_time() - began


@pytest.mark.parametrize("make", TEXTS)
def test_four_times_as_much_takes_about_four_times_as_long(make: Callable[[int], str]) -> None:
    for call in FUNCTIONS:
        little = seconds(call, make(PAGE))
        assert seconds(call, make(TIMES * PAGE)) < 3 * TIMES * (little + ROOM)


@pytest.mark.parametrize("make", TEXTS)
def test_no_step_of_a_growing_page_looks_at_all_that_was_before_again_and_again(make: Callable[[int], str]) -> None:
    text, paginator = make(2 * PAGE), Paginator({"U1"})
    for length in range(900, len(text), 900):
        assert seconds(lambda part: paginator.pages(part, growing=True), text[:length]) < 0.6


def test_pages_without_anything_to_show_are_not_made_anew_with_each_word() -> None:
    paginator, text = Paginator(), "\u3000\n" * 10_000
    paginator.pages(text, growing=True)
    assert paginator.behind(text) < 2 * PAGE
    assert [page.markdown.strip() for page in paginator.pages(text + "hello", growing=False)] == ["hello"]


@pytest.mark.parametrize(
    "text", ["```\n" + "\n" * 10_000 + "x\n" * 900 + "```", "\x0b\n" * 20_000 + "x", "\n" * 400_000]
)
def test_blanks_that_would_fill_pages_fill_none(text: str) -> None:
    paginator = Paginator()
    paginator.pages(text, growing=True)
    assert paginator.behind(text) < 2 * PAGE
    assert all(not excess(page.markdown) for page in paginator.pages(text, growing=False))
    assert "".join(page.source for page in paginator.pages(f"{text}y", growing=False)) == f"{text}y"


@pytest.mark.parametrize("fragment", ["\n\\[\n", "\n\n$$", "\\[\n\n"])
def test_what_grows_when_it_is_written_is_not_torn_into_crumbs(fragment: str) -> None:
    shown = Paginator().pages(repeated(fragment, 2 * PAGE), growing=False)
    assert 0 < len(shown) < 12
    assert all(not excess(page.markdown) for page in shown)


def test_no_more_pages_are_made_of_a_growing_text_than_are_wanted() -> None:
    paginator, text = Paginator(), "word " * 100_000
    assert len(paginator.pages(text, growing=True, most=3)) == 3
    assert paginator.behind(text) > len(text) - 4 * PAGE
    assert len(paginator.pages(text[: 20 * PAGE], growing=False)) > 18


def test_blanks_before_an_answer_are_looked_at_once() -> None:
    listener = ThinkingFilter()
    began = thread_time()
    for _ in range(100_000):
        assert not [*listener.feed("\n")]
    assert thread_time() - began < 5
    assert [*listener.feed("x")] == ["\n" * 100_000, "x"]
