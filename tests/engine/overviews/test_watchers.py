"""Who looks at all of their threads is shown what changes in them: soon, seldom, and at no price while nobody looks."""

import asyncio

import pytest

from chathakase.core.jobs import Command
from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState
from chathakase.core.types import Place
from chathakase.engine.commands import parsing
from chathakase.engine.overviews.watchers import TOGETHER
from tests.doubles.engine_stage import HOME, PLACE, EngineStage, open_stage
from tests.doubles.scripted_model import ScriptedModel

pytestmark = pytest.mark.virtual_time

OVERVIEW = Place(*HOME, "", "")


def seen(stage: EngineStage) -> list[str]:
    """Who was shown their threads anew."""
    return [person for _, (_, person) in stage.surface.refreshed]


async def soon() -> None:
    await asyncio.sleep(TOGETHER + 0.1)


async def test_nobody_is_looked_for_while_nobody_looks() -> None:
    async with open_stage(["a1"]) as stage:
        await stage.answered("1")
        await soon()
        assert stage.stores.trips.times("overviews.concerned") == []
        assert seen(stage) == []


async def test_whoever_looks_sees_that_a_turn_has_ended() -> None:
    async with open_stage(["a1"], ["a2"]) as stage:
        for person in ("U1", "U2"):
            await stage.engine.overviews.opened(OVERVIEW, person)
        await stage.answered("1")
        await soon()
        assert seen(stage) == ["U1"], "it is none of the other's threads"
        await stage.answered("2", author="U2")
        await soon()
        assert sorted(seen(stage)) == ["U1", "U1", "U2"]


async def test_what_changes_within_a_second_is_one_change() -> None:
    async with open_stage(*[["a"]] * 3) as stage:
        await stage.engine.overviews.opened(OVERVIEW, "U1")
        for ref in "123":
            await stage.answered(ref)
        assert seen(stage) == []
        await soon()
        assert seen(stage) == ["U1"]
        assert len(stage.stores.trips.times("overviews.concerned")) == 1


async def test_a_title_is_seen() -> None:
    async with open_stage(["a1"], background=ScriptedModel(["A trip"])) as stage:
        await stage.engine.overviews.opened(OVERVIEW, "U1")
        await stage.answered("1", "to Kyoto please")
        await asyncio.sleep(60)
        assert stage.stores.records.sessions[0].title == "A trip"
        title_seen = stage.surface.refreshed[-1][0]
        assert title_seen >= stage.stores.trips.times("titles.set_title")[-1]


async def test_what_is_done_by_a_command_or_changed_is_seen_also_by_whoever_did_it() -> None:
    async with open_stage(["a1"]) as stage:
        await stage.answered("1")
        await stage.engine.overviews.opened(OVERVIEW, "U1")
        renaming = Command(
            PLACE, "5.1", "UADMIN", parsing.RENAME, f"{stage.session} Kyoto", told_in=OVERVIEW, said=5_000_000
        )
        await stage.engine.requests.enqueue(renaming)
        await stage.quiet()
        await soon()
        assert stage.stores.records.sessions[0].title == "Kyoto"
        assert seen(stage) == ["U1"]
        await stage.edit("1", "something else")
        await soon()
        assert seen(stage) == ["U1", "U1"]
        await stage.engine.overviews.keep(OVERVIEW, "UADMIN", OverviewState(page=2))
        await stage.engine.requests.enqueue(Command(PLACE, "6.1", "UADMIN", parsing.SESSION_INFO))
        await stage.quiet()
        await soon()
        assert sorted(seen(stage)[2:]) == ["U1", "UADMIN"]


async def test_who_looks_in_another_process_is_found_in_time() -> None:
    async with open_stage(["a1"], ["a2"], ["a3"]) as stage:
        await stage.stores.overviews.opened(PLACE.user_key("U1"))
        await stage.answered("1")
        await soon()
        assert seen(stage) == []
        await stage.engine.watchers.look()
        await stage.answered("2")
        await soon()
        assert seen(stage) == ["U1"]
        await asyncio.sleep(DAY / 1000)
        await stage.engine.watchers.look()
        await stage.answered("3")
        await soon()
        assert seen(stage) == ["U1"], "they have not looked for a day"


async def test_who_looks_just_as_it_is_looked_who_does_is_known() -> None:
    async with open_stage(["a1"]) as stage:
        stage.stores.trips.last("overviews.watching", 1.0)
        looking = asyncio.create_task(stage.engine.watchers.look())
        await asyncio.sleep(0.5)
        stage.engine.watchers.opened(PLACE.user_key("U1"))
        await looking
        await stage.stores.overviews.opened(PLACE.user_key("U1"))
        await stage.answered("1")
        await soon()
        assert seen(stage) == ["U1"]


async def test_when_the_store_refuses_the_next_change_is_seen() -> None:
    async with open_stage(["a1"], ["a2"]) as stage:
        await stage.engine.overviews.opened(OVERVIEW, "U1")
        stage.stores.trips.refuse("overviews.concerned")
        await stage.answered("1")
        await soon()
        assert seen(stage) == []
        await stage.answered("2")
        await soon()
        assert seen(stage) == ["U1"]
