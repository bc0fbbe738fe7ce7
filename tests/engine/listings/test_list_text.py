"""How a list of threads reads."""

from dataclasses import replace

import pytest

from chathakase.core.listing import ListedThread, ThreadsPage
from chathakase.core.types import LastMessage, Place, SessionId
from chathakase.engine.listings.list_request import ListRequest, read
from chathakase.engine.listings.list_text import Telling, told
from chathakase.engine.listings.person_threads import PersonThreadsPage
from chathakase.engine.listings.readable_channels import Readable
from tests.places import slack_place

NOW = 1_780_000_000_000
KYOTO = ListedThread(
    session=SessionId("1"),
    place=slack_place("C1", "1.0"),
    title="Trip to Kyoto",
    agent="",
    owner="U1",
    messages=6,
    exchanges=3,
    last=LastMessage("Pack an umbrella.", "", NOW - 65_000),
    active=NOW - 65_000,
    archived=False,
    is_last_used=False,
)


def link(place: Place, ref: str) -> str:
    return f"https://chat.example/{place.channel}/{ref}"


def describe(place: Place) -> str:
    return "a direct message" if place.channel.startswith("D") else f"<#{place.channel}>"


TELLING = Telling(NOW, {"U2": "Bob"}, link, describe)


def lines(*threads: ListedThread, total: int = 1, request: ListRequest | None = None, readable: Readable) -> list[str]:
    page = PersonThreadsPage(ThreadsPage(threads, total, ""), readable)
    return told(request or ListRequest(), page, TELLING).split("\n")


def listed(*threads: ListedThread, total: int = 1, request: str = "") -> list[str]:
    return lines(*threads, total=total, request=read(request), readable=Readable(frozenset()))


def test_a_thread_is_a_line() -> None:
    assert listed(KYOTO) == [
        "**Your threads** (1)",
        "- [Trip to Kyoto](https://chat.example/C1/1.0) (3), in <#C1>, 1 min 5 s ago: Pack an umbrella.",
    ]


@pytest.mark.parametrize(
    ("thread", "line"),
    [
        (replace(KYOTO, is_last_used=True), "1 min 5 s ago, *last used*: Pack"),
        (replace(KYOTO, place=slack_place("D1", "2.0")), "(3), in a direct message, 1 min"),
        (replace(KYOTO, place=None), "- Trip to Kyoto (3), 1 min 5 s ago: Pack"),
        (replace(KYOTO, title=""), "[a thread](https://"),
        (replace(KYOTO, title="<@U2> and <@U3>"), r"[@Bob and \<@U3\>]("),
        (
            replace(KYOTO, title="[here](https://evil.example) `x` *y*"),
            r"[\[here\](https://evil.example) \`x\` \*y\*](",
        ),
        (replace(KYOTO, last=None, exchanges=1_234), "(1,234), in <#C1>, 1 min 5 s ago"),
        (replace(KYOTO, last=LastMessage("a\nb <!channel>", "U1", 0)), r"ago: a b \<!channel\>"),
        (replace(KYOTO, last=LastMessage("京" * 100, "U1", 0)), f"ago: {'京' * 59}…"),
        (replace(KYOTO, active=NOW + 5), "0 s ago"),
    ],
)
def test_what_a_line_tells(thread: ListedThread, line: str) -> None:
    assert line in listed(thread)[1]


@pytest.mark.parametrize(
    ("request_", "total", "heading"),
    [
        ("", 20, "**Your threads** (20)"),
        ("", 21, "**Your threads** (21), page 1 of 2"),
        ("3", 1_045, "**Your threads** (1,045), page 3 of 53"),
        ("archived", 1, "**Your archived threads** (1)"),
        ("about a *b*", 1, r"**Your threads about “a \*b\*”** (1)"),
        ("archived tea next:2:x", 21, "**Your archived threads about “tea”** (21), page 2 of 2"),
    ],
)
def test_the_heading_tells_which_and_how_many(request_: str, total: int, heading: str) -> None:
    assert listed(KYOTO, total=total, request=request_)[0] == heading


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ("", "You have no threads with me yet. Send me a message to start one."),
        ("archived", "You have no archived threads."),
        ("about <b>", r"None of your threads match “\<b\>”."),
        ("since 2026-11-01", "None of your threads was active in that time."),
        ("7", "That was all: you have no more threads."),
    ],
)
def test_where_there_is_none_one_sentence_says_so(request_: str, sentence: str) -> None:
    assert listed(total=0, request=request_) == [sentence]


def test_where_only_direct_messages_are_listed_that_is_said() -> None:
    readable = Readable(frozenset(), only_direct=True)
    assert lines(KYOTO, readable=readable)[-1].endswith("so I listed only your direct messages.")
    assert lines(total=0, readable=readable)[-1].endswith("so I listed only your direct messages.")
