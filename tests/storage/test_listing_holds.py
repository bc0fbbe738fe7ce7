"""Whatever happens to threads while somebody reads a list of them page by page: each comes once, where it stood."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chathakase.core.listing import ThreadFilter, ThreadsPage
from chathakase.core.memory import TitleBy
from chathakase.core.types import SessionId
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.examples import examples
from tests.places import HOME, slack_place
from tests.storage.database_stores import TIMEOUT, DatabaseClock, DatabaseStores, answer, said, stores_of
from tests.storage.truth import assert_listed

THREADS = 9
LIMIT = 2
ARCHIVE = "UPDATE sessions SET archived_at = $2, archived_by = 'U1' WHERE id = $1 AND archived_by = ''"

threads = st.integers(0, THREADS + 3)


class ListingHolds(RuleBasedStateMachine):
    """One person in some threads, who reads a list of them, and of those that are not archived, and begins it anew."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.lists = [ReadList(None), ReadList(False)]
        self.deleted: set[SessionId] = set()
        self.stores: DatabaseStores

    @initialize(moments=st.lists(st.integers(0, 2), min_size=THREADS, max_size=THREADS))
    def open(self, moments: list[int]) -> None:
        self.stores = self.runner.run(self._open())
        for thread, moment in enumerate(moments):
            self.stores.clock.now += moment
            self.say(thread, 0)
        self.begin()

    async def _open(self) -> DatabaseStores:
        database = await self.stack.enter_async_context(open_sqlite(self.folder / "x.db", clock=DatabaseClock()))
        await migrate(database, now=0)
        await database.outside("PRAGMA synchronous = OFF")
        return stores_of(database)

    @rule(thread=threads, moment=st.integers(0, 2))
    def say(self, thread: int, moment: int) -> None:
        """In a thread that there is, or in a new one; maybe in the same moment as something else."""
        self.stores.clock.now += moment
        self.runner.run(self._say(thread))

    async def _say(self, thread: int) -> None:
        place = slack_place("C1", f"{thread}.000001")
        ref = f"{len(await self.stores.database.fetch('SELECT 1 FROM messages')) + 100}.{thread:06}"
        await self.stores.sessions.append(said(ref, "hello", place=place))

    @rule(thread=threads, text=st.sampled_from(["", "an answer"]))
    def answer(self, thread: int, text: str) -> None:
        """Also without a word, which is activity all the same."""
        self.runner.run(self._answer(thread, text))

    async def _answer(self, thread: int, text: str) -> None:
        session = await self.stores.id_at(slack_place("C1", f"{thread}.000001"))
        if lease := await self.stores.turns.claim(session):
            await self.stores.turns.finish(lease, answer(text))

    @rule(thread=threads, title=st.sampled_from(["one", "another"]))
    def rename(self, thread: int, title: str) -> None:
        self.runner.run(self._rename(thread, title))

    async def _rename(self, thread: int, title: str) -> None:
        session = await self.stores.id_at(slack_place("C1", f"{thread}.000001"))
        if session:
            await self.stores.titles.set_title(session, title, by=TitleBy.PERSON)

    @rule(thread=threads)
    def archive(self, thread: int) -> None:
        self.runner.run(self._archive(thread))

    async def _archive(self, thread: int) -> None:
        session = await self.stores.id_at(slack_place("C1", f"{thread}.000001"))
        async with self.stores.database.transaction() as transaction:
            await transaction.execute(ARCHIVE, session, self.stores.clock.now)

    @rule(thread=threads)
    def delete(self, thread: int) -> None:
        self.runner.run(self._delete(thread))

    async def _delete(self, thread: int) -> None:
        if session := await self.stores.id_at(slack_place("C1", f"{thread}.000001")):
            async with self.stores.database.transaction() as transaction:
                await transaction.execute("UPDATE sessions SET deleting = 1 WHERE id = $1", session)
            await self.stores.forgetting._expiring.purge(session)
            self.deleted.add(session)

    @rule()
    def expire(self) -> None:
        self.stores.clock.now += TIMEOUT // 3
        self.runner.run(self.stores.forgetting.expire())

    @rule()
    def begin(self) -> None:
        for each in self.lists:
            self.runner.run(each.begin(self.stores))

    @rule(which=st.integers(0, 1))
    def read_on(self, which: int) -> None:
        self.runner.run(self.lists[which].read_on(self.stores))

    @invariant()
    def each_thread_stands_where_it_belongs(self) -> None:
        self.runner.run(assert_listed(self.stores.database))

    @invariant()
    def each_thread_comes_once(self) -> None:
        for each in self.lists:
            self.runner.run(each.check(self.stores, self.deleted))

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()


class ReadList:
    """What somebody has read of a list, and what it was when they began."""

    def __init__(self, archived: bool | None) -> None:
        self.which = ThreadFilter(archived=archived)
        self.was: list[SessionId] = []
        self.read: list[SessionId] = []
        self.next = ""
        self.began = 0

    async def begin(self, stores: DatabaseStores) -> None:
        self.was, self.began = _ids(await self._page(stores, limit=99)), stores.clock.now
        first = await self._page(stores)
        self.read, self.next = _ids(first), first.next

    async def read_on(self, stores: DatabaseStores) -> None:
        if self.next:
            more = await self._page(stores, after=self.next)
            self.read, self.next = self.read + _ids(more), more.next

    async def check(self, stores: DatabaseStores, deleted: set[SessionId]) -> None:
        """What was read, with all that is left to be read, is what there was; what is deleted may be missing."""
        if stores.clock.now - self.began >= TIMEOUT:
            return
        read, after, total = list(self.read), self.next, None
        while after:
            more = await self._page(stores, after=after)
            read, after, total = read + _ids(more), more.next, more.total
        assert [each for each in read if each not in deleted] == [each for each in self.was if each not in deleted]
        assert len(read) == len(set(read))
        assert total in (None, len([each for each in self.was if each not in deleted]))

    async def _page(self, stores: DatabaseStores, *, limit: int = LIMIT, after: str = "") -> ThreadsPage:
        return await stores.listing.page("U1", HOME, channels=None, which=self.which, limit=limit, after=after)


def _ids(page: ThreadsPage) -> list[SessionId]:
    return [each.session for each in page.threads]


class ListingHoldsBriefly(ListingHolds):
    """The same, a few times."""


TestListingHolds = pytest.mark.long(ListingHolds.TestCase)
TestListingHoldsBriefly = pytest.mark.slow(ListingHoldsBriefly.TestCase)
TestListingHolds.settings = settings(
    max_examples=examples(40),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestListingHoldsBriefly.settings = settings(TestListingHolds.settings, max_examples=examples(4), stateful_step_count=25)
