"""What people open, press and submit is read, whatever shape it comes in."""

from typing import Any

import pytest

from chathakase.core.overview import OverviewState, Shown
from chathakase.slack.fields import Malformed
from chathakase.slack.home.home_actions import (
    LONGEST_SEARCH,
    HomeAction,
    Renaming,
    RowKey,
    SessionChoice,
    SessionDeed,
    state_metadata,
)
from chathakase.slack.home.home_payloads import (
    ListOpening,
    Press,
    Submission,
    read_command,
    read_list_button,
    read_opened,
    read_press,
    read_shortcut,
    read_submission,
)
from chathakase.slack.home.presses import command_of, state_after
from chathakase.slack.home.submitted_fields import (
    NO_TITLE,
    TOO_LONG,
    InvalidField,
    read_new_chat,
    read_rename,
    read_search,
)
from tests.places import slack_place
from tests.slack.identity import BOT

ROW = RowKey("s1", "C1", "1.000001")
STATE = OverviewState(shown=Shown.ALL, search="tea", after="x", page=3)
USER = {"user": {"id": "U1"}}


def pressed(action: HomeAction, home: bool = True, **chosen: Any) -> dict[str, Any]:
    view = {
        "id": "V1",
        "type": "home" if home else "modal",
        "hash": "1.abc",
        "private_metadata": state_metadata(STATE),
    }
    return {
        **USER,
        "view": view,
        "trigger_id": "1.2.x",
        "actions": [{"action_id": action, "action_ts": "2.5", **chosen}],
    }


def press(action: HomeAction, **chosen: Any) -> Press:
    return read_press(pressed(action, **chosen), BOT)


@pytest.mark.parametrize("event", [7, {}, {"type": "message"}, {"type": "app_home_opened", "tab": "messages"}])
def test_other_events_are_none_of_the_home_tabs(event: object) -> None:
    assert read_opened(event) is None


def test_an_older_event_names_no_tab() -> None:
    opened = read_opened({"type": "app_home_opened", "user": "U1", "event_ts": "1.2"})
    assert opened is not None
    assert (opened.by, opened.ref) == ("U1", "1.2")


