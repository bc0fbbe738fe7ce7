"""What people change is followed, whatever else comes at the same time."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chathakase.core.access_rule import AccessRule
from chathakase.core.errors import StoreError
from chathakase.core.jobs import MAY_NOT, Command
from chathakase.core.memory import Change, ChangeEffect
from chathakase.core.types import Incoming, Session
from chathakase.engine.access.access import Access, AccessRules
from chathakase.engine.access.admission import Admission, LoadLimits
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.access.rights import Rights
from chathakase.engine.intake.deferred import Deferred
from chathakase.engine.intake.edits import Edits
from chathakase.engine.turns.active_turns import ActiveTurns
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.doubles.surface import SurfaceInMemory
from tests.storage.database_stores import PLACE, DatabaseClock, DatabaseStores, change, stores_of

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


async def address(incoming: Incoming) -> Incoming:
    return incoming


@pytest.fixture
def made(stores: DatabaseStores) -> Callable[..., Edits]:
    """Edits in the stores, with whatever is to be otherwise."""

    async def submit(incoming: Incoming) -> bool:
        return bool(await stores.sessions.append(incoming))

    async def enqueue(_: Command) -> None:
        raise NotImplementedError

    def make(*, rules: AccessRules | None = None, **others: Any) -> Edits:
        surface, muted = SurfaceInMemory(), MutedChannels(stores.muting, ())
        rights = Rights(surface, stores.sessions, {})
        access = Access(surface, stores.sessions, rules or {}, rights, muted, lambda: 0.0)
        usual: dict[str, Any] = {
            "store": stores.changes,
            "active_turns": ActiveTurns(),
            "access": access,
            "deferred": Deferred(access),
            "admission": Admission(LoadLimits(), lambda: 0.0),
            "find": lambda _: None,
            "address": address,
            "wake": lambda _: None,
            "submit": submit,
            "enqueue": enqueue,
            "enqueue_anyway": enqueue,
            "changed": lambda _: None,
            "young": 60_000,
            "now": lambda: 3_000,
        }
        return Edits(**usual | others)

    return make


async def test_a_message_that_is_stored_while_its_change_comes_says_what_it_was_changed_to(
    stores: DatabaseStores, made: Callable[..., Edits]
) -> None:
    woken, store = list[Session](), Overtaken(stores)
    changes = made(store=store, wake=woken.append)
    await stores.say("1.000001", "hello")
    await changes.take_in(change(LATE, "after the change"))
    assert [each.text for each in (await stores.remembered()).messages] == ["hello", "after the change"]
    assert (store.asked, woken) == (2, [])


async def test_whoever_could_not_be_told_that_they_may_not_ask_since_the_store_failed_is_told_the_next_time(
    stores: DatabaseStores, made: Callable[..., Edits]
) -> None:
    enqueued, failures = list[Command](), [StoreError("the disk is full")]

    async def enqueue(command: Command) -> None:
        if failures:
            raise failures.pop()
        enqueued.append(command)

    changes = made(rules={PLACE.surface: AccessRule(users=frozenset({"U9"}))}, enqueue_anyway=enqueue)
    await stores.say("1.000001", "hello")
    await stores.say(LATE, "lunch?", asks=False)
    calling = replace(change(LATE, "@ChatHakase lunch?", at=1), calls=True)
    with pytest.raises(StoreError):
        await changes.take_in(calling)
    await changes.take_in(replace(calling, at=2))
    await changes.take_in(replace(calling, at=3))
    assert [each.name for each in enqueued] == [MAY_NOT]
