"""From what somebody pressed in an overview to what they want to see there, or to have done. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from chathakase.core.jobs import (
    ARCHIVE_SESSION,
    CLEAR_SESSION,
    DELETE_SESSION,
    FORGET_EVERYTHING_NOW,
    MUTE_CHANNEL,
    STOP,
    UNMUTE_CHANNEL,
    Command,
)
from chathakase.core.overview import OverviewState, Shown
from chathakase.core.types import Place
from chathakase.slack.fields import ID, Malformed, field
from chathakase.slack.home.home_actions import (
    FIRST,
    LONGEST_SEARCH,
    HomeAction,
    RowKey,
    SessionDeed,
    read_row,
    read_session_choice,
)
from chathakase.slack.home.home_payloads import Press

ON_ROWS: Mapping[HomeAction, str] = {HomeAction.ARCHIVE: ARCHIVE_SESSION, HomeAction.DELETE: DELETE_SESSION}
ON_SESSIONS: Mapping[SessionDeed, str] = {SessionDeed.STOP: STOP, SessionDeed.CLEAR: CLEAR_SESSION}
ON_CHANNELS: Mapping[HomeAction, str] = {HomeAction.MUTE: MUTE_CHANNEL, HomeAction.UNMUTE: UNMUTE_CHANNEL}

_VIEWING: Mapping[HomeAction, Callable[[OverviewState, str], OverviewState]] = {
    HomeAction.REFRESH: lambda state, _: state,
    HomeAction.SHOWN: lambda state, value: replace(_first(state), shown=_shown(value)),
    HomeAction.SEARCH: lambda state, value: looking_for(value, state),
    HomeAction.SHOW_ALL: lambda state, _: replace(_first(state), search=""),
    HomeAction.FIRST_PAGE: lambda state, _: _first(state),
    HomeAction.NEXT_PAGE: lambda state, value: replace(state, after=value, page=state.page + 1),
    HomeAction.LAST_LINES: lambda state, value: replace(state, last_lines=bool(value)),
    HomeAction.SESSIONS: lambda state, value: replace(state, sessions_after="" if value == FIRST else value),
}


def state_after(press: Press) -> OverviewState | None:
    """What somebody wants to see who pressed something; None where it is about something else. Raises Malformed."""
    change = _VIEWING.get(press.action)
    return change(press.state, press.value) if change else None


def looking_for(words: str, state: OverviewState) -> OverviewState:
    """What somebody wants to see who looks for something in what they see, as far as a view can keep the words."""
    return replace(_first(state), search=" ".join(words.split())[:LONGEST_SEARCH])


def command_of(press: Press) -> Command | None:
    """What somebody wants done who pressed something; None where it is nothing of the kind. Raises Malformed.

    It names the session for which its row was drawn, so that it never hits another one that is there by then.
    """
    if (name := ON_ROWS.get(press.action)) is not None:
        return _about(press, read_row(press.value), name)
    if press.action is HomeAction.SESSION:
        choice = read_session_choice(press.value)
        return _about(press, choice.row, ON_SESSIONS[choice.deed])
    if (name := ON_CHANNELS.get(press.action)) is not None:
        channel = field({"channel": press.value}, "channel", ID)
        return _command(press, press.where.beside(channel), name)
    return _command(press, press.where, FORGET_EVERYTHING_NOW) if press.action is HomeAction.FORGET else None


def place_of(row: RowKey, where: Place) -> Place:
    """Where a row's session was when it was drawn in an overview."""
    return where.beside(row.channel, row.thread)


def _about(press: Press, row: RowKey, name: str) -> Command:
    return _command(press, place_of(row, press.where), name, row.session)


def _command(press: Press, place: Place, name: str, argument: str = "") -> Command:
    return Command(place, press.ref, press.by, name, argument, told_in=press.where, said=press.at)


def _first(state: OverviewState) -> OverviewState:
    return replace(state, after="", page=1)


def _shown(value: str) -> Shown:
    try:
        return Shown(value)
    except ValueError as error:
        raise Malformed("value") from error
