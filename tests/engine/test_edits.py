"""What people change is followed, whatever else comes at the same time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chathakase.core.jobs import Command
from chathakase.core.memory import Change, ChangeEffect
from chathakase.core.types import Incoming, Session
from chathakase.engine.access.access import Access
from chathakase.engine.access.admission import Admission, LoadLimits
from chathakase.engine.intake.deferred import Deferred
from chathakase.engine.intake.edits import Edits
from chathakase.engine.turns.active_turns import ActiveTurns
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.doubles.surface import SurfaceInMemory
from tests.storage.database_stores import DatabaseClock, DatabaseStores, change, stores_of

LATE = "2.000001"


class Overtaken:
    """A store that is asked for a change a moment before what was changed is stored."""

    def __init__(self, stores: DatabaseStores) -> None:
        self._stores = stores
        self.asked = 0

    async def change(
        self, change: Change, *, is_command: bool = False, calls: bool = False, may_ask: bool = True
    ) -> ChangeEffect | None:
        self.asked += 1
        effect = await self._stores.changes.change(change, is_command=is_command, calls=calls, may_ask=may_ask)
        await self._stores.say(LATE, "before the change")
        return effect


@pytest.fixture
async def stores(database: Path) -> AsyncIterator[DatabaseStores]:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await migrate(opened, now=0)
        yield stores_of(opened)


async def test_a_message_that_is_stored_while_its_change_comes_says_what_it_was_changed_to(
    stores: DatabaseStores,
) -> None:
    woken, enqueued = list[Session](), list[Command]()

    async def submit(incoming: Incoming) -> bool:
        return bool(await stores.sessions.append(incoming))

    async def enqueue(command: Command) -> None:
        enqueued.append(command)

    async def address(incoming: Incoming) -> Incoming:
        return incoming

    store, access = Overtaken(stores), Access(SurfaceInMemory(), stores.sessions, {}, lambda: 0.0)
    changes = Edits(
        store=store,
        active_turns=ActiveTurns(),
        access=access,
        deferred=Deferred(access),
        admission=Admission(LoadLimits(), lambda: 0.0),
        find=lambda _: None,
        address=address,
        wake=woken.append,
        submit=submit,
        enqueue=enqueue,
        enqueue_anyway=enqueue,
        young=60_000,
        now=lambda: 3_000,
    )
    await stores.say("1.000001", "hello")
    await changes.take_in(change(LATE, "after the change"))
    assert [each.text for each in (await stores.remembered()).messages] == ["hello", "after the change"]
    assert (store.asked, woken, enqueued) == (2, [], [])