def test_the_list_is_opened_by_three_means() -> None:
    command = {"user_id": "U1", "trigger_id": "t", "text": "  tea  &amp; cake\ud800 "}
    assert read_command(command) == ListOpening("U1", "t", "tea & cake\ufffd")
    assert read_shortcut({**USER, "trigger_id": "t"}) == ListOpening("U1", "t")
    button = {**USER, "trigger_id": "t", "actions": [{"value": "about tea"}]}
    assert read_list_button(button) == ListOpening("U1", "t", "about tea")
    assert len(read_command(command | {"text": "x" * 5_000}).search) == LONGEST_SEARCH


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (read_command, {"trigger_id": "t"}),
        (read_command, {"user_id": "U1", "trigger_id": 7}),
        (read_shortcut, {"trigger_id": "t", "user": "U1"}),
        (read_list_button, {**USER, "trigger_id": "t", "actions": []}),
        (read_submission, {**USER, "view": {}}),
        (read_submission, {"view": {"id": "V1"}}),
        (lambda body: read_press(body, BOT), {}),
        (lambda body: read_press(body, BOT), pressed(HomeAction.REFRESH) | {"view": "V1"}),
        (lambda body: read_press(body, BOT), pressed(HomeAction.REFRESH) | {"user": None}),
        (lambda body: read_press(body, BOT), {**pressed(HomeAction.REFRESH), "actions": [{"action_id": "else"}]}),
        (lambda body: read_press(body, BOT), {**pressed(HomeAction.REFRESH), "view": {"id": "V1", "type": "home"}}),
    ],
)
def test_what_is_malformed_is_told_as_that(read: Any, body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(
    ("action", "chosen", "state"),
    [
        (HomeAction.REFRESH, {}, STATE),
        (HomeAction.SHOWN, {"selected_option": {"value": "archived"}}, OverviewState(Shown.ARCHIVED, "tea")),
        (HomeAction.SEARCH, {"value": " green  tea "}, OverviewState(Shown.ALL, "green tea")),
        (HomeAction.SEARCH, {"value": None}, OverviewState(Shown.ALL)),
        (HomeAction.SHOW_ALL, {}, OverviewState(Shown.ALL)),
        (HomeAction.FIRST_PAGE, {}, OverviewState(Shown.ALL, "tea")),
        (HomeAction.NEXT_PAGE, {"value": "y"}, OverviewState(Shown.ALL, "tea", "y", 4)),
        (HomeAction.LAST_LINES, {"selected_options": []}, OverviewState(Shown.ALL, "tea", "x", 3, last_lines=False)),
        (HomeAction.LAST_LINES, {"selected_options": [{"value": "yes"}]}, STATE),
        (HomeAction.SESSIONS, {"selected_option": {"value": "z"}}, OverviewState(Shown.ALL, "tea", "x", 3, True, "z")),
        (HomeAction.SESSIONS, {"selected_option": {"value": "first"}}, STATE),
    ],
)
def test_what_is_chosen_to_be_seen(action: HomeAction, chosen: dict[str, Any], state: OverviewState) -> None:
    wanted = press(action, **chosen)
    assert state_after(wanted) == state
    assert command_of(wanted) is None


@pytest.mark.parametrize("home", [True, False])
@pytest.mark.parametrize(
    ("action", "chosen", "name", "argument", "place"),
    [
        (HomeAction.ARCHIVE, {"value": ROW.value}, "archive session", "s1", ("C1", "1.000001")),
        (HomeAction.DELETE, {"value": ROW.value}, "delete session", "s1", ("C1", "1.000001")),
        (HomeAction.FORGET, {}, "forget everything of mine now", "", None),
        (HomeAction.MUTE, {"selected_conversation": "C2"}, "mute channel", "", ("C2", "")),
        (HomeAction.UNMUTE, {"selected_option": {"value": "C2"}}, "unmute channel", "", ("C2", "")),
        (
            HomeAction.SESSION,
            {"selected_option": {"value": SessionChoice(SessionDeed.STOP, ROW).value}},
            "stop",
            "s1",
            ("C1", "1.000001"),
        ),
        (
            HomeAction.SESSION,
            {"selected_option": {"value": SessionChoice(SessionDeed.CLEAR, ROW).value}},
            "clear session",
            "s1",
            ("C1", "1.000001"),
        ),
    ],
)
def test_what_is_to_be_done(
    home: bool, action: HomeAction, chosen: dict[str, Any], name: str, argument: str, place: tuple[str, str] | None
) -> None:
    where = slack_place("", "" if home else "V1", team=BOT.team_id)
    command = command_of(press(action, home=home, **chosen))
    assert command is not None
    assert (command.name, command.argument, command.by, command.said) == (name, argument, "U1", 2_500_000)
    assert (command.told_in, command.place) == (where, where.beside(*place) if place else where)
    assert state_after(press(action, home=home, **chosen)) is None


@pytest.mark.parametrize(
    ("action", "chosen"),
    [
        (HomeAction.ARCHIVE, {"value": "{}"}),
        (HomeAction.DELETE, {"value": "[" * 9_999}),
        (HomeAction.SHOWN, {"selected_option": {"value": "none"}}),
        (HomeAction.SESSION, {"selected_option": {"value": "burn s1 C1 1.1"}}),
        (HomeAction.MUTE, {"selected_conversation": "C 2"}),
    ],
)
def test_what_no_element_says_is_malformed(action: HomeAction, chosen: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        state_after(press(action, **chosen)) or command_of(press(action, **chosen))


def test_a_press_is_known_by_its_view_as_it_was_and_by_what_it_says() -> None:
    body = pressed(HomeAction.ARCHIVE, value=ROW.value)
    refs = {read_press(body, BOT).ref, read_press({**body, "trigger_id": "other"}, BOT).ref}
    assert len(refs) == 1
    newer = {**body, "view": {**body["view"], "hash": "2.abc"}}
    others = {read_press(newer, BOT).ref, press(HomeAction.DELETE, value=ROW.value).ref, *refs}
    assert len(others) == 3


def submission(metadata: str = "", **entered: Any) -> Submission:
    values = {name: {name: {"value": value}} for name, value in entered.items()}
    return read_submission({**USER, "view": {"id": "V2", "private_metadata": metadata, "state": {"values": values}}})


@pytest.mark.parametrize(
    ("title", "told"), [("x" * 81, TOO_LONG), ("  ", NO_TITLE), (None, NO_TITLE), ("「」", NO_TITLE)]
)
def test_a_title_must_be_one(title: str | None, told: str) -> None:
    with pytest.raises(InvalidField) as wrong:
        read_rename(submission(Renaming(ROW).metadata, title=title), BOT)
    assert wrong.value.errors == {"title": told}


def test_a_rename_is_told_where_it_was_wanted() -> None:
    command = read_rename(submission(Renaming(ROW, "V1").metadata, title="長" * 80), BOT)
    assert command.argument == f"s1 {'長' * 80}"
    assert command.told_in == slack_place("", "V1", team=BOT.team_id)


def test_other_words_are_another_chat() -> None:
    one, same, other = (read_new_chat(submission(words=words), BOT)[0].ref for words in ("tea?", "tea?", "cake?"))
    assert one == same != other


def test_a_search_is_found_whatever_its_block_is_called() -> None:
    values = {"other": {"x": {"value": "no"}}, "search_1a2b": {HomeAction.SEARCH: {"value": "tea"}}, "odd": 7}
    assert read_search(Submission("U1", "V1", "", values)) == "tea"
    assert read_search(Submission("U1", "V1", "", {})) == ""
