"""All sessions of a workspace, page by page, for admins alone."""

import pytest

from chathakase.core.listing import PAGE
from tests.doubles.engine_stage import HOME, PLACE, EngineStage, open_stage

pytestmark = pytest.mark.virtual_time

OVERVIEW = PLACE.beside("")


async def open_threads(stage: EngineStage, count: int) -> None:
    for number in range(1, count + 1):
        await stage.answered(str(number), place=PLACE.beside("C1", str(number)))


async def test_there_are_twenty_on_a_page_and_the_log_tells_of_it_by_ids(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(admins={HOME.surface: ("U9",)}) as stage:
        await open_threads(stage, PAGE + 1)
        admin = stage.engine.overviews.admin
        caplog.set_level("INFO")
        first = await admin(OVERVIEW, "U9", "")
        assert first is not None
        assert (len(first.sessions), first.total) == (PAGE, PAGE + 1)
        second = await admin(OVERVIEW, "U9", first.next)
        assert second is not None
        assert (len(second.sessions), second.next) == (1, "")
        assert not {*first.sessions} & {*second.sessions}
        assert "sessions listed: workspace=town/T1 by=U9 sessions=20 total=21" in caplog.messages


async def test_nobody_else_sees_any_of_it() -> None:
    async with open_stage(admins={HOME.surface: ("U9",)}) as stage:
        await open_threads(stage, 1)
        trips = len(stage.stores.trips.made)
        assert await stage.engine.overviews.admin(OVERVIEW, "U1", "") is None
        assert len(stage.stores.trips.made) == trips, "nothing is even read"
