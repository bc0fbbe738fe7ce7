"""Whatever is said, changed, deleted and forgotten in whatever order: what is forgotten is nowhere any more.

Each text is a secret of its own, of characters that occur nowhere else. After each deed every table is looked through;
at the end, when the index has been swept, its own tables are as well, and every byte of the database's files. What is
kept of each session besides its messages is right all the while.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chathakase.core.files import Reading
from chathakase.core.jobs import Command, Job
from chathakase.core.memory import Change, Memory, Scope, Summary, TitleBy
from chathakase.core.types import Outcome, Place, Result, Role, Session, SessionId, Usage
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.merging import INDEXES
from chathakase.storage.sqlite.migrate import migrate
from tests.examples import examples
from tests.places import slack_place
from tests.storage.database_stores import FILE, PLACE, DatabaseClock, DatabaseStores, said, stores_of
from tests.storage.truth import assert_true

PLACES = (PLACE, slack_place("C2", "1.000001"))
AUTHORS = ("U1", "U2")
FIRST_SECRET = 0x4E00

places, authors = st.sampled_from(PLACES), st.sampled_from(AUTHORS)
moments = st.integers(1, 40)


@dataclass
class KnownMessage:
    """What the model of this test knows of one message."""

    place: Place
    ref: str
    role: Role
    author: str
    at: int
    secrets: list[str]


class NothingIsLeft(RuleBasedStateMachine):
    """Two people in two threads, a model that answers, sums up and gives titles, and much that is forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.live: list[KnownMessage] = []
        self.commands: list[KnownMessage] = []
        self.undone: list[Job] = []
        self.had: set[tuple[Place, str]] = set()
        self.forgotten: set[str] = set()
        self.made: list[tuple[Place, Memory, Summary | None, str]] = []
        self.number = 0
        self.stores: DatabaseStores = self.runner.run(self._open())

    async def _open(self) -> DatabaseStores:
        database = await self.stack.enter_async_context(open_sqlite(self.folder / "x.db", clock=DatabaseClock()))
        await migrate(database, now=0)
        await database.outside("PRAGMA synchronous = OFF")
        stores = stores_of(database)
        # So that more than one index of words is needed.
        await stores.go_on_at((1 << 16) - 3)
        return stores

    def _id_at(self, place: Place) -> SessionId:
        return self.runner.run(self.stores.id_at(place))

    def secret(self) -> str:
        """Three characters that occur nowhere else, so that they are one part of a word in the index."""
        self.number += 1
        return chr(FIRST_SECRET + self.number) * 3

    def forget(self, gone: list[KnownMessage]) -> None:
        self.live = [each for each in self.live if each not in gone]
        self.commands = [each for each in self.commands if each not in gone]
        self.forgotten |= {secret for each in gone for secret in each.secrets}

    @rule(place=places, author=authors, at=moments, asks=st.booleans(), has_file=st.booleans())
    def say(self, place: Place, author: str, at: int, asks: bool, has_file: bool) -> None:
        ref, text = f"{at}.000000", self.secret()
        files = (FILE,) if has_file else ()
        incoming = said(ref, text, place=place, author=author, asks=asks, files=files)
        saved = self.runner.run(self.stores.sessions.append(incoming))
        assert bool(saved) == ((place, ref) not in self.had)
        if saved:
            self.had.add((place, ref))
            self.live.append(KnownMessage(place, ref, Role.USER, author, incoming.said, [text]))

    @rule(place=places, author=authors, at=moments)
    def command(self, place: Place, author: str, at: int) -> None:
        ref, text = f"{at}.700000", self.secret()
        if (place, ref) in self.had:
            return
        incoming = said(ref, f"rename session {text}", place=place, author=author)
        job = Job(Command(place, ref, author, "rename session", text))
        assert self.runner.run(self.stores.sessions.append(incoming, role=Role.COMMAND, job=job))
        self.had.add((place, ref))
        self.commands.append(KnownMessage(place, ref, Role.COMMAND, author, incoming.said, [text]))
        self.undone.append(job)

    @precondition(lambda self: self.undone)
    @rule()
    def carry_out_a_command(self) -> None:
        self.runner.run(self.stores.jobs.done(self.undone.pop(0)))

    @precondition(lambda self: self.commands)
    @rule(which=st.integers(0, 99))
    def delete_a_command(self, which: int) -> None:
        each = self.commands[which % len(self.commands)]
        change = Change(each.place, each.ref, 1_000_000_000 + self.number, None)
        assert self.runner.run(self.stores.changes.change(change))
        self.forget([each])

    @rule(place=places)
    def read_files(self, place: Place) -> None:
        self.runner.run(self._read_files(place))

    async def _read_files(self, place: Place) -> None:
        for unread in await self.stores.files.unread(await self.stores.id_at(place), limit=9):
            content = self.secret()
            await self.stores.files.note_reading(unread.id, Reading(content))
            rows = await self.stores.database.fetch(
                "SELECT m.ref FROM files f JOIN messages m ON m.id = f.message WHERE f.id = $1", unread.id
            )
            (of,) = (each for each in self.live if each.place == place and each.ref == rows[0][0])
            of.secrets.append(content)

    @rule(place=places)
    def answer(self, place: Place) -> None:
        self.runner.run(self._answer(place))

    async def _answer(self, place: Place) -> None:
        lease = await self.stores.turns.claim(await self.stores.id_at(place))
        if lease is None:
            return
        text = self.secret()
        assert await self.stores.turns.finish(lease, Result(Outcome.ANSWERED, text))
        rows = await self.stores.database.fetch("SELECT said FROM messages WHERE ref = $1", lease.turn)
        self.live.append(KnownMessage(place, lease.turn, Role.ASSISTANT, "", int(rows[0][0] or 0), [text]))

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, 99), deleted=st.booleans())
    def change(self, which: int, deleted: bool) -> None:
        each = self.live[which % len(self.live)]
        if each.role is Role.ASSISTANT and not deleted:
            return
        text = self.secret()
        now = None if deleted else said(each.ref, text, place=each.place)
        at = 1_000_000_000 + self.number
        change = Change(each.place, each.ref, at, now)
        effect = self.runner.run(self.stores.changes.change(change))
        assert (effect is None) == (each.role is Role.ASSISTANT)
        if deleted:
            self.forget([each])
        else:
            self.forgotten |= set(each.secrets)
            each.secrets = [text]

    @rule(place=places, author=authors, at=moments, scope=st.sampled_from(["clear", *Scope]))
    def forget_some(self, place: Place, author: str, at: int, scope: str) -> None:
        ref = f"{at}.5"
        if (place, ref) in self.had:
            return
        command = said(ref, "forget", place=place, author=author, asks=False)
        self.runner.run(self.stores.sessions.append(command, role=Role.COMMAND))
        self.had.add((place, ref))
        before = [each for each in self.live if each.at < command.said]
        here = [each for each in before if each.place == place]
        own = [each for each in here if each.author == author]
        everywhere = [each for each in before if each.author == author]
        commands = [each for each in self.commands if each.at < command.said]
        newest = sorted(own, key=lambda each: each.at)[-1:]
        gone = {"clear": here, Scope.LAST: newest, Scope.HERE: own, Scope.EVERYWHERE: everywhere, Scope.ONE: []}[scope]
        session = Session(self._id_at(place), place)
        if scope == "clear":
            count = self.runner.run(self.stores.forgetting.clear(session.id, before=ref))
        else:
            work = self.stores.forgetting.forget(Scope(scope), author=author, session=session, before=ref)
            count = self.runner.run(work)
        # One message is the command itself.
        assert count == len(gone) + (scope == Scope.ONE)
        if scope in ("clear", Scope.HERE, Scope.EVERYWHERE):
            gone += [
                each
                for each in commands
                if (scope == Scope.EVERYWHERE or each.place == place) and (scope == "clear" or each.author == author)
            ]
        self.forget(gone)

    @rule(place=places, keep=st.integers(0, 3))
    def begin_to_sum_up(self, place: Place, keep: int) -> None:
        work = self.stores.summaries.to_summarise(self._id_at(place), keep=keep, limit=99)
        memory = self.runner.run(work)
        if memory.messages:
            told = memory.summary.text if memory.summary else ""
            covered = len(memory.messages) + (memory.summary.messages if memory.summary else 0)
            text = " ".join([told, *(each.text for each in memory.messages)])
            self.made.append((place, memory, Summary(text, memory.messages[-1].said, covered, "m"), text))

    @rule(place=places)
    def begin_to_set_title(self, place: Place) -> None:
        memory = self.runner.run(self.stores.memory.memory(self._id_at(place), limit=99, tokens=999))
        if memory.messages:
            self.made.append((place, memory, None, " ".join(each.text for each in memory.messages)))

    @precondition(lambda self: self.made)
    @rule()
    def save_what_was_made(self) -> None:
        place, memory, summary, text = self.made.pop(0)
        if summary:
            usage = Usage(1, 1)
            session = self._id_at(place)
            self.runner.run(self.stores.summaries.summarised(session, summary, instead_of=memory, usage=usage))
        else:
            self.runner.run(self.stores.titles.set_title(self._id_at(place), text, by=TitleBy.MODEL, made_of=memory))

    @invariant()
    def nothing_is_left(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        await assert_true(self.stores.database)
        everything = await self._dump("NOT LIKE '%words%'")
        # What is still to be done is needed for that.
        to_be_done = {job.task.argument for job in self.undone if isinstance(job.task, Command)}
        assert not [secret for secret in self.forgotten - to_be_done if secret in everything]
        messages = await self._dump("= 'messages'")
        assert not [secret for secret in self.forgotten if secret in messages]
        for place in PLACES:
            memory = await self.stores.memory.memory(await self.stores.id_at(place), limit=99, tokens=99_999)
            covered = memory.summary.upto if memory.summary else -1
            told = {each.text for each in memory.messages if each.said > covered}
            assert told == {each.secrets[0] for each in self.live if each.place == place and each.at > covered}
            if memory.summary:
                known = {each.secrets[0] for each in self.live if each.place == place and each.at <= covered}
                assert set(memory.summary.text.split()) == known
            assert memory.total == sum(each.place == place for each in self.live)

    async def _dump(self, names: str) -> str:
        fetch = self.stores.database.fetch
        tables = await fetch(f"SELECT name FROM sqlite_master WHERE type = 'table' AND name {names}")
        return str([await fetch(f"SELECT * FROM {table!s}") for (table,) in tables])

    def teardown(self) -> None:
        try:
            self.runner.run(self._look_into_the_index())
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()

    async def _look_into_the_index(self) -> None:
        for each in self.live:
            hits = await self.stores.search.search(each.secrets[0], author=None, channels=None, limit=9)
            assert each.place in {hit.place for hit in hits}
        for secret in self.forgotten:
            assert not await self.stores.search.search(secret, author=None, channels=None, limit=9)
        await self.stores.forgetting.prune(idle=1 << 40)
        pages = " UNION ALL ".join(f"SELECT hex(block) FROM {index}_data" for index in INDEXES)
        blocks = await self.stores.database.fetch(pages)
        index = str(blocks)
        # A part's first byte may stand in the part before it, with which it has it in common.
        assert not [secret for secret in self.forgotten if secret.encode().hex().upper()[6:] in index]
        await self.stores.wal_truncation.truncate_wal()
        files = b"".join(each.read_bytes() for each in self.folder.iterdir())
        to_be_done = {job.task.argument for job in self.undone if isinstance(job.task, Command)}
        assert not [secret for secret in self.forgotten - to_be_done if secret.encode()[3:] in files]


TestNothingIsLeft = pytest.mark.long(NothingIsLeft.TestCase)
TestNothingIsLeft.settings = settings(
    max_examples=examples(12),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
