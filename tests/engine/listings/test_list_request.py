"""What is asked for by the words behind `threads`."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.engine.listings.list_request import MOST_WORDS, PATTERN, ListRequest, read

NOVEMBER, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("argument", "request_"),
    [
        ("", ListRequest()),
        ("2", ListRequest(page=2)),
        ("kyoto trip", ListRequest(words="kyoto trip")),
        ("京都 旅行", ListRequest(words="京都 旅行")),
        ("about why it is so", ListRequest(words="why it is so")),
        ("About 2", ListRequest(words="2")),
        ("about archived", ListRequest(words="archived")),
        ("2026", ListRequest(words="2026")),
        ("kyoto 2", ListRequest(words="kyoto 2")),
        ("archived", ListRequest(archived=True)),
        ("Archived 3", ListRequest(archived=True, page=3)),
        ("archived kyoto", ListRequest(archived=True, words="kyoto")),
        ("archivedkyoto", ListRequest(words="archivedkyoto")),
        ("since 2026-11-01", ListRequest(since=NOVEMBER)),
        ("until 2026-11-30 kyoto", ListRequest(until=LAST, words="kyoto")),
        ("archived since 2026-11-01 until 2026-11-30 tea", ListRequest("tea", True, NOVEMBER, LAST)),
        ("since 2026-13-41", ListRequest(words="since 2026-13-41")),
        ("since yesterday", ListRequest(words="since yesterday")),
        ("next:2:abc", ListRequest(page=2, after="abc")),
        ("about kyoto next:3:a:b", ListRequest(words="kyoto", page=3, after="a:b")),
    ],
)
def test_what_is_asked_for(argument: str, request_: ListRequest) -> None:
    assert read(argument) == request_
    assert not argument or PATTERN.fullmatch(argument)


words = st.text(min_size=1, max_size=MOST_WORDS).map(lambda text: " ".join(text.split())).filter(bool)


@given(
    st.builds(
        ListRequest,
        words=words | st.just(""),
        archived=st.booleans(),
        since=st.none() | st.dates(),
        until=st.none() | st.dates(),
        page=st.integers(1, 500),
        after=st.from_regex(r"\A[A-Za-z0-9_:.=-]{1,60}\Z"),
    )
)
def test_a_button_says_all_that_was_asked_for(request_: ListRequest) -> None:
    """The same, one page further."""
    following = request_.next("MTc2:5")
    assert PATTERN.fullmatch(following.in_words())
    assert read(following.in_words()) == following
    assert (following.page, following.after) == (request_.page + 1, "MTc2:5")


@pytest.mark.parametrize(
    "text",
    [
        "are a great way to do two things",
        "vs processes",
        "in Python",
        "why?",
        "kyoto?",
        "one, two, three",
        "one two three four five six seven",
        "about",
        f"about {'x' * (MOST_WORDS + 1)}",
        "x" * (MOST_WORDS + 1),
        "next:0:x",
        "next:2:",
        "",
    ],
)
def test_what_reads_like_a_sentence_is_none(text: str) -> None:
    assert PATTERN.fullmatch(text) is None
