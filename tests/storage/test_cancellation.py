"""Badly timed cancels: a transaction happens as a whole or not at all, and the next one finds the database free."""

import asyncio
import random
import re
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.errors import StoreError
from chathakase.core.files import Reading
from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.memory import Scope, TitleBy
from chathakase.core.types import ExpiryMode, Lease, Place, Role, Saved, TurnAction, Usage
from chathakase.storage.sqlite.connection import LOCKED
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.merging import INDEXES
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.stores.job_store import KEPT_MS, SqlJobStore
from chathakase.storage.stores.listening_store import SqlListeningStore
from tests.places import slack_place
from tests.storage.cuts import Manner, cut
from tests.storage.database_faults import failing, held_by_another_process
from tests.storage.database_stores import (
    FAILED,
    FILE,
    HERE,
    ID,
    LATER,
    PLACE,
    TIMEOUT,
    DatabaseClock,
    DatabaseStores,
    answer,
    change,
    counting_ids,
    said,
    stores_of,
)
from tests.storage.first_version import first_version
from tests.storage.test_migrations import everything

pytestmark = pytest.mark.long

Work = Callable[[], Coroutine[Any, Any, Any]]
Prepare = Callable[[DatabaseStores], Awaitable[Work]]
NAME = re.compile(r"[0-9a-f]{32}")


def report(counts: str) -> None:
    print(counts)  # noqa: T201 - shown with -s


async def append(stores: DatabaseStores) -> Work:
    return lambda: stores.say("2", "the question")


async def append_and_claim(stores: DatabaseStores) -> Work:
    return lambda: stores.sessions.append(said("2", "the question"), claim=True)


