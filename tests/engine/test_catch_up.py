"""What is read again to find what was missed: each thread once, however much was said in it."""

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.memory import Change
from chathakase.core.types import Heard, Incoming, Place, ThreadSnapshot, WorkspaceKey
from chathakase.engine.intake.catch_up import AGAIN, LATE, CatchUp
from tests.places import HOME, slack_place

NOW = 1_700_000_000_000
KNOWN, NEW = slack_place("C1", "1699999000.0"), slack_place("C1", "1699999950.0")


def mention(place: Place, age: int) -> Incoming:
    """A question that was asked so many seconds ago."""
    at = NOW // 1000 - age
    return Incoming(place, f"{at}.0", "U1", "hello?", said=at * 1_000_000, opens=True, asks=True)


class MissedWorld:
    """Slack and the database: what stands in threads, and what is known of it."""

    def __init__(self) -> None:
        self.threads: dict[Place, list[Incoming]] = {KNOWN: [], NEW: []}
        self.roots: list[Incoming] = []
        self.read: list[Place] = []
        self.stored: list[Incoming] = []
        self.noted = asyncio.Event()
        self.pausing = asyncio.Event()
        self.pausing.set()
        self.error: DeliveryError | None = None
        self.times = 0
        """How often the error comes."""

    def fail(self) -> None:
        self.times -= 1
        if self.error is not None and self.times >= 0:
            raise self.error

    async def thread(self, place: Place) -> ThreadSnapshot:
        self.read.append(place)
        self.fail()
        seen = tuple(self.threads[place])
        await self.pausing.wait()
        return ThreadSnapshot(seen, {}, frozenset(each.ref for each in seen), upto=0)

    async def earlier(self, *asked: object, **more: object) -> list[Incoming]:
        raise AssertionError(asked, more)

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:  # noqa: ARG002
        return self.roots

    async def until(self, workspaces: Collection[WorkspaceKey]) -> int | None:
        assert list(workspaces) == [HOME]
        return NOW - 600_000

    async def note(self, workspaces: Collection[WorkspaceKey]) -> None:
        assert list(workspaces) == [HOME]
        self.noted.set()

    async def active(self, workspaces: Collection[WorkspaceKey], *, since: int, limit: int) -> list[Heard]:  # noqa: ARG002
        assert list(workspaces) == [HOME]
        opened = int(float(KNOWN.thread)) * 1_000_000
        return [Heard(KNOWN, opened, opened)]

    async def known(self, place: Place) -> dict[str, int]:  # noqa: ARG002
        return {}

    async def submit(self, incoming: Incoming) -> bool:
        new = all(incoming.ref != each.ref for each in self.stored)
        self.stored += [incoming] if new else []
        return new

    async def change(self, change: Change) -> None:
        raise AssertionError(change)


def opened(world: MissedWorld) -> CatchUp:
    return CatchUp(
        listening=world,
        workspaces=[HOME],
        history=world,
        submit=world.submit,
        change=world.change,
        young=3_600_000,
        now=lambda: NOW,
    )


async def heard(catch_up: CatchUp, world: MissedWorld, incoming: Incoming) -> None:
    """Something comes now, which was said a while ago."""
    assert catch_up.is_late(incoming)
    if await world.submit(incoming):
        catch_up.look_below(incoming)


async def settled(catch_up: CatchUp, world: MissedWorld) -> None:
    """Wait until nothing is to be looked for any more."""
    world.noted.clear()
    while not world.noted.is_set():
        await asyncio.sleep(0)
        await catch_up.note()


async def test_a_thread_is_read_once_however_often_we_were_called_in_it() -> None:
    world = MissedWorld()
    world.threads[KNOWN] = [mention(KNOWN, age) for age in range(540, 140, -10)]
    async with opened(world) as catch_up:
        await settled(catch_up, world)
    assert world.stored == world.threads[KNOWN]
    assert world.read == [KNOWN]


async def test_a_thread_that_is_found_in_its_channel_is_read_once() -> None:
    world = MissedWorld()
    world.roots = [mention(NEW, 50)]
    world.threads[NEW] = [*world.roots, *(mention(NEW, age) for age in range(40, 0, -10))]
    async with opened(world) as catch_up:
        await settled(catch_up, world)
    assert world.stored == world.threads[NEW]
    assert world.read == [KNOWN, NEW]


async def test_mentions_that_come_late_together_have_their_thread_read_once() -> None:
    world = MissedWorld()
    async with opened(world) as catch_up:
        await settled(catch_up, world)
        world.threads[NEW] = [mention(NEW, age) for age in range(50, 0, -10)]
        for late in world.threads[NEW][1:-1]:
            assert NOW - late.said // 1000 > LATE
            await heard(catch_up, world, late)
        await settled(catch_up, world)
    assert world.stored == world.threads[NEW][1:]
    assert world.read == [KNOWN, NEW]


async def test_what_comes_late_while_its_thread_is_read_has_it_read_from_there() -> None:
    world = MissedWorld()
    async with opened(world) as catch_up:
        await settled(catch_up, world)
        world.threads[NEW] = [mention(NEW, age) for age in range(50, 0, -10)]
        world.pausing.clear()
        await heard(catch_up, world, world.threads[NEW][3])
        while world.read != [KNOWN, NEW]:
            await asyncio.sleep(0)
        await heard(catch_up, world, world.threads[NEW][0])
        world.pausing.set()
        await settled(catch_up, world)
    assert sorted(each.said for each in world.stored) == [each.said for each in world.threads[NEW]]
    assert world.read == [KNOWN, NEW, NEW]


@pytest.mark.parametrize(
    ("passes", "times", "reads"),
    [(True, 1, 2), (True, 3, 4), (True, 100, 1 + int(AGAIN.retries)), (False, 1, 1)],
)
async def test_what_cannot_be_read_just_then_is_read_later(
    passes: bool, times: int, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chathakase.engine.intake.catch_up.AGAIN", replace(AGAIN, first_wait=0))
    world = MissedWorld()
    world.error, world.times = DeliveryError("http_503", passes=passes), times
    world.threads[KNOWN] = [mention(KNOWN, 50)]
    async with opened(world) as catch_up:
        await settled(catch_up, world)
    assert len(world.read) == reads
    assert bool(world.stored) == (passes and times < 100)


async def test_a_thread_that_was_opened_late_is_read_again_where_it_could_not_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chathakase.engine.intake.catch_up.AGAIN", replace(AGAIN, first_wait=0))
    world = MissedWorld()
    async with opened(world) as catch_up:
        await settled(catch_up, world)
        world.error, world.times = DeliveryError("http_503", passes=True), 2
        world.threads[NEW] = [mention(NEW, 50), mention(NEW, 40)]
        await heard(catch_up, world, world.threads[NEW][0])
        await settled(catch_up, world)
    assert world.stored == world.threads[NEW]
    assert world.read == [KNOWN, NEW, NEW, NEW]
