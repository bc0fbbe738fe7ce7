"""What one person sees of all their threads at once, such as on an app's home: what is asked of it, what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chathakase.core.listing import ThreadsPage
from chathakase.core.types import Place, SessionId


class Shown(StrEnum):
    """Which threads somebody wants to see. The values are stored."""

    ACTIVE = "active"
    """Those that nobody put away, however long they idled."""
    ARCHIVED = "archived"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OverviewState:
    """What somebody has chosen to see."""

    shown: Shown = Shown.ACTIVE
    search: str = ""
    """What they look for, in the words that may stand behind ``threads``; empty: nothing in particular."""
    after: str = ""
    """The cursor behind which the page begins; empty: the first page."""
    page: int = 1
    """Which page that is, counted from 1."""
    last_lines: bool = True
    """Whether they want to see what was said last in each thread: a setting, which stays when the rest is reset."""
    sessions_after: str = ""
    """The same cursor for the sessions that admins see."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of somebody's threads, and what of themselves they may want to know beside it."""

    person: str
    """The surface's user id of whose it is."""
    state: OverviewState
    threads: ThreadsPage
    names: Mapping[str, str]
    """The names of people who are mentioned in titles and last lines, by user id."""
    now: int
    """Epoch milliseconds when it was read."""
    agent: str
    """What the agent is called that answers in new threads."""
    model: str
    """The model that it speaks with."""
    used: tuple[str, ...] = ()
    """What they used today and what is left of their daily limits: lines of Markdown."""
    note: str = ""
    """What has to be known of the list, such as that only direct messages are in it; Markdown."""
    admin: "AdminOverview | None" = None
    """None for those who are no admins."""


@dataclass(frozen=True, slots=True)
class AdminSession:
    """A session as admins see it: without a word of what it is about."""

    session: SessionId
    place: Place | None
    owner: str
    """The user id of who asked the first question in it; empty when that is not known."""
    messages: int
    people: int
    active: int
    """When something last happened in it, in epoch milliseconds."""
    busy: bool
    """An answer is being written in it."""


@dataclass(frozen=True, slots=True)
class AdminSessionsPage:
    """Some of the sessions of a workspace."""

    sessions: tuple[AdminSession, ...]
    total: int
    """How many there are in all."""
    next: str
    """The cursor behind which the next page of them begins; empty where there is none."""


@dataclass(frozen=True, slots=True)
class AdminOverview:
    """What admins see of a workspace."""

    sessions: tuple[AdminSession, ...]
    total: int
    """How many sessions there are."""
    next: str
    """The cursor behind which the next page of them begins; empty where there is none."""
    usage: tuple[str, ...]
    """What was used in the last days, by person, channel and model: paragraphs of Markdown."""
    muted: tuple[Place, ...]
    """The channels in which nobody is answered."""
