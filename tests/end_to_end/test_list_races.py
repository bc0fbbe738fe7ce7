"""Lists of threads that are read, and Home tabs that are shown, while much happens in the threads."""

import asyncio
import random
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chathakase.app import now
from chathakase.core.jobs import ARCHIVE_SESSION, DELETE_SESSION, RENAME_SESSION, Command
from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState, Shown
from chathakase.engine.sessions import SessionManager
from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.playground.world.views import OpenView
from chathakase.slack.home.home_actions import HomeAction, read_row, read_state
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.end_to_end.at_home import GENERAL, seen, window
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import OpenBot, markdown
from tests.end_to_end.crowded_workspace import UNLIMITED, WITHIN, everybody, homes_of, open_crowd
from tests.end_to_end.ephemerals import seen_by
from tests.places import slack_place
from tests.slack.home.viewing import elements, pick, press, rows

pytestmark = pytest.mark.long

PEOPLE = 20
THREADS = 60
"""Of each of them, in #general."""
WALKS = 2
"""How often each of them reads their whole list, in each of three forms."""
HOME = slack_place("", "")

SESSION = """
INSERT INTO sessions (id, surface, workspace, channel, thread, began_at, active_at, owner)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
MESSAGES = """
INSERT INTO messages (session, seq, role, text, author, ref, said, tokens, at)
SELECT id, ?, 'user', 'hello', ?, thread || '.' || ?, active_at * 1000 + ?, 1, active_at FROM sessions
"""


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with open_crowd(PEOPLE) as opened:
        yield opened


@pytest.fixture
async def crowd(workspace: Workspace) -> AsyncIterator[list[PersonClient]]:
    async with everybody(workspace, PEOPLE) as opened:
        yield opened


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """What is said in a thread makes it active, and is answered only where that is asked for."""
    return settings | UNLIMITED | {"chathakase_follow_ups": "mention", "chathakase_catch_up": 0}


async def fill(
    workspace: Workspace, database: Path, owners: Iterable[PersonClient], others: Iterable[PersonClient] = ()
) -> None:
    """Begin a thread of each owner in #general, in which others take part."""
    async with open_sqlite(database) as opened:
        await migrate(opened, now=now())
    with closing(sqlite3.connect(database)) as connection, connection:
        for number, owner in enumerate(owners):
            ts = workspace.world.mint()
            workspace.world.timeline(GENERAL).put(Message(channel=GENERAL, ts=ts, user=owner.id, text="hello"))
            at = now() - 2_000_000 + number * 1_000
            place = slack_place(GENERAL, ts)
            connection.execute(SESSION, (uuid4().hex, place.surface, place.workspace, GENERAL, ts, at, at, owner.id))
        for seq, each in enumerate(others, 1):
            connection.execute(MESSAGES, (seq, each.id, seq, seq))
        connection.execute("UPDATE sessions SET seq = message_count")


class ChangingThreads:
    """The threads of one person, of which some become active, are archived and deleted."""

    def __init__(self, bot: SessionManager, person: PersonClient, sessions: dict[str, str]) -> None:
        self._bot = bot
        self._person = person
        self.left = sessions
        """Those that were neither archived nor deleted, by their ts."""
        self.archived = set[str]()
        self._chance = random.Random(person.id)

    async def change(self) -> None:
        """Have one archived, another one deleted, and some become active."""
        archived, deleted, *active = self._chance.sample(sorted(self.left), 5)
        self.archived.add(archived)
        await asyncio.gather(
            self._put_away(archived, ARCHIVE_SESSION),
            self._put_away(deleted, DELETE_SESSION),
            *(self._person.say("hm", channel=GENERAL, thread_ts=each) for each in active),
        )

    async def _put_away(self, thread: str, name: str) -> None:
        place, session = slack_place(GENERAL, thread), self.left.pop(thread)
        await self._bot.requests.enqueue(Command(place, uuid4().hex, self._person.id, name, session, told_in=HOME))


Turn = Callable[[], Awaitable[None]]


class Walk:
    """How somebody reads their list, page by page."""

    with_archived = False
    """Whether archived threads are in it."""

    def __init__(self, workspace: Workspace, person: PersonClient) -> None:
        self.workspace = workspace
        self.person = person

    async def begin(self) -> None:
        """Have the first page shown."""
        raise NotImplementedError

    def page(self) -> tuple[list[str], Callable[[], Awaitable[None]] | None]:
        """The threads that are shown, and what shows those behind them if there are more."""
        raise NotImplementedError


class OnHome(Walk):
    """On the Home tab."""

    async def begin(self) -> None:
        before = self.person.home
        await self.person.open_home()
        await self.workspace.until(lambda: self.person.home != before, WITHIN)

    def page(self) -> tuple[list[str], Turn | None]:
        return self._page_of(self._seen)

    def _seen(self) -> OpenView:
        return seen(self.person)

    def _page_of(self, view_now: Callable[[], OpenView]) -> tuple[list[str], Turn | None]:
        view = view_now()

        async def turn() -> None:
            following = _state(view).page + 1
            await press(self.person, view, HomeAction.NEXT_PAGE)
            await self.workspace.until(lambda: view_now() is not view and _state(view_now()).page == following, WITHIN)

        return [read_row(row).thread for row in rows(view)], turn if elements(view, HomeAction.NEXT_PAGE) else None


def _state(view: OpenView) -> OverviewState:
    return read_state(view.body["private_metadata"])


