"""What a large database costs: turns, prompts, expiry, retention and search, beside a nearly empty one.

``--sessions N --messages N`` make it larger, ``--keep FOLDER`` builds it only once.
"""

import asyncio
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from statistics import median

from benchmarks import filling
from benchmarks.filling import Size, fill, session_of
from benchmarks.report import Goal, console, p95, show
from chathakase.core.prompt import AssistantSetup, Persona, build_prompt
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import NO_SESSION, Expiry, ExpiryMode, Incoming, Outcome, Place, Result, Usage, Where
from chathakase.core.window import Window
from chathakase.slack.slack_traits import SLACK
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.places import slack_place

SMALL = Size(2_000, 40_000)
FOR_COMPARISON = Size(50, 1_000)
"""The sessions in which the compared turns are, and nothing else."""
TURNS = 300
WARM_UP = 20
"""Turns that are not counted, after which the file is open in every respect."""
DELETED = 2_000
"""Sessions that are deleted, for which each message must be taken out of the index."""
ALONE = 15.0
"""Seconds in which turns run with nothing beside them: how long a disk lets them wait now and then by itself."""
LONG = 10_000
"""Messages of a long thread."""
PERSONA = Persona("You are a helpful assistant.", 20)
TOKENS = 8_000
RESULT = Result(Outcome.ANSWERED, "words and words " * 40, model="model-1", usage=Usage(400, 300), estimate=410)
NEVER = Expiry(1 << 50, ExpiryMode.ARCHIVE)
STEPS = ("append", "claim", "memory", "finish")


def now() -> int:
    """The time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


async def measure(folder: Path, *, size: Size = SMALL, keep: Path | None = None, deleted: int = DELETED) -> list[Goal]:
    """Measure and print; returns the goals. Of the idle sessions, ``deleted`` are deleted; all are archived."""
    source = (keep or folder) / f"big-{size.sessions}-{size.messages}.db"
    if not source.exists():
        await _build(source, size)
    large, small = folder / "large.db", folder / "small.db"
    _copy(source, large)
    await _build(small, FOR_COMPARISON)
    goals = await _turns(large, small, size)
    goals += await _long_thread(large)
    goals += await _searches(large)
    goals.append(await _expiry(large, size, "archiving", size.sessions))
    for name in ("deleting", "pruning"):
        _copy(source, large)
        goals.append(await _expiry(large, size, name, min(deleted, size.sessions)))
    _show_size(source, size)
    return goals


async def _build(path: Path, size: Size) -> None:
    """Build it under another name first, so that what was cut short is not taken for whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    async with open_sqlite(partial) as database:
        await migrate(database, now=now())
    began = time.perf_counter()
    await asyncio.to_thread(fill, partial, size, now=now())
    async with _opened(partial) as (_, stores):
        await stores.merging.merge()
    console.print(f"{size.messages:,} messages were written in {time.perf_counter() - began:.0f} s")
    partial.replace(path)


@asynccontextmanager
async def _opened(path: Path, expiry: Expiry = NEVER) -> AsyncIterator[tuple[SqliteDatabase, SqlStores]]:
    async with open_sqlite(path) as database:
        await migrate(database, now=now())
        yield database, open_stores(database, expiry=expiry)


@dataclass
class TurnTaker:
    """Takes turns in some sessions, and notes how long each call takes."""

    stores: SqlStores
    places: list[Place]
    taken: list[tuple[float, ...]] = field(default_factory=list)

    async def take(self, number: int) -> None:
        """One turn of one session; notes the milliseconds of each step."""
        place = self.places[number % len(self.places)]
        said = time.time_ns() // 1_000
        text = f"question {number}: how do threads work in this {filling.COMMON}?"
        incoming = Incoming(place, str(said), "U1", text, said=said, opens=True, asks=True)
        moments = [time.perf_counter()]
        session = (await self.stores.sessions.append(incoming)).session
        moments.append(time.perf_counter())
        lease = await self.stores.turns.claim(session)
        moments.append(time.perf_counter())
        if lease is None:
            raise RuntimeError("the store gave no lease for a question that waits")
        await self.stores.memory.memory(session, lease=lease, limit=PERSONA.max_messages, tokens=TOKENS)
        moments.append(time.perf_counter())
        await self.stores.turns.finish(lease, RESULT)
        moments.append(time.perf_counter())
        self.taken.append(tuple((later - earlier) * 1000 for earlier, later in pairwise(moments)))

    @property
    def together(self) -> list[float]:
        """The milliseconds of each turn."""
        return [sum(turn) for turn in self.taken]

    @property
    def longest(self) -> float:
        """The longest of all calls."""
        return max((max(turn) for turn in self.taken), default=0.0)


