"""What somebody has chosen to see of all their threads, and what they are told of them."""

import pytest

from chathakase.core.access_rule import AccessRule, Decision
from chathakase.core.listing import PAGE
from chathakase.core.overview import OverviewState, Shown
from chathakase.core.types import Place, Session, SessionId
from chathakase.engine.listings.list_request import ListRequest
from chathakase.engine.overviews.overview_reader import request_of
from tests.doubles.engine_stage import HOME, PLACE, open_stage

pytestmark = pytest.mark.virtual_time

OVERVIEW = Place(*HOME, "", "")


@pytest.mark.parametrize(
    ("state", "request_"),
    [
        (OverviewState(), ListRequest()),
        (OverviewState(Shown.ARCHIVED), ListRequest(archived=True)),
        (OverviewState(Shown.ALL), ListRequest(archived=None)),
        (OverviewState(search=" trip \n to  Kyoto"), ListRequest("trip to Kyoto")),
        (OverviewState(Shown.ALL, "archived fish"), ListRequest("fish", archived=True)),
        (OverviewState(search="1"), ListRequest("1")),
        (OverviewState(search="2"), ListRequest("2")),
        (OverviewState(search="next:2:abc"), ListRequest("next:2:abc")),
        (OverviewState(search="about 2"), ListRequest("2")),
        (OverviewState(after="1.2.s3", page=3), ListRequest(after="1.2.s3", page=3)),
        (OverviewState(page=3), ListRequest()),
    ],
)
def test_what_is_chosen_is_what_is_listed(state: OverviewState, request_: ListRequest) -> None:
    assert request_of(state) == request_


async def test_somebody_is_told_of_their_threads_and_of_themselves() -> None:
    async with open_stage(["The <@U7> temple."]) as stage:
        stage.surface.names["U7"] = "Ann"
        await stage.answered("1", "a trip to Kyoto")
        overview = await stage.engine.overviews.read(OVERVIEW, "U1", OverviewState())
        (thread,) = overview.threads.threads
        assert (thread.session, thread.exchanges, thread.is_last_used) == (stage.session, 1, True)
        assert (overview.person, overview.agent, overview.model, overview.note) == ("U1", "Hakase", "model", "")
        assert overview.names == {"U7": "Ann"}
        assert overview.used == ("- Today: 1 question, 0 tokens",)
        assert overview.admin is None


async def test_a_title_is_told_to_those_who_are_listed_the_thread_and_nobody_else() -> None:
    async with open_stage(["a1"]) as stage:
        await stage.answered("1", "a trip to Kyoto")

        async def title(person: str = "U1", session: str = stage.session, place: Place = PLACE) -> str | None:
            return await stage.engine.overviews.title(OVERVIEW, person, Session(SessionId(session), place))

        assert await title() == "a trip to Kyoto"
        assert await title(session="gone") is None
        assert await title(place=PLACE.beside(PLACE.channel, "9.9")) is None
        assert await title("U2") is None
        stage.surface.channels = frozenset()
        assert await title() is None


async def test_where_a_later_page_has_nothing_left_the_first_one_is_seen() -> None:
    async with open_stage(*[["a"]] * (PAGE + 1)) as stage:
        for number in range(PAGE + 1):
            await stage.answered(f"{number}.5", place=Place(*HOME, "C1", f"{number}.5"))
        state = await stage.engine.overviews.opened(OVERVIEW, "U1")
        first = await stage.engine.overviews.read(OVERVIEW, "U1", state)
        assert len(first.threads.threads) == PAGE
        later = OverviewState(after=first.threads.next, page=2)
        second = await stage.engine.overviews.read(OVERVIEW, "U1", later)
        assert (len(second.threads.threads), second.state) == (1, later)
        stage.stores.records.sessions[0].place = Place(*HOME, "C2", "0.5")
        overview = await stage.engine.overviews.read(OVERVIEW, "U1", later)
        assert (len(overview.threads.threads), overview.state) == (PAGE, OverviewState())


async def test_who_may_not_talk_to_the_bot_is_known() -> None:
    async with open_stage(access={HOME.surface: AccessRule(users=frozenset({"U1"}))}) as stage:
        overviews = stage.engine.overviews
        assert overviews.decision(OVERVIEW, "U1") is Decision.ALLOWED
        assert await overviews.settle(OVERVIEW, "U2") is Decision.REFUSED
