"""The place decides which surface answers; of one that is not here nothing is known, and nothing is lost there."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.jobs import Command, Job
from chathakase.core.types import Person, Place, Where
from chathakase.engine.router import ABSENT, NOWHERE, Router, SurfaceAdapter
from tests.line import FILE, TRAITS, LineSurface, line_place

HERE, ELSEWHERE = line_place("C1", "1"), Place("pigeons", "hut", "C1", "1")
NEXT_DOOR = Place(HERE.surface, "shed", "C1", "1")
"""In another workspace of the same surface."""
JOB = Job(Command(ELSEWHERE, "1", "anna", "export session"))
SHARED = SharedFile("f1", "a.csv", "text/csv", 0, "line:f1")


@pytest.fixture
def router() -> Router:
    return Router({HERE.workspace_key: LineSurface().adapter})


async def test_what_is_asked_is_answered_by_the_place_s_own_surface(router: Router) -> None:
    assert router.has(HERE)
    assert router.traits(HERE) == TRAITS
    assert router.describe(HERE) == "the line's C1"
    assert router.link(HERE, "2") == "line:C1_1/2"
    assert await router.channels_with(HERE, "anna") == frozenset()
    assert await router.where(HERE) == Where("C1 on the line")
    assert await router.people(HERE, ["anna"]) == {"anna": Person("anna", "anna of the line")}
    assert await router.fetch(HERE, SHARED, most=9) == FILE
    assert await router.earlier(HERE, before=1, limit=1) == await router.channel(HERE, since=1) == []
    assert (await router.thread(HERE)).upto == 0


async def test_each_workspace_has_a_room_of_its_own(router: Router) -> None:
    assert list(router.workspaces) == [HERE.workspace_key]
    assert not router.has(NEXT_DOOR)
    with pytest.raises(DeliveryError, match=ABSENT):
        await router.post_ephemeral(NEXT_DOOR, "anna", "psst")
    next_door = LineSurface()
    both = Router(
        {
            HERE.workspace_key: LineSurface().adapter,
            NEXT_DOOR.workspace_key: SurfaceAdapter(next_door, next_door, next_door),
        }
    )
    assert both.has(HERE)
    assert both.has(NEXT_DOOR)


async def test_of_a_surface_that_is_not_here_nothing_is_known(router: Router) -> None:
    assert not router.has(ELSEWHERE)
    assert router.traits(ELSEWHERE) == NOWHERE
    assert router.describe(ELSEWHERE) == ELSEWHERE.name
    assert router.link(ELSEWHERE, "2") == ""
    assert not router.is_direct(ELSEWHERE)
    assert not await router.is_admin(ELSEWHERE, "anna")
    assert await router.where(ELSEWHERE) == Where("")
    assert await router.people(ELSEWHERE, ["anna"], mentioned=["ben"]) == {
        "anna": Person("anna", "anna"),
        "ben": Person("ben", "ben"),
    }


async def begun(router: Router) -> object:
    return router.reply(ELSEWHERE)


ASKED: dict[str, Callable[[Router], Awaitable[object]]] = {
    "reply": begun,
    "post_ephemeral": lambda router: router.post_ephemeral(ELSEWHERE, "anna", "psst"),
    "tell": lambda router: router.tell(ELSEWHERE, "anna", "psst"),
    "ask": lambda router: router.ask(ELSEWHERE, "anna", "well?", []),
    "share": lambda router: router.share(ELSEWHERE, JOB, "a.md", b"", comment=""),
    "share privately": lambda router: router.share_privately(ELSEWHERE, "anna", JOB, "a.md", b"", comment=""),
    "channels": lambda router: router.channels_with(ELSEWHERE, "anna"),
    "thread": lambda router: router.thread(ELSEWHERE),
    "above": lambda router: router.earlier(ELSEWHERE, before=1, limit=1),
    "channel": lambda router: router.channel(ELSEWHERE, since=1),
    "file": lambda router: router.fetch(ELSEWHERE, SHARED, most=9),
}


@pytest.mark.parametrize("what", ASKED)
async def test_nothing_is_written_or_read_there(what: str, router: Router) -> None:
    with pytest.raises(DeliveryError, match=ABSENT):
        await ASKED[what](router)