class InAWindow(OnHome):
    """In the window that the slash command opens, archived ones included."""

    with_archived = True

    async def begin(self) -> None:
        for modal in self.person.modals[::-1]:
            await self.person.close(modal)
        view = await window(self.workspace, self.person, rows)
        await pick(self.person, view, HomeAction.SHOWN, Shown.ALL)
        await self.workspace.until(lambda: _state(self._seen()).shown is Shown.ALL, WITHIN)

    def _seen(self) -> OpenView:
        return self.person.modals[-1]


class InWords(Walk):
    """By the word for it, and the button below what it tells."""

    async def begin(self) -> None:
        await self._told_more(lambda: self.person.say("threads", channel="@"))

    async def _told_more(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Have more told; the page that was shown gives way to the next."""
        before = self._refs()
        await ask()
        await self.workspace.until(lambda: self._refs() - before, WITHIN)

    def _refs(self) -> set[str]:
        return {each.message.ts for each in seen_by(self.workspace, self.person)}

    def page(self) -> tuple[list[str], Turn | None]:
        message = seen_by(self.workspace, self.person)[-1].message
        threads = re.findall(r"\]\(http[^)]*/p(\d{10})(\d{6})\)", markdown(message))
        buttons = [each for _, each in elements_of(message.blocks) if each.get("text", {}).get("text") == "Next page"]

        async def turn() -> None:
            await self._told_more(lambda: self.person.press(message.channel, message.ts, buttons[0]["action_id"]))

        return [".".join(each) for each in threads], turn if buttons else None


@pytest.mark.parametrize("reading", [OnHome, InAWindow, InWords])
async def test_no_thread_is_lost_or_doubled_while_others_change(
    reading: type[Walk],
    workspace: Workspace,
    open_the_bot: OpenBot,
    crowd: list[PersonClient],
    database: Path,
) -> None:
    await fill(workspace, database, [person for person in crowd for _ in range(THREADS)])
    with closing(sqlite3.connect(database)) as connection:
        sessions = connection.execute("SELECT owner, thread, id FROM sessions").fetchall()
    async with open_the_bot() as bot:

        async def read_all(person: PersonClient) -> None:
            own = {thread: session for owner, thread, session in sessions if owner == person.id}
            threads = ChangingThreads(bot, person, own)
            for _ in range(WALKS):
                await read(reading(workspace, person), threads)

        await asyncio.gather(*map(read_all, crowd))
        await at_rest(workspace, bot)


async def read(walk: Walk, threads: ChangingThreads) -> None:
    await walk.begin()
    listed: list[str] = []
    while True:
        shown, turn = walk.page()
        listed += shown
        if turn is None:
            break
        await asyncio.gather(turn(), threads.change())
    assert len(set(listed)) == len(listed)
    assert threads.left.keys() | (threads.archived if walk.with_archived else set()) <= set(listed)


WATCHERS, CHANGES = 5, 100
"""People who look at their Home tabs, and what changes in their threads within two seconds."""


async def test_who_looks_is_shown_what_is_newest_and_never_two_within_a_second(
    workspace: Workspace,
    open_the_bot: OpenBot,
    crowd: list[PersonClient],
    database: Path,
) -> None:
    """Neither strangers are shown it, nor who looked more than a day ago, nor who never did."""
    looking, (looked, never, stranger) = crowd[:WATCHERS], crowd[WATCHERS : WATCHERS + 3]
    await fill(workspace, database, looking * 4, [*looking, looked, never])
    async with open_the_bot() as bot:
        await homes_of(workspace, [*looking, looked, stranger])
        with closing(sqlite3.connect(database)) as connection, connection:
            long_ago = "UPDATE overviews SET opened_at = opened_at - ? WHERE person = ?"
            connection.execute(long_ago, (DAY + 1, looked.id))
            threads = connection.execute("SELECT thread, id FROM sessions").fetchall()

        async def change(first: int, thread: str, session: str) -> None:
            """Rename one, now where it is and now from Home, where that is told as well."""
            for number in range(first, CHANGES, len(threads)):
                place, title, by = slack_place(GENERAL, thread), f"Title {number}.", looking[number % WATCHERS].id
                from_home = Command(place, uuid4().hex, by, RENAME_SESSION, f"{session} {title}", told_in=HOME)
                there = Command(place, uuid4().hex, by, RENAME_SESSION, title)
                await bot.requests.enqueue(from_home if number // len(threads) % 2 else there)
                await asyncio.sleep(2 * len(threads) / CHANGES)

        await asyncio.gather(*(change(first, *each) for first, each in enumerate(threads)))
        last = [f"Title {number}." for number in range(CHANGES - len(threads), CHANGES)]
        await workspace.until(lambda: all(shows_all(person, last) for person in looking), WITHIN)
        await at_rest(workspace, bot)
        await asyncio.sleep(2.2)
        times = {person.id: times_published(workspace, person) for person in crowd}
    for person in looking:
        assert all(later - earlier >= 1.0 for earlier, later in pairwise(times[person.id]))
        assert shows_all(person, last)
    assert [len(times[each.id]) for each in (looked, never, stranger)] == [1, 0, 1]


def shows_all(person: PersonClient, texts: Iterable[str]) -> bool:
    shown = str(seen(person).body["blocks"])
    return all(text in shown for text in texts)


def times_published(workspace: Workspace, person: PersonClient) -> list[float]:
    return [each.at for each in workspace.journal.calls("views.publish") if each.arguments["user_id"] == person.id]
