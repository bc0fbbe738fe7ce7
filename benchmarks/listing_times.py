"""What lists of threads cost among 100,000 sessions of 2,000 people, one list at a time and 50 at once."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

from benchmarks.filling import COMMON, RARE, SILENT, Words
from benchmarks.report import Goal, console, p95, show
from chathakase.app import now
from chathakase.core.listing import ThreadFilter
from chathakase.core.types import Expiry, ExpiryMode, Place
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.merging import INDEXES
from chathakase.storage.sqlite.migrate import migrate
from tests.places import HOME, slack_place

SESSIONS = 100_000
PEOPLE = 2_000
CHANNELS = 50
"""In which all of these people are."""
BUSIEST, EVERY = "U0BUSIEST1", 20
"""Who takes part in every 20th session."""
SHARED = 4
"""In every so many sessions a second person takes part."""
AT_ONCE = 50
ROUNDS = 20
LIMIT = 20

SESSION = """
INSERT INTO sessions (id, surface, workspace, channel, thread, seq, answered, began_at, active_at, owner,
    message_count, exchanges, last_text, last_author, last_said)
VALUES (?, ?, ?, ?, ?, 2, 1, ?, ?, ?, 2, 1, ?, '', ?)
"""
MESSAGE = """
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, said, tokens, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 9, ?)
"""
TITLE = "INSERT INTO titles (session, title, made_by) VALUES (?, ?, 'model')"
PARTICIPANT = "INSERT OR IGNORE INTO participants VALUES (?, ?, ?)"
LISTED = """
INSERT INTO listed SELECT author, active_at, id, surface, workspace, channel, agent, archived_by
FROM participants JOIN sessions ON id = session ORDER BY author, active_at, id
"""
"""Whoever owns one takes part in it."""


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    path = folder / "threads.db"
    async with open_sqlite(path) as database:
        await migrate(database, now=now())
    began = time.perf_counter()
    await asyncio.to_thread(fill, path, now=now())
    console.print(f"{SESSIONS:,} sessions were written in {time.perf_counter() - began:.0f} s")
    async with open_sqlite(path) as database:
        stores = open_stores(database, expiry=Expiry(1 << 50, ExpiryMode.ARCHIVE))
        await _show_words(stores)
        return await _goals(database, stores)


async def _goals(database: SqliteDatabase, stores: SqlStores) -> list[Goal]:
    rng = random.Random(2)
    people = [_person(rng.randrange(PEOPLE)) for _ in range(AT_ONCE * ROUNDS)]
    await _list(stores, people[0])
    floor = await _one_by_one(_trip(database) for _ in people)
    alone = await _one_by_one(_list(stores, each) for each in people)
    later = await _one_by_one(_later(stores, each) for each in people)
    busiest = await _one_by_one(_list(stores, BUSIEST) for _ in range(50))
    together = await _at_once(stores, people)
    beside = await _at_once(stores, [BUSIEST, *people[: AT_ONCE - 1]])
    rows = {
        "an empty trip to the database (the floor)": floor,
        f"the first {LIMIT}": alone,
        f"the first {LIMIT}, and then the next": later,
        f"the first {LIMIT} of whoever has {SESSIONS // EVERY:,}": busiest,
        f"{AT_ONCE} lists at once": together,
        f"{AT_ONCE} at once, of which one is of whoever has {SESSIONS // EVERY:,}": beside,
    }
    show(
        f"Lists among {SESSIONS:,} sessions of {PEOPLE:,} people",
        ("milliseconds", "median", "p95", "CPU of each"),
        [(what, f"{median(run.taken):.2f}", f"{p95(run.taken):.2f}", f"{run.cpu:.2f}") for what, run in rows.items()],
    )
    return [
        Goal(f"threads: a list of {LIMIT} alone (median)", median(alone.taken), 5, " ms", may_equal=False),
        Goal(f"threads: {AT_ONCE} lists at once (p95)", p95(together.taken), 50, " ms", may_equal=False),
    ]


@dataclass(frozen=True, slots=True)
class ListRun:
    """How long each list took, in milliseconds, and what it cost on the average."""

    taken: Sequence[float]
    cpu: float


async def _one_by_one(lists: Iterable[Awaitable[float]]) -> ListRun:
    began = time.process_time()
    taken = [await each for each in lists]
    return ListRun(taken, (time.process_time() - began) * 1000 / len(taken))


async def _at_once(stores: SqlStores, people: Sequence[str]) -> ListRun:
    """So many at once, and again, until all have been told."""
    began, taken = time.process_time(), list[float]()
    for start in range(0, len(people), AT_ONCE):
        taken += await asyncio.gather(*(_list(stores, each) for each in people[start : start + AT_ONCE]))
    return ListRun(taken, (time.process_time() - began) * 1000 / len(taken))


async def _show_words(stores: SqlStores) -> None:
    rows = []
    for words in (COMMON, RARE, "xylophonequartz", "zq"):
        cells = []
        for person in (_person(7), BUSIEST):
            taken = [await _list(stores, person, words=words) for _ in range(5)]
            cells.append(f"{median(taken):.1f}")
        rows.append((words, *cells))
    show("Lists of what has some words: milliseconds", ("of somebody", "with some", "with many"), rows)


async def _list(stores: SqlStores, person: str, *, words: str = "", after: str = "") -> float:
    which = ThreadFilter(words=words)
    began = time.perf_counter()
    await stores.listing.page(person, HOME, channels=OPEN, which=which, limit=LIMIT, after=after)
    return (time.perf_counter() - began) * 1000


async def _later(stores: SqlStores, person: str) -> float:
    began = time.perf_counter()
    first = await stores.listing.page(person, HOME, channels=OPEN, which=ThreadFilter(), limit=LIMIT)
    await _list(stores, person, after=first.next)
    return (time.perf_counter() - began) * 1000


async def _trip(database: SqliteDatabase) -> float:
    began = time.perf_counter()
    await database.fetch("SELECT 1")
    return (time.perf_counter() - began) * 1000


def fill(path: Path, *, now: int) -> None:
    """Fill a migrated database with threads of which each has a question and an answer."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SILENT)
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("BEGIN")
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        for session, title, messages, participants in _threads(now, random.Random(1)):
            connection.execute(SESSION, session)
            connection.execute(TITLE, title)
            connection.executemany(MESSAGE, messages)
            connection.executemany(PARTICIPANT, participants)
        connection.execute(LISTED)
        for _, sql in kept:
            connection.execute(sql)
        connection.execute("COMMIT")
        for index in INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


