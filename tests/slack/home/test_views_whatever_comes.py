"""Whatever somebody's threads are called and whatever is said in them, Slack takes the views, and nobody is pinged."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chathakase.core.listing import ListedThread, ThreadsPage
from chathakase.core.overview import AdminOverview, AdminSession, Overview, OverviewState, Shown
from chathakase.core.types import LastMessage, Place, SessionId
from chathakase.slack.home.home_actions import Renaming, RowKey, read_renaming, read_state
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.list_modal import list_modal
from chathakase.slack.home.list_part import is_empty
from chathakase.slack.home.rename_modal import rename_modal
from tests.examples import examples
from tests.places import slack_place
from tests.slack.home.drawn_overviews import ALICE, BOB, LINKS, NOW, full_page, overview
from tests.slack.home.view_judge import buttons, judge

ODD = [
    "<!channel>",
    "<!here|x>",
    "&lt;!everyone&gt;",
    f"<@{BOB}>",
    "<!subteam^S1>",
    "*_`~",
    "\ud83d",
    "\u202e",
    "🎉",
    "א",
]
TEXTS = st.lists(st.sampled_from(ODD) | st.text(st.characters(), max_size=30), max_size=6).map(" ".join)
LONG_TEXTS = TEXTS | TEXTS.map(lambda text: (text or "x") * 100)
IDS = st.text("0123456789abcdef", min_size=32, max_size=32).map(SessionId)
USERS = st.sampled_from([ALICE, BOB, "U0NOBODY01", "", "<!here>", "no id"])
PLACES = st.builds(slack_place, st.from_regex(r"[CDG][A-Z0-9]{8,10}", fullmatch=True), st.just("1800000000.000001"))
TIMES = st.integers(0, 2 * NOW)
COUNTS = st.integers(0, 10**9)
CURSORS = st.from_regex(r"|[0-9]{13}:[0-9]{13}:[0-9a-f]{32}", fullmatch=True)
MARKDOWN = LONG_TEXTS | st.sampled_from(
    ["**a** [b](https://c.d) <#C1> `e`", "- a\n- \n\n```\nx\n```\nb", "```\n\n```", "**"]
)

THREADS = st.builds(
    ListedThread,
    session=IDS,
    place=st.none() | PLACES,
    title=LONG_TEXTS,
    agent=st.just("default"),
    owner=USERS,
    messages=COUNTS,
    exchanges=COUNTS,
    last=st.none() | st.builds(LastMessage, text=LONG_TEXTS, author=USERS, at=TIMES),
    active=TIMES,
    archived=st.booleans(),
    is_last_used=st.booleans(),
)
SESSIONS = st.builds(
    AdminSession,
    session=IDS,
    place=st.none() | PLACES,
    owner=USERS,
    messages=COUNTS,
    people=COUNTS,
    active=TIMES,
    busy=st.booleans(),
)
MUTED = st.lists(PLACES, max_size=3, unique_by=lambda place: place.channel)


ADMINS = st.builds(
    AdminOverview,
    sessions=st.lists(SESSIONS, max_size=3, unique_by=lambda each: each.session).map(tuple),
    total=COUNTS,
    next=CURSORS,
    usage=st.lists(MARKDOWN, max_size=3).map(tuple),
    muted=MUTED.map(tuple),
)
STATES = st.builds(
    OverviewState,
    shown=st.sampled_from(Shown),
    search=LONG_TEXTS,
    after=CURSORS,
    page=st.integers(1, 10_000),
    last_lines=st.booleans(),
    sessions_after=CURSORS,
)
OVERVIEWS = st.builds(
    Overview,
    person=st.just(ALICE),
    state=STATES,
    threads=st.builds(
        ThreadsPage,
        threads=st.lists(THREADS, max_size=4, unique_by=lambda each: each.session).map(tuple),
        total=COUNTS,
        next=CURSORS,
    ),
    names=st.dictionaries(USERS, TEXTS, max_size=3),
    now=TIMES,
    agent=TEXTS,
    model=TEXTS,
    used=st.lists(MARKDOWN, max_size=4).map(tuple),
    note=MARKDOWN,
    admin=st.none() | ADMINS,
)
BRIM = overview(
    full_page(),
    OverviewState(Shown.ALL, "🎉" * 10_000, "1:2:3", page=9),
    total=500,
    more="1:2:3",
    note="n" * 10_000,
    used=("u" * 10_000,),
    agent="a" * 10_000,
    model="m" * 10_000,
    admin=AdminOverview(
        tuple(
            AdminSession(SessionId(f"{n:032x}"), slack_place(f"C{n}", "1.1"), BOB, n, n, NOW, busy=True)
            for n in range(20)
        ),
        10**9,
        "1:2:3",
        tuple("p" * 10_000 for _ in range(30)),
        tuple(Place("slack", "T1", f"C{n}", "") for n in range(300)),
    ),
)


@settings(max_examples=examples(30))
@given(OVERVIEWS, MARKDOWN)
@example(BRIM, "n" * 10_000)
def test_views_are_such_as_slack_takes(shown: Overview, notice: str) -> None:
    for view in (home_tab(shown, LINKS, notice), list_modal(shown, LINKS, notice)):
        judge(view)
        read_state(view["private_metadata"])
        assert not is_empty(shown) or buttons(view) == ["Start new chat"]


@given(LONG_TEXTS)
def test_a_title_of_any_kind_can_be_changed(title: str) -> None:
    row = RowKey("a1", "C0GENERAL1", "1.000001")
    view = judge(rename_modal(row, title))
    assert read_renaming(view["private_metadata"]) == Renaming(row)
