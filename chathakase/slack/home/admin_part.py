"""What only admins see on Home: all sessions without their content, what was used, and which channels are muted. Pure.

Nothing in it is a button, so that for an admin without threads, too, there is just the one that starts a chat.
"""

from collections.abc import Iterator

from chathakase.core.amounts import counted, span
from chathakase.core.overview import AdminOverview, AdminSession, Overview
from chathakase.core.types import Place
from chathakase.slack.elements import Element, sure
from chathakase.slack.home.home_actions import FIRST, HomeAction, RowKey, SessionChoice, SessionDeed, fitting
from chathakase.slack.home.home_views import channels, divider, header, menu, said, section, select, showing
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.slack_traits import is_user

SESSIONS, PARAGRAPHS, MUTED = 20, 10, 10
"""How much of each there is room for beside a full page of threads."""

STOP_OR_CLEAR = (
    "“Stop” ends the answer that is being written there. “Clear” forgets everything that was said there, including my "
    "answers, for everyone, and can't be undone."
)
MUTING = "I won't answer anybody there until you unmute it."


def admin_part(overview: Overview, links: PlaceLinks) -> Iterator[Element]:
    """The blocks for admins; none for others."""
    if (admin := overview.admin) is None:
        return
    yield divider()
    yield header("For admins")
    yield _pages(admin, overview.state.sessions_after)
    for session in admin.sessions[:SESSIONS]:
        yield _session(session, links, overview.now)
    for paragraph in admin.usage[:PARAGRAPHS]:
        yield from said(paragraph)
    yield _muting(admin)
    yield from _muted(admin, links)


def _pages(admin: AdminOverview, after: str) -> Element:
    pages = {FIRST: "First page"} if after else {}
    if following := fitting(admin.next):
        pages[following] = "Next page"
    told = f"*{counted(admin.total, 'conversation')}* in this workspace"
    shown = showing("sessions", f"{after} {admin.next}")
    return section(shown, told, select(HomeAction.SESSIONS, "More", pages) if pages else None)


def _session(session: AdminSession, links: PlaceLinks, now: int) -> Element:
    told = " · ".join(_about(session, links, now))
    return section(f"session_{session.session}", told, _deeds(session, session.place) if session.place else None)


def _about(session: AdminSession, links: PlaceLinks, now: int) -> Iterator[str]:
    yield links.describe(session.place) if session.place else "in no channel"
    yield f"<@{session.owner}>" if is_user(session.owner) else "somebody unknown"
    yield counted(session.messages, "message")
    yield counted(session.people, "person", "people")
    yield f"<!date^{session.active // 1_000}^{{ago}}|{span((now - session.active) / 1_000)} ago>"
    if session.busy:
        yield "*answering*"


def _deeds(session: AdminSession, place: Place) -> Element:
    row = RowKey(session.session, place.channel, place.thread)
    options = {
        SessionChoice(SessionDeed.STOP, row).value: "Stop the answer",
        SessionChoice(SessionDeed.CLEAR, row).value: "Clear for everyone",
    }
    # Slack asks the same before either of them.
    return menu(HomeAction.SESSION, options) | {"confirm": sure("Go ahead", text=STOP_OR_CLEAR)}


def _muting(admin: AdminOverview) -> Element:
    name = showing("mute", " ".join(place.channel for place in admin.muted))
    chosen = channels(HomeAction.MUTE, "Mute a channel") | {
        "confirm": sure("Mute", title="Mute this channel?", text=MUTING)
    }
    return section(name, "*Muted channels*" if admin.muted else "*Muted channels*: none", chosen)


def _muted(admin: AdminOverview, links: PlaceLinks) -> Iterator[Element]:
    for place in admin.muted[:MUTED]:
        unmute = menu(HomeAction.UNMUTE, {place.channel: "Unmute"})
        yield section(f"muted_{place.channel}", links.describe(place), unmute)
    if more := len(admin.muted[MUTED:]):
        yield section("muted_more", f"… and {more:,} more. Say `unmute channel` there to unmute one.")
