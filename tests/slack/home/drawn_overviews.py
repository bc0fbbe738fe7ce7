"""Overviews of made-up people, to be drawn."""

from collections.abc import Sequence
from dataclasses import replace

from chathakase.core.listing import ListedThread, ThreadsPage
from chathakase.core.overview import AdminOverview, AdminSession, Overview, OverviewState
from chathakase.core.types import LastMessage, Place, SessionId
from chathakase.slack.direct import is_direct
from chathakase.slack.home.place_links import PlaceLinks
from tests.places import slack_place

NOW = 1_800_000_000_000
MINUTE = 60_000
ALICE, BOB, CAROL = "U0ALICE001", "U0BOB00001", "U0CAROL001"
CHANNEL, OTHER_CHANNEL, DIRECT = "C0GENERAL1", "C0RANDOM01", "D0ALICE001"
LONG = "How the very long name of a thread reads that was given by a person with much to say"
JAPANESE = "京都旅行の計画を立てて、雨の日にも楽しめる場所を探す"

LINKS = PlaceLinks(
    lambda place, ref: f"https://example.slack.com/archives/{place.channel}/p{ref.replace('.', '')}",
    lambda place: "a direct message" if is_direct(place.channel) else f"<#{place.channel}>",
)


def session_id(number: int) -> SessionId:
    return SessionId(f"{number:032x}")


def place_of(number: int, channel: str = CHANNEL) -> Place:
    return slack_place(channel, f"1800000000.{number:06d}")


def thread(
    number: int,
    title: str = "",
    *,
    said: str = "See you there",
    author: str = "",
    owner: str = ALICE,
    channel: str = CHANNEL,
    exchanges: int = 1,
    archived: bool = False,
    is_last_used: bool = False,
) -> ListedThread:
    """A thread that was active so many minutes ago."""
    active = NOW - number * MINUTE
    return ListedThread(
        session=session_id(number),
        place=place_of(number, channel),
        title=title or f"Thread {number}",
        agent="default",
        owner=owner,
        messages=2 * exchanges,
        exchanges=exchanges,
        last=LastMessage(said, author, active) if said else None,
        active=active,
        archived=archived,
        is_last_used=is_last_used,
    )


def overview(
    threads: Sequence[ListedThread] = (),
    state: OverviewState | None = None,
    *,
    total: int | None = None,
    more: str = "",
    admin: AdminOverview | None = None,
    **others: object,
) -> Overview:
    """What Alice sees."""
    made = Overview(
        person=ALICE,
        state=state or OverviewState(),
        threads=ThreadsPage(tuple(threads), len(threads) if total is None else total, more),
        names={BOB: "Bob"},
        now=NOW,
        agent="ChatHakase",
        model="gpt-5-mini",
        used=("- Today: 3 questions, 4,210 tokens", "- Left for you today: 17 of 20 questions"),
        admin=admin,
    )
    return replace(made, **others)  # type: ignore[arg-type]


def admin_session(number: int, *, owner: str = BOB, channel: str = CHANNEL, busy: bool = False) -> AdminSession:
    place, active = place_of(number, channel), NOW - number * MINUTE
    return AdminSession(session_id(1_000 + number), place, owner, 2 * number, 2, active, busy)


def admin_overview(*sessions: AdminSession, muted: Sequence[str] = (), more: str = "") -> AdminOverview:
    """What admins see, with as much in it as ``sessions`` and ``muted`` say."""
    usage = (
        "**What everybody used**\n- Today: 3 questions, 4,210 tokens\n- In the last 14 days: 5 questions, 9,000 tokens",
        "```\n   day     questions  tokens\n30 Nov  █          3   4,210\n```",
        "**People**\n- Alice: 3 questions, 4,210 tokens\n- Bob \\*the builder\\*: 2 questions, 4,790 tokens",
        "**Channels**\n- <#C0GENERAL1>: 3 questions, 4,210 tokens\n- a direct message: 2 questions, 4,790 tokens",
        "**Models**\n- gpt-5-mini: 5 questions, 9,000 tokens",
        "Days are in UTC. Tokens include the titles and summaries that I write.",
    )
    places = tuple(slack_place(channel, "") for channel in muted)
    return AdminOverview(sessions, max(len(sessions), 1_234), more, usage, places)


def full_page() -> list[ListedThread]:
    """As many threads as a page has, each of another kind."""
    kinds = [
        thread(1, "Trip to Kyoto", said="Pack an umbrella", exchanges=3, is_last_used=True),
        thread(2, JAPANESE * 3, said="雨の日は美術館がおすすめです。" * 200, author=BOB),
        thread(3, LONG * 3, said="word " * 600, author=ALICE, owner=BOB),
        thread(4, "🎉🎉🎉", said="👍", channel=DIRECT, owner=BOB),
        thread(5, "*bold* _italic_ [a](https://example.com) `code`", said="> quoted **text**"),
        thread(6, f"<@{BOB}> and <!channel> & <@U0UNKNOWN1>", said=f"<!here> <@{CAROL}>", author=CAROL),
        thread(7, "שלום עולם", said="مرحبا", author=ALICE),
        thread(8, "half \ud83d a character", said="\udc00"),
        thread(9, "two\nlines\x00and \u202ereversed", said="  several\n\nlines\tof it "),
        thread(10, " ", said="", owner=""),
        thread(11, "Archived long ago", archived=True, exchanges=1_234),
    ]
    return [*kinds, *(thread(number) for number in range(len(kinds) + 1, 21))]
