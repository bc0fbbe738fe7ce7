"""What stands on Home, and what in the modals."""

import pytest

from chathakase.core.overview import AdminOverview, OverviewState, Shown
from chathakase.core.title_cleaning import LONGEST_GIVEN
from chathakase.slack.home.home_actions import HomeAction, Renaming, RowKey, read_renaming, read_state
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.home_views import loading, told
from chathakase.slack.home.list_modal import list_modal
from chathakase.slack.home.new_chat_modal import new_chat_modal
from chathakase.slack.home.rename_modal import rename_modal
from tests.slack.home.drawn_overviews import (
    CHANNEL,
    LINKS,
    LONG,
    OTHER_CHANNEL,
    admin_overview,
    admin_session,
    overview,
    thread,
)
from tests.slack.home.view_judge import buttons, judge, seen

START = "Start new chat"
ADMIN = admin_overview(admin_session(1), muted=[CHANNEL], more="1:2:3")


@pytest.mark.parametrize("shown", [Shown.ACTIVE, Shown.ALL])
@pytest.mark.parametrize("admin", [None, ADMIN])
def test_an_empty_home_has_exactly_one_button(shown: Shown, admin: AdminOverview | None) -> None:
    view = judge(home_tab(overview(state=OverviewState(shown=shown), admin=admin), LINKS))
    assert buttons(view) == [START]
    assert "Nothing here yet" in seen(view)


def test_an_empty_modal_has_exactly_one_button() -> None:
    view = judge(list_modal(overview(), LINKS))
    assert buttons(view) == [START]
    assert "submit" not in view


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (OverviewState(search="ky*to"), "None of your threads match “ky*to”."),
        (OverviewState(shown=Shown.ARCHIVED), "You have no archived threads."),
        (OverviewState(page=3, after="1:2:3"), "That was all: you have no more threads."),
    ],
)
def test_finding_nothing_keeps_the_controls(state: OverviewState, said: str) -> None:
    view = judge(home_tab(overview(state=state), LINKS))
    assert said in seen(view)
    assert START not in buttons(view)
    assert {"New chat", "Refresh"} <= set(buttons(view))


@pytest.mark.parametrize(
    ("state", "total", "said"),
    [
        (OverviewState(), 1, "You have 1 thread."),
        (OverviewState(), 500, "You have 500 threads."),
        (OverviewState(shown=Shown.ARCHIVED), 2, "You have 2 archived threads."),
        (OverviewState(shown=Shown.ALL), 2, "You have 2 threads, archived ones included."),
        (OverviewState(search="kyoto"), 1, "1 thread matches “kyoto”."),
        (OverviewState(search="kyoto"), 2, "2 threads match “kyoto”."),
    ],
)
def test_home_counts_the_threads(state: OverviewState, total: int, said: str) -> None:
    view = judge(home_tab(overview([thread(1)], state, total=total), LINKS))
    assert seen(view).splitlines()[:2] == ["Your threads", said]


@pytest.mark.parametrize(
    ("page", "more", "offered"),
    [(1, "", []), (1, "1:2:3", ["Next page"]), (2, "1:2:3", ["First page", "Next page"]), (25, "", ["First page"])],
)
def test_pages_are_turned(page: int, more: str, offered: list[str]) -> None:
    state = OverviewState(page=page, after="0:0:0" if page > 1 else "")
    view = judge(home_tab(overview([thread(1)], state, total=500, more=more), LINKS))
    assert [each for each in buttons(view) if "page" in each] == offered
    assert (f"Page {page} of 25" in seen(view)) is bool(offered)


def test_what_is_chosen_is_kept_by_the_view() -> None:
    state = OverviewState(Shown.ALL, "kyoto", "1:2:3", page=4, last_lines=False, sessions_after="4:5:6")
    for view in (home_tab(overview([thread(1)], state), LINKS), list_modal(overview([thread(1)], state), LINKS)):
        assert read_state(view["private_metadata"]) == state


def test_a_field_starts_anew_only_when_something_else_is_looked_for() -> None:
    def names(state: OverviewState) -> set[str]:
        view = home_tab(overview([thread(1)], state), LINKS)
        return {block["block_id"] for block in view["blocks"] if "block_id" in block}

    one = names(OverviewState(search="kyoto"))
    assert one == names(OverviewState(search="kyoto", page=2, after="1:2:3")) - {"paging"}
    assert len(one ^ names(OverviewState(search="osaka"))) == 2


def test_lines_stand_between_threads_where_there_is_room_for_them() -> None:
    def lines(admin: AdminOverview | None) -> int:
        view = judge(home_tab(overview([thread(number) for number in range(1, 21)], admin=admin), LINKS))
        return [block["type"] for block in view["blocks"]].count("divider")

    muted = [f"C0MUTED{number:03d}" for number in range(10)]
    full = admin_overview(*(admin_session(number) for number in range(1, 21)), muted=muted)
    assert (lines(None), lines(full)) == (21, 2)


def test_a_notice_stands_on_top() -> None:
    view = judge(home_tab(overview([thread(1)]), LINKS, "Done: I have **deleted** that."))
    assert seen(view).startswith("Done: I have deleted that.\nYour threads")


def test_only_admins_see_what_is_for_admins() -> None:
    assert "For admins" not in seen(home_tab(overview([thread(1)]), LINKS))
    told_of = seen(judge(home_tab(overview([thread(1)], admin=ADMIN), LINKS)))
    assert "For admins" in told_of
    assert "Bob *the builder*: 2 questions" in told_of


def test_admins_never_see_what_sessions_are_about() -> None:
    view = home_tab(overview(admin=admin_overview(admin_session(7, busy=True), muted=[OTHER_CHANNEL])), LINKS)
    (line,) = [each for each in seen(view).splitlines() if "14 messages" in each]
    assert line.startswith("<#C0GENERAL1> · <@U0BOB00001> · 14 messages · 2 people · ")
    assert "*answering*" in line


def test_a_modal_with_a_field_can_be_submitted() -> None:
    view = judge(list_modal(overview([thread(1)]), LINKS))
    assert view["submit"]["text"] == "Search"


@pytest.mark.parametrize("title", ["Trip to Kyoto", "", LONG * 3, "half \ud83d"])
def test_renaming_begins_with_the_title_of_today(title: str) -> None:
    row = RowKey("a1", CHANNEL, "1.000001")
    view = judge(rename_modal(row, title, "V1"))
    (field,) = view["blocks"]
    assert field["element"].get("initial_value", "") == title.replace("\ud83d", "\ufffd")[:LONGEST_GIVEN]
    assert read_renaming(view["private_metadata"]) == Renaming(row, "V1")


def test_a_new_chat_needs_only_words() -> None:
    view = judge(new_chat_modal("V1"))
    assert [(block["block_id"], block["optional"]) for block in view["blocks"]] == [
        ("words", False),
        ("title", True),
        ("where", True),
    ]
    assert view["private_metadata"] == "V1"


@pytest.mark.parametrize("title", ["Your threads", LONG])
def test_modals_that_only_say_something(title: str) -> None:
    for view in (loading(title), told(title, f"Sorry, **no** <!channel> {LONG * 100}")):
        assert "submit" not in judge(view)


def test_clearing_and_muting_are_asked_about() -> None:
    view = home_tab(overview(admin=ADMIN), LINKS)
    beside = {block["accessory"]["action_id"]: block["accessory"] for block in view["blocks"] if "accessory" in block}
    for action in (HomeAction.SESSION, HomeAction.MUTE):
        assert beside[action]["confirm"]["style"] == "danger"
