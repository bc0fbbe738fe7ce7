"""What the elements of Home and of its modals are called, and what they say when somebody uses them. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chathakase.core.overview import OverviewState, Shown
from chathakase.slack.fields import ID, Malformed, field
from chathakase.slack.timestamps import TIMESTAMP

HOME_VIEW, LIST_VIEW, RENAME_VIEW, NEW_CHAT_VIEW = (
    "chathakase_home",
    "chathakase_threads",
    "chathakase_rename",
    "chathakase_new_chat",
)
"""The ``callback_id`` of each view that people do something in."""


class HomeAction(StrEnum):
    """The ``action_id`` of each element. Those with a value say what it is."""

    NEW_CHAT = "chathakase_home_new_chat"
    REFRESH = "chathakase_home_refresh"
    SHOWN = "chathakase_home_shown"
    """A select; the value of its option is a Shown."""
    SEARCH = "chathakase_home_search"
    """A field; what is looked for, empty or None for all."""
    SHOW_ALL = "chathakase_home_show_all"
    """Nothing is looked for any more."""
    FIRST_PAGE = "chathakase_home_first_page"
    NEXT_PAGE = "chathakase_home_next_page"
    """The cursor behind which it begins."""

    OPEN = "chathakase_home_open"
    """A RowKey, as of all that concern a row."""
    RENAME = "chathakase_home_rename"
    ARCHIVE = "chathakase_home_archive"
    DELETE = "chathakase_home_delete"

    LAST_LINES = "chathakase_home_last_lines"
    """A checkbox: one option is selected, or none."""
    FORGET = "chathakase_home_forget"

    SESSION = "chathakase_home_session"
    """A menu of what admins may do with a session; the value of its option is a SessionChoice."""
    SESSIONS = "chathakase_home_sessions"
    """A select of pages of sessions; the value of its option is the cursor behind which the page begins, or FIRST."""
    MUTE = "chathakase_home_mute"
    """A select of channels."""
    UNMUTE = "chathakase_home_unmute"
    """A menu of a muted channel; the value of its option is the channel's id."""


FIRST = "first"
"""The value of the option that means no cursor, as Slack takes none that is empty."""

HOME_ACTIONS = re.compile("|".join(HomeAction))
"""All of them, read."""

TITLE_FIELD, WORDS_FIELD, WHERE_FIELD = "title", "words", "where"
"""Both the ``block_id`` and the ``action_id`` of the fields of modals, by which they are read and errors are told."""


@dataclass(frozen=True, slots=True)
class RowKey:
    """Which session a row was drawn for, and where it was then; never by its title, since two may have the same."""

    session: str
    channel: str
    thread: str

    @property
    def value(self) -> str:
        """What a button of the row says."""
        return json.dumps({"session": self.session, "channel": self.channel, "thread": self.thread})


def read_row(value: object) -> RowKey:
    """Read what a button of a row says. Raises Malformed."""
    return _row(_known(value))


def _row(known: Mapping[str, Any]) -> RowKey:
    return RowKey(field(known, "session", ID), field(known, "channel", ID), field(known, "thread", TIMESTAMP))


class SessionDeed(StrEnum):
    """What an admin may do with a session from afar."""

    STOP = "stop"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """What an admin wants done with a session."""

    deed: SessionDeed
    row: RowKey

    @property
    def value(self) -> str:
        """What an option says, in at most 150 characters, as Slack demands."""
        return " ".join((self.deed, self.row.session, self.row.channel, self.row.thread))


def read_session_choice(value: object) -> SessionChoice:
    """Read what an option of a session says. Raises Malformed."""
    parts = value.split(" ") if isinstance(value, str) else []
    known = dict(zip(("deed", "session", "channel", "thread"), parts, strict=False))
    return SessionChoice(SessionDeed(field(known, "deed", _DEEDS)), _row(known))


_DEEDS = re.compile("|".join(SessionDeed))


@dataclass(frozen=True, slots=True)
class Renaming:
    """What the modal for a new title is about."""

    row: RowKey
    view: str = ""
    """The id of the modal from which it was opened; empty: Home."""

    @property
    def metadata(self) -> str:
        """How the modal keeps it."""
        return json.dumps({"row": self.row.value, "view": self.view})


def read_renaming(metadata: object) -> Renaming:
    """Read what the modal for a new title is about. Raises Malformed."""
    known = _known(metadata)
    return Renaming(read_row(known.get("row")), field(known, "view", _VIEW))


_VIEW = re.compile(rf"|{ID.pattern}")


LONGEST_SEARCH = 150
"""Characters that somebody may look for: with all of them escaped, too, a view can keep them."""
_CURSOR = re.compile(r"[!-~]{1,150}")
"""What of cursors options and views have room for; ours are shorter."""


def fitting(cursor: str) -> str:
    """A cursor as it can stand in a view; empty if it can't."""
    return cursor if _CURSOR.fullmatch(cursor) else ""


def state_metadata(state: OverviewState) -> str:
    """How a view keeps what somebody has chosen to see, in less than the 3,000 characters that Slack takes."""
    return json.dumps(
        {
            "shown": state.shown,
            "search": state.search[:LONGEST_SEARCH],
            "after": fitting(state.after),
            "page": state.page,
            "last_lines": state.last_lines,
            "sessions_after": fitting(state.sessions_after),
        }
    )


def read_state(metadata: object) -> OverviewState:
    """Read what somebody has chosen to see. Raises Malformed."""
    known = _known(metadata)
    try:
        return OverviewState(
            shown=Shown(known["shown"]),
            search=str(known["search"]),
            after=str(known["after"]),
            page=int(known["page"]),
            last_lines=bool(known["last_lines"]),
            sessions_after=str(known["sessions_after"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Malformed("private_metadata") from error


def _known(text: object) -> Mapping[str, Any]:
    """An object that we wrote as JSON. Raises Malformed."""
    try:
        known = json.loads(text if isinstance(text, str) else "")
    except (ValueError, RecursionError) as error:
        raise Malformed("value") from error
    if not isinstance(known, Mapping):
        raise Malformed("value")
    return known