async def append_to_a_session(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.say("2", "the question", opens=False)


async def append_a_twin(stores: DatabaseStores) -> Work:
    await stores.say("2", "the question")
    return lambda: stores.say("2", "the question")


async def append_with_a_file(stores: DatabaseStores) -> Work:
    return lambda: stores.say("2", "the question", files=(FILE,))


async def append_a_twin_with_a_file(stores: DatabaseStores) -> Work:
    await stores.say("2", "the question")
    return lambda: stores.say("2", "the question", files=(FILE,))


async def append_late(stores: DatabaseStores) -> Work:
    await stores.answered("3", "q3", "a3")
    await stores.sum_up(keep=0)
    return lambda: stores.say("2", "the question")


async def add_earlier(stores: DatabaseStores) -> Work:
    await stores.say("5", "the question")
    above = [said("2", "above", files=(FILE,)), said("3", "above, too", ours=True)]
    return lambda: stores.memory.add_earlier(ID, above)


async def edit(stores: DatabaseStores) -> Work:
    await stores.say("2", "the question", files=(FILE,))
    await stores.claimed()
    return lambda: stores.changes.change(change("2", "the true question"))


async def delete(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "the question", files=(FILE,))
    await stores.claimed()
    return lambda: stores.changes.change(change("2"))


async def forget(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.sum_up(keep=0)
    await stores.say("2", "the question", files=(FILE,))
    await stores.say("3", "forget", command=True)
    return lambda: stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="3")


async def sum_up(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.sum_up(keep=0)
    await stores.answered("2", "q2", "a2")
    return lambda: stores.sum_up(keep=0)


async def set_title(stores: DatabaseStores) -> Work:
    await stores.say("1")
    return lambda: stores.titles.set_title(ID, "A model's", by=TitleBy.MODEL, usage=Usage(3, 4), model="m-2")


async def note_reading(stores: DatabaseStores) -> Work:
    await stores.say("1", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    return lambda: stores.files.note_reading(unread.id, Reading("what it says"))


async def claim(stores: DatabaseStores) -> Work:
    await stores.say("1")
    return lambda: stores.turns.claim(ID)


async def claim_what_was_left(stores: DatabaseStores) -> Work:
    await stores.say("1")
    await stores.turns.note_reply(await stores.claimed(), ["1.5"])
    stores.clock.now += LEASE_MS + 1
    return lambda: stores.turns.claim(ID)


async def claim_nothing(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.turns.claim(ID)


async def renew(stores: DatabaseStores) -> Work:
    await stores.say("1")
    lease = await stores.claimed()
    stores.clock.now += 5
    return lambda: stores.turns.renew([lease])


async def note_reply(stores: DatabaseStores) -> Work:
    await stores.say("1")
    lease = await stores.claimed()
    return lambda: stores.turns.note_reply(lease, ["1.5"])


async def finish(stores: DatabaseStores) -> Work:
    await stores.say("1")
    lease = await stores.claimed()
    return lambda: stores.turns.finish(lease, answer("the answer"))


async def finish_without_words(stores: DatabaseStores) -> Work:
    turn = await stores.answered("1", "q1", "a1")
    await stores.interaction(turn)
    lease = await stores.claimed()
    return lambda: stores.turns.finish(lease, FAILED)


async def finish_too_late(stores: DatabaseStores) -> Work:
    await stores.say("1")
    lease = await stores.claimed()
    return lambda: stores.turns.finish(replace(lease, owner="somebody else"), answer("late"))


async def release(stores: DatabaseStores) -> Work:
    await stores.say("1")
    lease = await stores.claimed()
    return lambda: stores.turns.release(lease)


async def reopen(stores: DatabaseStores) -> Work:
    turn = await stores.answered("1", "q1")
    return lambda: stores.interaction(turn)


async def clear(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.claimed()
    await stores.say("3", "clear session", command=True)
    return lambda: stores.forgetting.clear(ID, before="3")


async def expire(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    stores.clock.now += TIMEOUT + 1
    return stores.forgetting.expire


async def remember(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.remembered(lease=LATER)


async def active(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.sessions.active(PLACE, limit=9)


async def append_a_command(stores: DatabaseStores) -> Work:
    return lambda: command(stores, PLACE, "2")


async def command(stores: DatabaseStores, place: Place, ref: str) -> object:
    job = Job(Command(place, ref, "U1", "help"))
    return await stores.sessions.append(said(ref, place=place), role=Role.COMMAND, job=job)


def an_interaction(place: Place, ref: str) -> Job:
    return Job(Interaction(place, ref, "U1", TurnAction.STOP))


async def enqueue_a_job(stores: DatabaseStores) -> Work:
    return lambda: jobs(stores).enqueue(an_interaction(PLACE, "2"))


async def claim_jobs(stores: DatabaseStores) -> Work:
    await jobs(stores).enqueue(an_interaction(PLACE, "2"))
    stores.clock.now += LEASE_MS + 1
    return lambda: jobs(stores).claim([PLACE.workspace_key])


async def hold_a_job(stores: DatabaseStores) -> Work:
    await jobs(stores).enqueue(an_interaction(PLACE, "2"))
    stores.clock.now += 5
    return lambda: jobs(stores).hold([an_interaction(PLACE, "2")])


async def release_a_job(stores: DatabaseStores) -> Work:
    await jobs(stores).enqueue(an_interaction(PLACE, "2"))
    return lambda: jobs(stores).release(an_interaction(PLACE, "2"))


async def end_a_job(stores: DatabaseStores) -> Work:
    for ref in ("1", "2"):
        await jobs(stores).enqueue(an_interaction(PLACE, ref))
    await jobs(stores).done(an_interaction(PLACE, "1"))
    stores.clock.now += KEPT_MS + 1
    return lambda: jobs(stores).done(an_interaction(PLACE, "2"))


async def end_a_job_that_is_audited(stores: DatabaseStores) -> Work:
    await jobs(stores).enqueue(an_interaction(PLACE, "1"))
    return lambda: jobs(stores).done(an_interaction(PLACE, "1"), AuditEvent(Deed.EXPORT, amount=2))


async def release_a_job_that_is_audited(stores: DatabaseStores) -> Work:
    await jobs(stores).enqueue(an_interaction(PLACE, "1"))
    return lambda: jobs(stores).release(an_interaction(PLACE, "1"), AuditEvent(Deed.EXPORT, amount=2))


def jobs(stores: DatabaseStores) -> SqlJobStore:
    return SqlJobStore(stores.database)


async def listen(stores: DatabaseStores) -> Work:
    return lambda: SqlListeningStore(stores.database).note([PLACE.workspace_key])


async def move(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    return lambda: stores.sessions.move(ID, slack_place("C2", "1.000001"))


EVERY_OPERATION: tuple[Prepare, ...] = (
    append,
    append_and_claim,
    append_to_a_session,
    append_a_twin,
    append_with_a_file,
    append_a_twin_with_a_file,
    append_late,
    claim,
    claim_what_was_left,
    claim_nothing,
    renew,
    note_reply,
    finish,
    finish_without_words,
    finish_too_late,
    release,
    reopen,
    move,
    clear,
    expire,
    remember,
    active,
    add_earlier,
    edit,
    delete,
    forget,
    sum_up,
    set_title,
    note_reading,
    append_a_command,
    enqueue_a_job,
    claim_jobs,
    hold_a_job,
    release_a_job,
    end_a_job,
    end_a_job_that_is_audited,
    release_a_job_that_is_audited,
    listen,
)


CLAIMS: tuple[Prepare, ...] = (claim, claim_what_was_left, claim_jobs, append_and_claim)


async def release_claimed(stores: DatabaseStores, claimed: Any) -> None:
    """Release what a claim returned."""
    match claimed:
        case Lease():
            await stores.turns.release(claimed)
        case Saved(lease=Lease() as lease):
            await stores.turns.release(lease)
        case [*taken]:
            for job in taken:
                await jobs(stores).release(job)


async def tables(stores: DatabaseStores) -> list[str]:
    """All but the ledger and the tables in which an index of words is kept."""
    rows = await stores.database.fetch(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migrations' "
        "AND name NOT LIKE '%words%' ORDER BY name"
    )
    return [str(name) for (name,) in rows]


async def rows(stores: DatabaseStores) -> str:
    """Everything that is stored, with random names replaced by their order."""
    fetch = stores.database.fetch
    order = {"usage": "model", "exclusions": "author", "participants": "author", "hints": "person, hint"}
    order |= {"daily_usage": "day, person, model", "daily_totals": "day, whose, id", "limit_notices": "person, which"}
    order |= {"listed": "person, active_at", "overviews": "person", "muted_channels": "channel"}
    stored = {
        table: await fetch(f"SELECT * FROM {table} ORDER BY {order.get(table, 'rowid')}")
        for table in await tables(stores)
    }
    known: dict[str, str] = {}
    return NAME.sub(lambda name: known.setdefault(name[0], f"name {len(known)}"), str(stored))


async def wipe(stores: DatabaseStores) -> None:
    async with stores.database.transaction() as transaction:
        for table in await tables(stores):
            await transaction.execute(f"DELETE FROM {table}")
        await transaction.execute("DELETE FROM unmerged")
        for index in INDEXES:
            await transaction.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")
    stores.sessions._new_id = counting_ids()


async def agree(stores: DatabaseStores) -> None:
    """Raise StoreError when an index of words does not hold what the texts do."""
    async with stores.database.transaction() as transaction:
        for index in INDEXES:
            await transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


async def is_free(stores: DatabaseStores) -> None:
    """The next one can write at once, here and elsewhere."""
    assert not stores.database._writing.locked()
    with closing(sqlite3.connect(stores.database._path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    async with asyncio.timeout(2):
        assert await stores.say("9", "next", place=slack_place("C2", uuid4().hex))


async def once(
    stores: DatabaseStores, prepare: Prepare, step: int, manner: Manner, *, queued: bool
) -> tuple[str, str, int]:
    """Cut one operation short; returns what was stored before and after it, and how often it waited."""
    await wipe(stores)
    work = await prepare(stores)
    before = await rows(stores)
    others = [asyncio.create_task(hold(stores)), asyncio.create_task(hold(stores))] if queued else []
    if others:
        await asyncio.sleep(0)
    task, waits = await cut(work(), step, manner)
    await asyncio.gather(*others)
    if not task.cancelled():
        task.result()
    after = await rows(stores)
    await is_free(stores)
    return before, after, waits


async def hold(stores: DatabaseStores) -> None:
    """A transaction that changes nothing, before and behind which others queue."""
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET seq = seq WHERE id = 'nobody'")


async def released(stores: DatabaseStores, prepare: Prepare) -> str:
    """What is stored once something was claimed and released again."""
    await wipe(stores)
    work = await prepare(stores)
    await release_claimed(stores, await work())
    return await rows(stores)


@pytest.mark.parametrize("queued", [False, True], ids=["alone", "in a queue"])
@pytest.mark.parametrize("prepare", CLAIMS)
async def test_a_claim_that_is_cut_short_is_released_or_never_was(
    prepare: Prepare, queued: bool, stores: DatabaseStores
) -> None:
    clock = stores.clock.now
    released_again = await released(stores, prepare)
    stores.clock.now = clock
    _, whole, most = await once(stores, prepare, -1, Manner.WAITING, queued=queued)
    for step in range(most + 1):
        for manner in Manner:
            stores.clock.now = clock
            before, after, _ = await once(stores, prepare, step, manner, queued=queued)
            assert after in (before, released_again), f"cut at wait {step} of {most}, {manner}"
            assert after != whole
            await agree(stores)


@pytest.mark.parametrize("queued", [False, True], ids=["alone", "in a queue"])
@pytest.mark.parametrize("prepare", [each for each in EVERY_OPERATION if each not in CLAIMS])
async def test_whatever_is_cut_short_happens_as_a_whole_or_not_at_all(
    prepare: Prepare, queued: bool, stores: DatabaseStores
) -> None:
    clock = stores.clock.now
    _, whole, most = await once(stores, prepare, -1, Manner.WAITING, queued=queued)
    seen: Counter[str] = Counter()
    for step in range(most + 1):
        for manner in Manner:
            stores.clock.now = clock
            before, after, _ = await once(stores, prepare, step, manner, queued=queued)
            assert after in (before, whole), f"cut at wait {step} of {most}, {manner}"
            await agree(stores)
            seen["whole" if after == whole else "not at all"] += 1
    assert await stores.database.fetch("PRAGMA integrity_check") == [("ok",)]
    report(f"{prepare.__name__}: {seen.total()} cancels, {dict(seen)}")


async def test_whoever_comes_after_expiry_finds_nothing_of_what_was(
    stores_with: Callable[[ExpiryMode], DatabaseStores],
) -> None:
    """What is old goes bit by bit, and whoever is cut short meanwhile comes again."""
    stores = stores_with(ExpiryMode.DELETE)
    clock, most = stores.clock.now, 1
    for manner in Manner:
        step = 0
        while step <= most:
            await wipe(stores)
            stores.clock.now = clock
            await stores.answered("1", "q1", "a1")
            stores.clock.now += TIMEOUT + 1
            task, waits = await cut(stores.say("2", "the question"), step, manner)
            most = max(most, waits)
            assert task.cancelled() or task.result()
            await stores.say("2", "the question")
            assert await stores.texts() == ["the question"]
            await agree(stores)
            step += 1


async def test_being_cancelled_counts_for_more_than_a_commit_that_fails(stores: DatabaseStores) -> None:
    """Who goes on after an error, as the heartbeat of a lease does, would otherwise go on for ever."""
    await stores.say("1")
    for manner in Manner:
        async with failing(stores.database):
            task, waits = await cut(stores.say("2", "x" * 99_999), -1)
            assert isinstance(task.exception(), StoreError)
            commits = [await cut(stores.say("2", "x" * 99_999), step, manner) for step in range(1, waits + 1)]
        assert all(cut_short.cancelled() for cut_short, _ in commits)
    await is_free(stores)


@dataclass
class Storm:
    """Several people and turns at once, each of whose deeds may be cancelled at any moment."""

    stores: DatabaseStores
    rng: random.Random
    saved: set[tuple[str, str]] = field(default_factory=set)
    leases: list[Lease] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    finished: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    number: int = 0

    async def blow(self, *, deeds: int, at_once: int) -> None:
        async def person() -> None:
            for _ in range(deeds // at_once):
                await self._deed()

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(person())

    async def _deed(self) -> None:
        kind = self.rng.choices((self._say, self._turn, self._upkeep, self._look), (4, 5, 1, 2))[0]
        work = kind()
        if self.rng.random() < 0.4:
            task, _ = await cut(work, self.rng.randrange(12), self.rng.choice(list(Manner)))
        else:
            task = asyncio.create_task(work)
            await self._interrupt(task)
        with suppress(asyncio.CancelledError):
            await asyncio.wait((task,))
        self.ended["cancelled" if task.cancelled() else "refused" if task.exception() else "done"] += 1
        if not task.cancelled() and not isinstance(task.exception(), StoreError | None):
            task.result()

    async def _interrupt(self, task: asyncio.Task[Any]) -> None:
        """Cancel after some microseconds, perhaps twice, perhaps not at all."""
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            await asyncio.sleep(self.rng.random() * 0.004)
            task.cancel()

    def _place(self) -> Place:
        return slack_place("C1", f"{self.rng.randrange(4)}.000001")

    async def _say(self) -> None:
        place = self._place()
        # Now and then somebody says again what was said before.
        self.number += self.rng.random() < 0.9
        ref = f"{self.number}.000002"
        if self.rng.random() < 0.1:
            await self._command(place, ref)
            return
        text, opens, asks = "x" * self.rng.choice((1, 9_000)), self.rng.random() < 0.7, self.rng.random() < 0.7
        if await self.stores.say(ref, text, place=place, opens=opens, asks=asks):
            self.saved.add((place.name, ref))

    async def _command(self, place: Place, ref: str) -> None:
        if await command(self.stores, place, ref):
            self.saved.add((place.name, ref))
        if self.rng.random() < 0.5:
            await self.stores.forgetting.clear(await self.stores.id_at(place), before=ref)
        for job in await jobs(self.stores).claim([PLACE.workspace_key]):
            await jobs(self.stores).done(job)

    async def _turn(self) -> None:
        turns = self.stores.turns
        if not self.leases or self.rng.random() < 0.4:
            lease = await turns.claim(await self.stores.id_at(self._place()))
            if lease is not None:
                self.leases.append(lease)
            return
        lease = self.rng.choice(self.leases[-5:])
        match self.rng.randrange(5):
            case 0:
                await turns.renew([lease])
            case 1:
                await turns.note_reply(lease, [f"{self.number}.5"])
            case 2:
                await turns.release(lease)
            case _:
                if await turns.finish(lease, self.rng.choice((answer("y" * 5_000), FAILED))):
                    self.turns.append(lease.turn)

    async def _upkeep(self) -> None:
        self.stores.clock.now += self.rng.choice((1, 1, LEASE_MS + 1))
        if self.rng.random() < 0.3:
            await self.stores.forgetting.expire()
        if self.turns:
            await self.stores.interaction(
                self.rng.choice(self.turns), run=self.rng.randrange(1, 3), place=self._place()
            )

    async def _look(self) -> None:
        await self.stores.remembered(lease=LATER)
        await self.stores.turns.waiting([PLACE.workspace_key])
        await self.stores.sessions.active(PLACE, limit=3)


TORN = {
    "what was said and how often a turn ended make the sequence": """
        SELECT id FROM sessions WHERE seq <>
            (SELECT count(*) FROM messages m WHERE m.session = sessions.id AND m.reply_to IS NULL)
            + (SELECT coalesce(sum(run), 0) FROM turns t WHERE t.session = sessions.id)""",
    "what is waited for is the newest question that is not forgotten": """
        SELECT id FROM sessions WHERE max(asked, answered) <> max(answered, coalesce((SELECT max(m.seq) FROM messages m
            WHERE m.session = sessions.id AND m.role = 'user' AND m.asks = 1), 0))""",
    "nothing is beyond the sequence": "SELECT id FROM sessions WHERE asked > seq OR answered > seq",
    "an answer has its turn and its cursor": """
        SELECT m.session, m.seq FROM messages m JOIN sessions s ON s.id = m.session
        WHERE m.reply_to IS NOT NULL AND m.role = 'assistant' AND (s.answered < m.reply_to OR NOT EXISTS
            (SELECT 1 FROM turns t WHERE t.id = m.ref AND t.upto = m.reply_to))""",
    "a command has its job": """
        SELECT session, seq FROM messages m WHERE role = 'command' AND NOT EXISTS
            (SELECT 1 FROM jobs e WHERE e.session = m.session AND e.ref = m.ref)""",
    "who has no lease holds nothing": "SELECT id FROM sessions WHERE lease_owner IS NULL AND lease_until <> 0",
    "nothing is left without its session": "PRAGMA foreign_key_check",
    "the file is whole": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
}


def torn(path: Path) -> list[str]:
    """What is half done in a file, as another program sees it."""
    with closing(sqlite3.connect(path)) as other:
        return [enqueue for enqueue, broken in TORN.items() if other.execute(broken).fetchall()]


NAMED = """
SELECT s.channel || '_' || s.thread, m.ref FROM messages m JOIN sessions s ON s.id = m.session WHERE m.reply_to IS NULL
"""


def stored(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as other:
        return set(other.execute(NAMED))


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_of_cancels_tears_nothing(seed: int, stores: DatabaseStores, database: Path) -> None:
    storm = Storm(stores, random.Random(seed))
    for _ in range(5):
        await storm.blow(deeds=400, at_once=8)
        assert torn(database) == []
        assert storm.saved <= stored(database)
        await is_free(stores)
    assert storm.ended["refused"] == 0
    assert storm.turns
    report(f"a storm of {storm.ended.total()} deeds: {dict(storm.ended)}, {len(storm.turns)} turns")


async def no_threads() -> None:
    """Wait until no connection has its thread any more; it ends a moment after its connection is closed."""
    async with asyncio.timeout(5):
        while any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
            await asyncio.sleep(0.001)


async def stores_on(opened: SqliteDatabase) -> DatabaseStores:
    await migrate(opened, now=0)
    return stores_of(opened)


async def test_a_database_may_be_closed_at_any_moment(database: Path) -> None:
    ended: Counter[str] = Counter()
    kept: set[tuple[str, str]] = set()
    for seed in range(60):
        rng = random.Random(seed)
        async with open_sqlite(database, clock=DatabaseClock()) as opened:
            storm = Storm(await stores_on(opened), rng, number=seed * 1_000)
            blowing = asyncio.create_task(storm.blow(deeds=40, at_once=8))
            await asyncio.sleep(rng.random() * 0.02)
        await asyncio.wait_for(blowing, 5)
        ended += storm.ended
        kept |= storm.saved
        assert torn(database) == []
        assert kept <= stored(database)
    await no_threads()
    assert ended["refused"] > 0
    report(f"60 databases closed meanwhile: {dict(ended)}")


@pytest.mark.usefixtures("outside")
async def test_who_waits_for_another_program_waits_no_longer_than_wanted(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        stores = await stores_on(opened)
        async with held_by_another_process(database):
            cancelled, refused = (asyncio.create_task(stores.say(str(number))) for number in range(2))
            await asyncio.sleep(0.05)
            cancelled.cancel()
            async with asyncio.timeout(LOCKED.within / 2):
                await asyncio.wait((cancelled,))
            await asyncio.sleep(0.05)
            async with asyncio.timeout(LOCKED.within / 2):
                await opened.close()
                with pytest.raises(StoreError, match="closed"):
                    await refused
        assert cancelled.cancelled()


async def open_and_migrate(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
        await opened.fetch("SELECT 1")


@pytest.mark.parametrize("old", [False, True], ids=["a new file", "a file of the first version"])
async def test_opening_and_migrating_may_be_cut_short(old: bool, tmp_path: Path) -> None:
    template = tmp_path / "template.db"
    if old:
        async with open_sqlite(template) as opened:
            await first_version(opened)
    cancels, stride = 0, 12 if old else 24
    for number, manner in enumerate(Manner):
        for step in count(1 + number * stride // len(Manner), stride):
            database = tmp_path / f"{manner}-{step}.db"
            if old:
                database.write_bytes(template.read_bytes())
            task, waits = await cut(open_and_migrate(database), step, manner)
            await no_threads()
            assert task.cancelled() == (waits >= step)
            assert list(tmp_path.glob("*.part")) == []
            await open_and_migrate(database)
            assert everything(database)[-1] == "ok"
            if waits < step:
                break
            cancels += 1
    await no_threads()
    report(f"{cancels} openings cut short")


CUT_AND_END = """
import asyncio, random, sys
from pathlib import Path
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from tests.storage.database_stores import DatabaseClock
from tests.storage.test_cancellation import Storm, open_and_migrate, stores_on

async def main(path):
    opening = asyncio.create_task(open_and_migrate(path))
    await asyncio.sleep(0.001)
    opening.cancel()
    await asyncio.wait((opening,))
    async with open_sqlite(path, clock=DatabaseClock()) as opened:
        storm = Storm(await stores_on(opened), random.Random(1))
        blowing = asyncio.create_task(storm.blow(deeds=400, at_once=8))
        await asyncio.sleep(0.1)
    await blowing
    print("ended")

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.usefixtures("outside")
def test_a_process_ends_whatever_was_cut_short(database: Path) -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", CUT_AND_END, database], cwd=root, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "ended\n", "")
