"""Whatever is said, changed, answered, forgotten and expires, in any order: what lists tell of a session is right."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.memory import Change, QuestionState, Scope
from chathakase.core.types import ExpiryMode, Place, Role, SaidTo, Session, SessionId, TurnAction
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.examples import examples
from tests.places import slack_place
from tests.storage.database_stores import FILE, PLACE, TIMEOUT, DatabaseClock, DatabaseStores, answer, said, stores_of
from tests.storage.truth import assert_true

PLACES = (PLACE, slack_place("C2", "1.000001"))
AUTHORS = ("U1", "U2", "U3")

places, authors = st.sampled_from(PLACES), st.sampled_from(AUTHORS)
moments = st.integers(1, 6)
texts = st.sampled_from(["", "hello", "and so on " * 30, "日本語 " * 60])


class CountsHold(RuleBasedStateMachine):
    """Three people and an app in two threads, and a model that answers."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.owners: dict[str, str] = {}
        self.number = 0
        self.stores: DatabaseStores

    @initialize(mode=st.sampled_from(ExpiryMode))
    def open(self, mode: ExpiryMode) -> None:
        self.stores = self.runner.run(self._open(mode))

    async def _open(self, mode: ExpiryMode) -> DatabaseStores:
        database = await self.stack.enter_async_context(open_sqlite(self.folder / "x.db", clock=DatabaseClock()))
        await migrate(database, now=0)
        await database.outside("PRAGMA synchronous = OFF")
        return stores_of(database, mode)

    async def session(self, place: Place) -> Session | None:
        found = await self.stores.sessions.find(place)
        return None if found is None else Session(found, place)

    async def append(self, place: Place, ref: str, text: str, author: str, **about: object) -> None:
        incoming = said(ref, text, place=place, author=author, **about)
        is_command = about.get("asks") is None and text == "help"
        job = Job(Command(place, ref, author, "help")) if is_command else None
        saved = await self.stores.sessions.append(incoming, role=Role.COMMAND if is_command else Role.USER, job=job)
        if job:
            await self.stores.jobs.done(job)
        if saved and not is_command:
            await self._asked(ref, author, opens=True)

    async def _asked(self, ref: str, author: str, *, opens: bool = False) -> None:
        """Remember who asked first, or opened a session with no command."""
        asked = "SELECT session FROM messages WHERE ref = $1 AND role = 'user' AND seq > 0 AND (asks = 1 OR seq = $2)"
        for (session,) in await self.stores.database.fetch(asked, ref, int(opens)):
            self.owners.setdefault(str(session), author)

    @rule(place=places, author=authors, at=moments, text=texts, asks=st.booleans(), opens=st.booleans())
    def say(self, place: Place, author: str, at: int, text: str, asks: bool, opens: bool) -> None:
        self.runner.run(self.append(place, f"{at}.000000", text, author, asks=asks, opens=opens))

    @rule(place=places, author=authors, at=moments)
    def command(self, place: Place, author: str, at: int) -> None:
        self.runner.run(self.append(place, f"{at}.000000", "help", author))

    @rule(place=places, author=authors, at=moments)
    def share(self, place: Place, author: str, at: int) -> None:
        """A bare mention is a question once its file comes."""
        self.runner.run(self.append(place, f"{at}.000000", "", author, asks=True, files=(FILE,)))

    @rule(place=places, at=moments)
    def post_as_an_app(self, place: Place, at: int) -> None:
        self.runner.run(self.append(place, f"{at}.000000", "built", "B1", name="CI", asks=False))

    @rule(place=places, at=moments)
    def burst(self, place: Place, at: int) -> None:
        for number in range(15):
            author = AUTHORS[number % 3]
            self.runner.run(self.append(place, f"{at}.1000{number:02}", f"{number}", author, asks=number % 2 == 0))

    @rule(place=places, at=moments, text=texts, gone=st.booleans(), to=st.sampled_from(SaidTo))
    def change(self, place: Place, at: int, text: str, gone: bool, to: SaidTo) -> None:
        self.number += 1
        now = None if gone else said(f"{at}.000000", text, place=place, said_to=to)
        change = Change(place, f"{at}.000000", 1_000_000_000 + self.number, now)
        self.runner.run(self._change(change))

    async def _change(self, change: Change) -> None:
        effect = await self.stores.changes.change(change)
        if effect is not None and effect.standing is QuestionState.ASKED:
            await self._asked(change.ref, effect.author)

    @rule(place=places, text=texts)
    def answer(self, place: Place, text: str) -> None:
        self.runner.run(self._answer(place, text))

    async def _answer(self, place: Place, text: str) -> None:
        if session := await self.session(place):
            self.stores.clock.now += 1
            if lease := await self.stores.turns.claim(session.id):
                await self.stores.turns.note_reply(lease, [f"{lease.turn[:5]}.9"])
                await self.stores.turns.finish(lease, answer(text))

    @rule(place=places, action=st.sampled_from([TurnAction.RETRY, TurnAction.CONTINUE]))
    def again(self, place: Place, action: TurnAction) -> None:
        self.runner.run(self._again(place, action))

    async def _again(self, place: Place, action: TurnAction) -> None:
        session = await self.session(place)
        newest = session and await self.stores.turns.newest(session.id)
        if session and newest:
            interaction = Interaction(place, "9.9", "U1", action, newest.turn, newest.run)
            await self.stores.turns.reopen(session.id, interaction)

    @rule(place=places)
    def delete_an_answer(self, place: Place) -> None:
        self.runner.run(self._delete_an_answer(place))

    async def _delete_an_answer(self, place: Place) -> None:
        session = await self.session(place)
        newest = session and await self.stores.turns.newest(session.id)
        if newest:
            self.number += 1
            change = Change(place, f"{newest.turn[:5]}.9", 1_000_000_000 + self.number, None)
            await self.stores.changes.change(change)

    @rule(place=places, author=authors, at=moments, scope=st.sampled_from(["clear", *Scope]))
    def forget(self, place: Place, author: str, at: int, scope: str) -> None:
        self.runner.run(self._forget(place, author, f"{at}.000000", scope))

    async def _forget(self, place: Place, author: str, before: str, scope: str) -> None:
        if session := await self.session(place):
            if scope == "clear":
                await self.stores.forgetting.clear(session.id, before=before)
            else:
                await self.stores.forgetting.forget(Scope(scope), author=author, session=session, before=before)

    @rule(place=places, count=st.integers(0, 25))
    def read_above(self, place: Place, count: int) -> None:
        self.runner.run(self._read_above(place, count))

    async def _read_above(self, place: Place, count: int) -> None:
        if session := await self.session(place):
            above = [said(f"0.0000{number:02}", f"{number}", author=AUTHORS[number % 3]) for number in range(count)]
            ours = [said("0.000050", "ours", author="", ours=True)] if count % 2 else []
            await self.stores.memory.add_earlier(session.id, above + ours)

    @rule(late=st.booleans())
    def expire(self, late: bool) -> None:
        self.stores.clock.now += TIMEOUT + 1 if late else 0
        self.runner.run(self.stores.forgetting.expire())

    @rule()
    def prune(self) -> None:
        self.runner.run(self.stores.forgetting.prune(idle=10 * TIMEOUT))

    @invariant()
    def what_lists_tell_is_right(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        found = await assert_true(self.stores.database)
        for id_ in found:
            info = await self.stores.sessions.info(SessionId(id_))
            assert info is not None
            assert info.messages == found[id_].messages
            assert info.owner == self.owners.get(id_, "")

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()


TestCountsHold = pytest.mark.long(CountsHold.TestCase)
TestCountsHold.settings = settings(
    max_examples=examples(20),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
