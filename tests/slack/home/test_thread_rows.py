"""What a thread looks like in a list, and what can be done with it there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chathakase.core.listing import ListedThread
from chathakase.core.overview import Overview, OverviewState
from chathakase.slack.home.home_actions import HomeAction, RowKey, read_row
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.home_views import View
from chathakase.slack.home.thread_rows import ThreadRows
from tests.slack.home.drawn_overviews import (
    ALICE,
    BOB,
    CAROL,
    DIRECT,
    LINKS,
    LONG,
    admin_overview,
    overview,
    place_of,
    session_id,
    thread,
)
from tests.slack.home.view_judge import buttons, judge, seen

OPEN, RENAME, ARCHIVE, DELETE = "Open", "✏️", "Archive", "🗑️"


def row(shown: ListedThread, of: Overview | None = None) -> View:
    blocks = ThreadRows(of or overview([shown]), LINKS).row(shown)
    return judge({"type": "home", "private_metadata": "", "blocks": blocks})


def test_a_row_tells_of_its_thread() -> None:
    shown = thread(5, "Trip to Kyoto", said="Pack\nan umbrella", author=BOB, exchanges=3, is_last_used=True)
    first, _ = seen(row(shown)).splitlines()
    assert first == "Trip to Kyoto (3) · <#C0GENERAL1> · 5 min ago · 💬 last usedBob: Pack an umbrella"


def test_an_archived_row_says_so() -> None:
    assert " · archived" in seen(row(thread(1, archived=True)))


@pytest.mark.parametrize(
    ("author", "told"),
    [("", "ChatHakase: "), (ALICE, "You: "), (BOB, "Bob: "), (CAROL, f"<@{CAROL}>: "), ("no id", "Somebody: ")],
)
def test_a_row_tells_who_spoke_last(author: str, told: str) -> None:
    assert f"{told}See you there" in seen(row(thread(1, author=author)))


@pytest.mark.parametrize(
    ("author", "said", "shown"),
    [
        ("", "## Kyoto\n**Pack** *an* umbrella", "Kyoto Pack an umbrella"),
        (ALICE, "what is **kwargs** in `f(**kwargs)`?", "what is **kwargs** in `f(**kwargs)`?"),
        ("", "x" * 100, "x" * 89 + "…"),
    ],
)
def test_the_last_line_of_an_answer_is_shown_without_its_marks(author: str, said: str, shown: str) -> None:
    assert seen(row(thread(1, said=said, author=author))).splitlines()[0].endswith(f": {shown}")


@pytest.mark.parametrize("title", ["", " ", "\u202e\x07"])
def test_a_thread_without_a_title_is_called_a_thread(title: str) -> None:
    shown = replace(thread(1), title=title)
    assert seen(row(shown)).startswith("a thread (1)")


def test_a_title_is_shown_as_far_as_there_is_room() -> None:
    (title,) = {part["text"] for part in row(thread(1, LONG * 3))["blocks"][0]["elements"][0]["elements"][:1]}
    assert len(title) <= 80
    assert title.endswith("…")


def test_the_last_line_may_be_left_out() -> None:
    shown = thread(1)
    assert "See you there" not in seen(row(shown, overview([shown], OverviewState(last_lines=False))))


@pytest.mark.parametrize(
    ("shown", "offered"),
    [
        (thread(1, owner=ALICE), [OPEN, RENAME, ARCHIVE, DELETE]),
        (thread(1, owner=""), [OPEN, RENAME, ARCHIVE, DELETE]),
        (thread(1, owner=BOB, channel=DIRECT), [OPEN, RENAME, ARCHIVE, DELETE]),
        (thread(1, owner=BOB), [OPEN, RENAME]),
        (thread(1, archived=True), [OPEN, RENAME, DELETE]),
        (replace(thread(1), place=None), []),
    ],
)
def test_a_row_offers_what_one_may_do(shown: ListedThread, offered: Sequence[str]) -> None:
    assert buttons(row(shown)) == offered


def test_admins_may_do_everything() -> None:
    shown = thread(1, owner=BOB)
    assert buttons(row(shown, overview([shown], admin=admin_overview()))) == [OPEN, RENAME, ARCHIVE, DELETE]


def test_where_there_is_no_address_nothing_is_opened() -> None:
    shown, links = thread(1), replace(LINKS, link=lambda *_: "")
    view: View = {"type": "home", "private_metadata": "", "blocks": ThreadRows(overview([shown]), links).row(shown)}
    assert buttons(judge(view)) == [RENAME, ARCHIVE, DELETE]
    assert seen(view).startswith("Thread 1")


def test_buttons_name_the_session_and_not_the_title() -> None:
    one, other = thread(1, "The same"), thread(2, "The same")
    view = home_tab(overview([one, other]), LINKS)
    deletes = [
        read_row(element["value"])
        for block in view["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == HomeAction.DELETE
    ]
    assert deletes == [
        RowKey(session_id(number), place_of(number).channel, place_of(number).thread) for number in (1, 2)
    ]


def test_buttons_are_read_with_the_title_and_deleting_is_asked_about() -> None:
    (*_, delete) = row(thread(1, LONG * 2))["blocks"][1]["elements"]
    assert delete["accessibility_label"].startswith(f"Delete “{LONG[:30]}")
    assert delete["confirm"]["title"]["text"].endswith("”?")
    assert (delete["style"], delete["confirm"]["style"]) == ("danger", "danger")
