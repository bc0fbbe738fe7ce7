"""A turn during which processes died runs alone before it is blamed for that, and nobody waits for it for long."""

from dataclasses import dataclass, field

import pytest

from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Lease, Place
from chathakase.storage.stores.suspects import BLAMED_AFTER, CALM_MS, SUSPECTED_AFTER, WAIT_MS
from tests.places import HOME, slack_place
from tests.storage.database_stores import DatabaseStores, answer, said

SECOND = 1_000


def place(name: str) -> Place:
    return slack_place("C1", f"{ord(name)}.000001")


@dataclass
class DyingProcesses:
    """Sessions by a letter each, and processes that die."""

    stores: DatabaseStores
    leases: dict[str, Lease] = field(default_factory=dict)

    async def ask(self, *names: str) -> None:
        for name in names:
            ref = f"{self.stores.clock.now // 1000}.{ord(name):06}"
            await self.stores.sessions.append(said(ref, place=place(name)))

    async def claim(self, name: str) -> Lease | None:
        lease = await self.stores.turns.claim(await self.stores.id_at(place(name)))
        if lease is not None:
            self.leases[name] = lease
        return lease

    async def takes(self, name: str) -> Lease:
        lease = await self.claim(name)
        assert lease is not None
        return lease

    async def finish(self, name: str) -> None:
        assert await self.stores.turns.finish(self.leases.pop(name), answer("done"))

    async def renew(self) -> None:
        await self.stores.turns.renew([*self.leases.values()])

    async def waiting(self) -> list[str]:
        """Who is worth a claim."""
        return [chr(int(float(each.place.thread))) for each in await self.stores.turns.waiting([HOME])]

    async def calms_down(self, name: str) -> None:
        """It is noticed that a process died while a turn ran alone, and time goes by."""
        assert await self.claim(name) is None
        await self.pass_by(CALM_MS)

    def die(self) -> None:
        """The process dies, and what it held is free after a while."""
        self.leases.clear()
        self.stores.clock.now += LEASE_MS + 1

    async def pass_by(self, milliseconds: int) -> None:
        """Time goes by, in which whoever holds something renews it."""
        for _ in range(milliseconds // (2 * SECOND)):
            self.stores.clock.now += 2 * SECOND
            await self.renew()

    async def die_during(self, *names: str, times: int = SUSPECTED_AFTER) -> None:
        for _ in range(times):
            for name in names:
                await self.takes(name)
            self.die()


@pytest.fixture
def house(stores: DatabaseStores) -> DyingProcesses:
    return DyingProcesses(stores)


async def test_a_turn_is_blamed_only_after_processes_died_while_it_ran_alone(house: DyingProcesses) -> None:
    await house.ask("a")
    for _ in range(SUSPECTED_AFTER):
        lease = await house.takes("a")
        assert (lease.alone, lease.blamed) == (False, False)
        house.die()
    assert (await house.takes("a")).alone
    house.die()
    await house.calms_down("a")
    lease = await house.takes("a")
    assert (lease.alone, lease.blamed) == (True, False)
    house.die()
    lease = await house.takes("a")
    assert (lease.alone, lease.blamed) == (False, True)
    await house.finish("a")
    await house.ask("a")
    lease = await house.takes("a")
    assert (lease.alone, lease.blamed, lease.attempt) == (False, False, 1)


async def test_it_waits_until_nothing_runs_and_others_wait_for_it(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a")
    await house.takes("b")
    assert await house.waiting() == ["a"]
    assert await house.claim("a") is None
    await house.ask("c")
    # It is of no use to try, until what runs has ended.
    assert await house.waiting() == []
    assert await house.claim("c") is None
    await house.finish("b")
    assert await house.waiting() == ["a"]
    assert (await house.takes("a")).alone
    assert await house.claim("c") is None
    assert await house.waiting() == []
    await house.finish("a")
    assert await house.waiting() == ["c"]
    assert not (await house.takes("c")).alone


async def test_nobody_waits_for_longer_than_a_minute(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a")
    await house.takes("b")
    assert await house.claim("a") is None
    await house.ask("c")
    await house.pass_by(WAIT_MS)
    assert await house.claim("c") is not None
    house.stores.clock.now += 1
    lease = await house.takes("a")
    assert (lease.alone, lease.blamed) == (False, False)
    # What dies in company is not blamed, however often.
    await house.ask("d")
    for _ in range(BLAMED_AFTER + 1):
        house.die()
        await house.takes("d")
        assert await house.claim("a") is None
        await house.pass_by(WAIT_MS + 2 * SECOND)
        lease = await house.takes("a")
        assert (lease.alone, lease.blamed) == (False, False)


async def test_whoever_comes_after_a_minute_takes_the_blame_off_it(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a")
    assert (await house.takes("a")).alone
    await house.pass_by(WAIT_MS)
    assert not (await house.takes("b")).alone
    house.die()
    # It was not alone any more, so it may be so again; and twice.
    assert not (await house.takes("b")).alone
    await house.finish("b")
    assert (await house.takes("a")).alone
    house.die()
    await house.calms_down("a")
    assert not (await house.takes("a")).blamed


async def test_after_it_died_alone_others_go_on_for_a_while(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a")
    await house.takes("a")
    house.die()
    assert await house.claim("a") is None
    await house.takes("b")
    await house.finish("b")
    assert await house.waiting() == []
    assert await house.claim("a") is None
    await house.pass_by(CALM_MS)
    assert await house.waiting() == ["a"]
    await house.ask("b")
    assert await house.claim("b") is None
    assert (await house.takes("a")).alone


async def test_suspects_run_one_after_another_the_least_suspicious_first(house: DyingProcesses) -> None:
    await house.ask("a", "b", "c")
    await house.die_during("a", "b", "c")
    assert (await house.takes("a")).alone
    assert await house.claim("b") is None
    assert await house.claim("c") is None
    house.die()
    # One of them died alone: it is the last to be tried again.
    assert await house.claim("a") is None
    assert (await house.takes("b")).alone
    await house.finish("b")
    assert await house.claim("a") is None
    assert (await house.takes("c")).alone
    await house.finish("c")
    assert await house.claim("a") is None
    await house.pass_by(CALM_MS)
    assert (await house.takes("a")).alone
    house.die()
    assert (await house.takes("a")).blamed


async def test_it_matters_not_who_is_seen_first(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a", "b")
    await house.takes("a")
    house.die()
    await house.calms_down("a")
    # The other one has waited for nothing yet.
    assert await house.claim("a") is None
    assert (await house.takes("b")).alone


async def test_a_command_that_is_open_is_company(house: DyingProcesses) -> None:
    await house.ask("a")
    await house.die_during("a")
    await house.stores.say("9.000001", "help", command=True)
    assert await house.claim("a") is None
    house.die()
    (job,) = await house.stores.jobs.claim([HOME])
    await house.stores.jobs.done(job)
    assert (await house.takes("a")).alone


async def test_what_is_released_is_no_death(house: DyingProcesses) -> None:
    await house.ask("a")
    await house.die_during("a")
    for _ in range(2 * BLAMED_AFTER):
        lease = await house.takes("a")
        assert (lease.alone, lease.blamed, lease.attempt) == (True, False, SUSPECTED_AFTER + 1)
        await house.stores.turns.release(lease)


async def test_a_process_that_only_stood_still_takes_back_that_it_died(house: DyingProcesses) -> None:
    await house.ask("a")
    stalled = await house.takes("a")
    for _ in range(SUSPECTED_AFTER + BLAMED_AFTER):
        house.die()
        lease = await house.takes("a")
        assert (lease.attempt, lease.alone, lease.blamed) == (2, False, False)
        await house.stores.turns.survived(stalled)
        stalled = lease


async def test_so_does_one_that_stood_still_alone(house: DyingProcesses) -> None:
    await house.ask("a")
    await house.die_during("a")
    for _ in range(2 * BLAMED_AFTER):
        stalled = await house.takes("a")
        assert (stalled.alone, stalled.blamed) == (True, False)
        house.die()
        assert await house.claim("a") is None
        await house.stores.turns.survived(stalled)


async def test_what_is_to_be_ended_waits_for_nobody(house: DyingProcesses) -> None:
    await house.ask("a", "b", "c")
    await house.die_during("a")
    await house.takes("b")
    assert await house.claim("a") is None
    assert await house.claim("c") is None
    for name in "ac":
        lease = await house.stores.turns.claim(await house.stores.id_at(place(name)), to_end=True)
        assert lease is not None
        assert not lease.alone


async def test_a_jump_of_the_clock_keeps_nobody_waiting(house: DyingProcesses) -> None:
    await house.ask("a", "b")
    await house.die_during("a")
    await house.takes("b")
    assert await house.claim("a") is None
    house.stores.clock.now -= 2 * 3_600_000
    # What is held until so far ahead is held by nobody.
    assert (await house.takes("a")).alone
    await house.finish("a")
    await house.takes("b")