Rows = tuple[tuple[object, ...], tuple[str, str], list[tuple[object, ...]], list[tuple[str, str, int]]]


def _threads(now: int, rng: random.Random) -> Iterator[Rows]:
    words = Words(rng)
    for number in range(SESSIONS):
        began = now - (SESSIONS - number) * 60_000
        active = began + rng.randrange(90 * 86_400_000)
        id_, place = f"{began:012x}{number:020x}", slack_place(_channel(number), f"{number}.000001")
        owner, other = _person(number), _person(number * 7 + 3)
        question, answer = words.text(number, 12), words.text(number * 3, 40)
        if number % 10_000 == 0:
            question = f"{question} {RARE}"
        said = active * 1000
        session = (id_, *astuple(place), began, active, owner, answer[:100], said)
        messages: list[tuple[object, ...]] = [
            (id_, 1, "user", question, owner, str(number), None, said, active),
            (id_, 2, "assistant", answer, "", f"{number:032x}", 1, said, active),
        ]
        people = [owner, *([other] if number % SHARED == 0 else []), *([BUSIEST] if number % EVERY == 0 else [])]
        yield session, (id_, words.text(number + 1, 5)), messages, [(id_, each, said) for each in people]


def _channel(number: int) -> str:
    return f"{'CD'[number % 2]}0LIST{number % CHANNELS:04d}"


def _person(number: int) -> str:
    return f"U0LIST{number % PEOPLE:04d}"


OPEN: list[Place] = [slack_place(_channel(number), "") for number in range(CHANNELS)]
"""The channels that are open to everybody."""
