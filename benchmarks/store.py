"""What a turn costs in the store: append, claim, memory and finish, on a file on disk."""

import os
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.report import Goal, p95, show
from chathakase.app import now
from chathakase.core.types import Expiry, ExpiryMode, Incoming, Outcome, Result, Usage
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.places import slack_place

TURNS = 500
SESSIONS = 50
STEPS = ("append", "claim", "memory", "finish")
RESULT = Result(Outcome.ANSWERED, "words and words " * 100, model="scripted-1", usage=Usage(400, 300))


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goal."""
    taken: list[list[float]] = []
    async with open_sqlite(folder / "store.db") as database:
        await migrate(database, now=now())
        stores = open_stores(database, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE))
        for number in range(TURNS):
            taken.append(await _turn(stores, number))
    together = [sum(turn) for turn in taken]
    steps = {step: list(times) for step, times in zip(STEPS, zip(*taken, strict=True), strict=True)}
    _show({**steps, "together": together, "fsync of 4 KiB (the floor)": _fsyncs(folder / "floor", TURNS)})
    return [Goal("store: append, claim, memory, finish (median)", median(together), 3.0, " ms", may_equal=False)]


async def _turn(stores: SqlStores, number: int) -> list[float]:
    """One turn of one session; the milliseconds of each step."""
    place = slack_place("C0BENCH000", f"1700000000.{number % SESSIONS:06d}")
    text = f"question {number}: how do threads work?"
    moments = [time.perf_counter()]
    said = 1_700_000_001_000_000 + number
    incoming = Incoming(place, f"1700000001.{number:06d}", "U1", text, said=said, opens=True, asks=True)
    session = (await stores.sessions.append(incoming)).session
    moments.append(time.perf_counter())
    lease = await stores.turns.claim(session)
    moments.append(time.perf_counter())
    if lease is None:
        raise RuntimeError("the store gave no lease for a question that waits")
    await stores.memory.memory(session, lease=lease, limit=20, tokens=100_000)
    moments.append(time.perf_counter())
    await stores.turns.finish(lease, RESULT)
    moments.append(time.perf_counter())
    return [(later - earlier) * 1000 for earlier, later in pairwise(moments)]


def _fsyncs(path: Path, count: int) -> list[float]:
    """Milliseconds that the disk itself needs for one small write, again and again."""
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def _show(taken: dict[str, list[float]]) -> None:
    rows = [(step, f"{median(times):.2f}", f"{p95(times):.2f}") for step, times in taken.items()]
    show(
        f"Store, synchronous=FULL ({TURNS} turns in {SESSIONS} sessions; three of the steps commit)",
        ("milliseconds", "median", "p95"),
        rows,
    )