def _places(size: Size, among: int, seed: int = 3) -> list[Place]:
    return [slack_place(*session_of(number)) for number in random.Random(seed).sample(range(size.sessions), among)]


async def _turns(large: Path, small: Path, size: Size) -> list[Goal]:
    """Turns in both databases, one here, one there."""
    async with _opened(large) as (_, in_large), _opened(small) as (_, in_small):
        here, there = TurnTaker(in_large, _places(size, 50)), TurnTaker(in_small, _places(FOR_COMPARISON, 50))
        for number in range(WARM_UP + TURNS):
            for turns in (here, there) if number % 2 else (there, here):
                await turns.take(number)
        here.taken, there.taken = here.taken[WARM_UP:], there.taken[WARM_UP:]
    rows = []
    columns = [*zip(STEPS, zip(*here.taken, strict=True), zip(*there.taken, strict=True), strict=True)]
    for step, ours, theirs in [*columns, ("together", here.together, there.together)]:
        cells = [f"{each:.2f}" for each in (median(ours), p95(ours), median(theirs), p95(theirs))]
        rows.append((step, *cells, f"{median(ours) / median(theirs):.2f}"))
    show(
        f"The stores' part of a turn among {size.messages:,} messages, beside an empty database",
        ("milliseconds", "large, median", "p95", "empty, median", "p95", "ratio"),
        rows,
    )
    ratio = median(here.together) / median(there.together)
    return [Goal(f"big: stores of a turn, {size.messages:,} messages / none", ratio, 1.3)]


async def _long_thread(large: Path) -> list[Goal]:
    """Memory and prompt of a long thread, for windows of several sizes."""
    place, counter = slack_place("C0LONG0001", "1700000000.000001"), Estimator()
    rows, goal = [], 0.0
    async with _opened(large) as (database, stores):
        await _fill_thread(database, stores, place)
        session = await stores.sessions.find(place) or NO_SESSION
        for most, window in ((20, 128_000), (200, 128_000), (LONG, 16_000), (LONG, 128_000), (LONG, 1_000_000)):
            manner, room = AssistantSetup(Persona(PERSONA.system_prompt, most), SLACK), Window(window, 4_000, counter)
            taken: list[tuple[float, float]] = []
            for _ in range(15):
                began = time.perf_counter()
                memory = await stores.memory.memory(session, limit=most, tokens=room.room)
                read = time.perf_counter()
                prompt = build_prompt(manner, memory, people={}, where=Where("general"), window=room)
                taken.append(((read - began) * 1000, (time.perf_counter() - read) * 1000))
            reading, building = (median(times) for times in zip(*taken, strict=True))
            together = median([sum(pair) for pair in taken])
            goal = together if (most, window) == (200, 128_000) else goal
            told = f"{most:,} messages, {window:,} tokens"
            rows.append(
                (
                    told,
                    f"{len(memory.messages):,}",
                    f"{prompt.tokens:,}",
                    *(f"{each:.1f}" for each in (reading, building, together)),
                )
            )
    show(
        f"Memory and prompt of a thread of {LONG:,} messages",
        ("at most", "read", "tokens", "memory, ms", "prompt, ms", "together, ms"),
        rows,
    )
    return [Goal(f"big: memory and prompt of {LONG:,} messages, 200 kept", goal, 10, " ms", may_equal=False)]


async def _fill_thread(database: SqliteDatabase, stores: SqlStores, place: Place) -> None:
    words, length = filling.Words(random.Random(5)), random.Random(6)
    await database.outside("PRAGMA synchronous = OFF")
    above = [
        Incoming(
            place,
            str(n),
            f"U{n % 9}",
            words.text(n, length.randint(4, 80)),
            said=n,
            opens=True,
            asks=False,
            ours=bool(n % 2),
        )
        for n in range(LONG)
    ]
    saved = await stores.sessions.append(
        Incoming(place, "1800000000.000001", "U1", "begin", said=1 << 55, opens=True, asks=False)
    )
    await stores.memory.add_earlier(saved.session, above)
    await database.outside("PRAGMA synchronous = FULL")


