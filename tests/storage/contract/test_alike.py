"""Whatever is done in whatever order, stores in memory tell the same as those of a database."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from chathakase.core.types import Lease, Outcome, Result, SaidTo, StoredMessage, TurnAction
from chathakase.storage.sqlite.driver import SqliteDatabase
from tests.doubles.turn_store_double import MOST_ATTEMPTS
from tests.places import HOME
from tests.storage.contract.conftest import in_memory
from tests.storage.database_stores import PLACE, DatabaseClock, Talk, change, said, stores_of

STEPS = 40
Told = tuple[object, ...]


@dataclass
class TrackedStores:
    """Stores, and what is known of the turns that were run in them."""

    stores: Talk
    turns: dict[str, int] = field(default_factory=dict)
    """Their numbers, by which two houses can speak of them."""
    runs: dict[int, int] = field(default_factory=dict)
    lease: Lease | None = None

    def number(self, turn: str) -> int:
        return self.turns.setdefault(turn, len(self.turns))

    def turn(self, number: int) -> str:
        return next((turn for turn, known in self.turns.items() if known == number), "unknown")

    async def say(self, ref: str, author: str, asks: bool, said_to: SaidTo) -> Told:
        opens = said_to is SaidTo.BOT
        saved = await self.stores.sessions.append(
            said(ref, f"text of {ref}", author=author, asks=asks, said_to=said_to, opens=opens)
        )
        return (saved,)

    async def claim(self) -> Told:
        lease = await self.stores.turns.claim(await self.stores.id_at())
        self.lease = lease or self.lease
        if lease is None:
            return (None,)
        about = (lease.since, lease.upto, lease.attempt, lease.refs, lease.action, lease.run, lease.by)
        return (self.number(lease.turn), *about)

    async def renew(self) -> Told:
        return (self.lease and await self.stores.turns.renew([self.lease]),)

    async def finish(self, text: str) -> Told:
        if self.lease is None:
            return ()
        await self.stores.turns.note_reply(self.lease, [f"r{self.number(self.lease.turn)}"])
        outcome = Outcome.ANSWERED if text else Outcome.FAILED
        finished = await self.stores.turns.finish(self.lease, Result(outcome, text))
        if finished:
            self.runs[self.number(self.lease.turn)] = self.lease.run
        return finished, await self.stores.turns.was_cleared(self.lease)

    async def release(self) -> Told:
        if self.lease is not None and self.lease.attempt < MOST_ATTEMPTS:
            await self.stores.turns.release(self.lease)
        return ()

    async def interaction(self, number: int, action: TurnAction) -> Told:
        return (await self.stores.interaction(self.turn(number), action, run=self.runs.get(number, 1)),)

    async def edit(self, ref: str, text: str | None, at: int) -> Told:
        return (await self.stores.changes.change(change(ref, text, at=at)),)

    async def clear(self, ref: str) -> Told:
        return await self.stores.say(ref, "clear session", command=True), await self.stores.clear(ref)

    async def read_above(self, ref: str, asks: bool, ours: bool) -> Told:
        above = said(ref, f"above {ref}", asks=asks, ours=ours, opens=asks)
        return (await self.stores.memory.add_earlier(await self.stores.id_at(), [above]),)

    async def told(self, limit: int, tokens: int) -> Told:
        """All that they tell now."""
        session, turns = await self.stores.id_at(), self.stores.turns
        newest = await turns.newest(session)
        seen = [await self.stores.remembered(limit=limit, tokens=tokens, lease=lease) for lease in (None, self.lease)]
        return (
            [(self._messages(each.messages), each.opening and each.opening.text, each.asked) for each in seen],
            [(each.total, each.title, each.title_by, each.backfilled, {*each.people}) for each in seen],
            await turns.waiting([HOME]),
            await turns.next_asker(session),
            await turns.is_busy(session),
            await turns.askers(session, ""),
            newest and (self.number(newest.turn), newest.run, newest.ref, newest.is_last),
            await self.stores.sessions.people(PLACE),
            await self.stores.sessions.roster(session),
            [await self.stores.sessions.is_behind_somebody(said(str(ref))) for ref in (20, 41)],
            self._messages((await self.stores.summaries.to_summarise(session, keep=1, limit=limit)).messages),
        )

    def _messages(self, messages: Sequence[StoredMessage]) -> list[Told]:
        return [(each.role, each.text, each.author, each.seq, each.said, each.tokens) for each in messages]


Step = Callable[[TrackedStores], Awaitable[Told]]


def steps(seed: int) -> list[tuple[str, Step]]:
    """What is done, drawn by lot."""
    lot, drawn = random.Random(seed), list[tuple[str, Step]]()

    def pass_by(seconds: int) -> Step:
        async def wait(house: TrackedStores) -> Told:
            house.stores.clock.now += seconds * 1000
            return ()

        return wait

    for number in range(STEPS):
        new, old = f"{lot.randint(2, 40)}", f"{lot.randint(2, 40)}"
        author, asks, text = lot.choice(["U1", "U2"]), lot.random() < 0.8, lot.choice(["an answer", "an answer", ""])
        said_to = lot.choice([SaidTo.BOT, SaidTo.BOT, SaidTo.ANYBODY, SaidTo.OTHERS])
        turn, action, ours = lot.randint(0, 5), lot.choice([TurnAction.RETRY, TurnAction.CONTINUE]), lot.random() < 0.4
        seconds = lot.choice([1, 1, 7])
        drawn.append(
            lot.choice(
                [
                    *[("say", _bound(TrackedStores.say, new, author, asks, said_to))] * 6,
                    *[("claim", TrackedStores.claim)] * 5,
                    *[("finish", _bound(TrackedStores.finish, text))] * 4,
                    ("renew", TrackedStores.renew),
                    ("release", TrackedStores.release),
                    *[("press", _bound(TrackedStores.interaction, turn, action))] * 2,
                    ("edit", _bound(TrackedStores.edit, old, f"{old}, changed {number}", number)),
                    ("delete", _bound(TrackedStores.edit, old, None, number)),
                    ("clear", _bound(TrackedStores.clear, f"{41 + number}")),
                    ("above", _bound(TrackedStores.read_above, f"1.{number:06}", asks, ours)),
                    ("wait", pass_by(seconds)),
                ]
            )
        )
    return drawn


def _bound(method: Callable[..., Awaitable[Told]], *values: object) -> Step:
    return lambda house: method(house, *values)


@pytest.mark.parametrize("seed", range(12))
async def test_stores_in_memory_tell_the_same(seed: int, open_database: SqliteDatabase) -> None:
    real, double = TrackedStores(stores_of(open_database)), TrackedStores(in_memory(DatabaseClock()))
    lot = random.Random(seed)
    for number, (name, step) in enumerate(steps(seed)):
        try:
            expected_double = await step(double)
        except NotImplementedError:
            continue
        where = f"step {number}, {name}"
        assert await step(real) == expected_double, where
        limit, tokens = lot.choice([1, 3, 99]), lot.choice([0, 20, 9_999])
        assert await real.told(limit, tokens) == await double.told(limit, tokens), where
