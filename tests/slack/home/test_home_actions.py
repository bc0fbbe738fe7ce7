"""What buttons and views say is read back as it was; what we never wrote is refused."""

import json
from collections.abc import Callable

import pytest

from chathakase.core.overview import OverviewState, Shown
from chathakase.slack.fields import Malformed
from chathakase.slack.home.home_actions import (
    HOME_ACTIONS,
    LONGEST_SEARCH,
    HomeAction,
    Renaming,
    RowKey,
    SessionChoice,
    SessionDeed,
    read_renaming,
    read_row,
    read_session_choice,
    read_state,
    state_metadata,
)
from chathakase.slack.own_messages import BUTTONS, SAY_BUTTONS

ROW = RowKey("0190" * 8, "C0GENERAL1", "1800000000.000001")
STATE = json.loads(state_metadata(OverviewState()))


def test_what_a_row_says_is_read() -> None:
    assert read_row(ROW.value) == ROW


@pytest.mark.parametrize("deed", SessionDeed)
def test_what_admins_choose_is_read(deed: SessionDeed) -> None:
    choice = SessionChoice(deed, ROW)
    assert read_session_choice(choice.value) == choice
    assert len(choice.value) <= 150


@pytest.mark.parametrize("view", ["", "V0123456789"])
def test_what_is_renamed_is_read(view: str) -> None:
    renaming = Renaming(ROW, view)
    assert read_renaming(renaming.metadata) == renaming


@pytest.mark.parametrize(
    "state",
    [
        OverviewState(),
        OverviewState(Shown.ALL, "京都 \ud83d", "1:2:3", page=7, last_lines=False, sessions_after="4:5:6"),
    ],
)
def test_what_somebody_chose_is_read(state: OverviewState) -> None:
    assert read_state(state_metadata(state)) == state


@pytest.mark.parametrize("search", ["🎉" * 10_000, "\x00" * 10_000, "\ud83d" * 10_000])
@pytest.mark.parametrize("cursor", ["1" * 10_000, "\x00" * 150, "🎉" * 150, "1" * 150, '"' * 150])
def test_views_have_room_for_what_somebody_chose(search: str, cursor: str) -> None:
    kept = state_metadata(OverviewState(Shown.ARCHIVED, search, cursor, page=10**9, sessions_after=cursor))
    assert len(kept) < 3_000
    assert read_state(kept).search == search[:LONGEST_SEARCH]
    assert read_state(kept).after in ("", cursor)


def test_other_buttons_of_ours_have_other_names() -> None:
    for action in HomeAction:
        assert HOME_ACTIONS.fullmatch(action)
        assert not BUTTONS.fullmatch(action)
        assert not SAY_BUTTONS.fullmatch(action)


@pytest.mark.parametrize("read", [read_row, read_session_choice, read_renaming, read_state])
@pytest.mark.parametrize(
    "value",
    [
        None,
        state_metadata(OverviewState()).replace('"page": 1', '"page": Infinity'),
        7,
        "",
        "{",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps({"session": "a b", "channel": "C1", "thread": "1.1"}),
        json.dumps({"session": "a", "channel": "<!here>", "thread": "1.1"}),
        json.dumps({"session": "a", "channel": "C1", "thread": "yesterday"}),
        json.dumps({"row": 1, "view": ""}),
        json.dumps({"row": ROW.value, "view": "a b"}),
        json.dumps({**STATE, "shown": "nothing"}),
        json.dumps({**STATE, "page": {}}),
        json.dumps({"shown": "all"}),
        "stop a C1",
        "forget a C1 1.1",
    ],
)
def test_what_is_not_ours_is_malformed(read: Callable[[object], object], value: object) -> None:
    with pytest.raises(Malformed):
        read(value)