async def _searches(large: Path) -> list[Goal]:
    rows, worst = [], 0.0
    kinds = {
        "a common word": filling.COMMON,
        "a rare word": filling.RARE,
        "no such word": "xylophonequartz",
        "two words": f"{filling.COMMON} {filling.RARE}",
        "Japanese": filling.JAPANESE,
        "two characters": filling.SHORT_JAPANESE,
        "two letters": "zq",
    }
    people = {"in few threads": filling.FEW, "in many": filling.MANY, "in some": "U0BIG00007", "in none": "U0NOBODY00"}
    async with _opened(large) as (_, stores):
        for kind, words in kinds.items():
            cells = []
            for author in people.values():
                taken, found = [], 0
                for _ in range(5):
                    began = time.perf_counter()
                    channels = await stores.search.channels_of(author)
                    found = len(await stores.search.search(words, author=author, channels=channels, limit=20))
                    taken.append((time.perf_counter() - began) * 1000)
                worst = max(worst, median(taken))
                cells.append(f"{median(taken):.1f} ({found})")
            rows.append((kind, *cells))
    show("Search, with the look for one's channels: milliseconds (found)", ("of somebody", *people), rows)
    return [Goal("big: search, the slowest kind (median)", worst, 50, " ms", may_equal=False)]


async def _expiry(large: Path, size: Size, name: str, sessions: int) -> Goal:
    """Have the oldest sessions expire or be pruned, while turns run in others."""
    idle = await _idle(large, sessions)
    expiry = Expiry(idle, ExpiryMode.ARCHIVE if name == "archiving" else ExpiryMode.DELETE)
    async with _opened(large, NEVER if name == "pruning" else expiry) as (_, stores):
        alone = await _while_turns_run(stores, lambda: asyncio.sleep(ALONE, 0))
        pruned = lambda: stores.forgetting.prune(idle=idle)  # noqa: E731 - named for what it is
        beside = await _while_turns_run(stores, pruned if name == "pruning" else stores.forgetting.expire)
    rows = [
        (
            what,
            f"{run.done:,}",
            f"{run.seconds:.1f}",
            f"{len(run.turns.taken):,}",
            *(f"{each:.1f}" for each in run.delays),
        )
        for what, run in (("nothing", alone), (name, beside))
    ]
    show(
        f"Turns while idle sessions expire ({size.sessions:,} sessions, {size.messages:,} messages)",
        ("beside them", "sessions", "seconds", "turns", "a call, median ms", "p95", "longest"),
        rows,
    )
    return Goal(f"big: longest call of a store while {name}", beside.turns.longest, 50, " ms")


async def _idle(path: Path, sessions: int) -> int:
    """The milliseconds for which so many sessions were idle."""
    async with open_sqlite(path) as database:
        rows = await database.fetch("SELECT active_at FROM sessions ORDER BY active_at LIMIT 1 OFFSET $1", sessions - 1)
    return now() - int(rows[0][0] or 0) - 1


@dataclass
class Run:
    """Some work, and the turns that ran beside it."""

    turns: TurnTaker
    done: int
    seconds: float

    @property
    def delays(self) -> tuple[float, float, float]:
        """Median, p95 and the longest of all calls, in milliseconds."""
        calls = [call for turn in self.turns.taken for call in turn]
        return median(calls), p95(calls), max(calls)


async def _while_turns_run(stores: SqlStores, work: Callable[[], Awaitable[int]]) -> Run:
    turns = TurnTaker(stores, [slack_place("C0ALIVE001", f"{n}.000001") for n in range(50)])

    ends = asyncio.Event()

    async def talk() -> None:
        for number in count():
            await turns.take(number)
            await asyncio.sleep(0.01)
            if ends.is_set():
                return

    async def merge() -> None:
        while not ends.is_set():
            await stores.merging.merge()
            await asyncio.sleep(1)

    for number in range(WARM_UP):
        await turns.take(number)
    turns.taken.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(talk())
        group.create_task(merge())
        began = time.perf_counter()
        done = await work()
        seconds = time.perf_counter() - began
        ends.set()
    return Run(turns, done, seconds)


def _copy(source: Path, target: Path) -> None:
    """Copy a database and wait until it is on disk, so that nobody has to wait for that later."""
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _show_size(path: Path, size: Size) -> None:
    used = path.stat().st_size
    rows = [
        ("on disk", f"{used / 1e6:,.0f} MB"),
        ("for each message", f"{used / size.messages:,.0f} bytes"),
    ]
    show(f"{size.sessions:,} sessions, {size.messages:,} messages", ("", ""), rows)
