"""Ten thousand sessions in the database: what the bot holds of them while they are at rest, and while all of them wake.

They are put there by the stores themselves, each with a question and its answer. At first they are at rest, which
should cost nothing. Then a question waits in every one of them, as after a long night without the bot, and all are
answered. Nothing is limited, and the bot does not look for what it missed: its own speed is what is measured.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.load.stored import ALICE, said, stores
from benchmarks.load.unpaced import UNPACED
from benchmarks.measured_bots import CHANNELS, WINDOWED, Bot, bench_world, channel_id, database_in, open_bot
from benchmarks.model import Model, open_model, whole
from benchmarks.report import Goal, show
from benchmarks.sampling import Sample, sample, sampling
from benchmarks.watched_threads import replies
from chathakase.core.types import Outcome, Place, Result
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.playground.world.world import World
from tests.places import slack_place

SESSIONS = 10_000
ANSWER = Result(Outcome.ANSWERED, "words and words " * 40)
SCRIPT = whole(600, wait=0.0, hold=0.0)
SETTINGS = {**UNPACED, "CHATHAKASE_CATCH_UP": "0"}
ANSWERED_WITHIN = 600.0
SETTLE = 3.0
"""Seconds of rest before memory is taken."""

AT_REST = 0.25
"""KiB that a session at rest may hold: it is a row on disk, so this is the noise of a process's own memory."""
AWAKE = 2.0
"""KiB by which each may have raised the most that was held: a thousand are looked at together, fifty have a turn."""


@dataclass(frozen=True, slots=True)
class Woken:
    """How the sessions were answered."""

    samples: Sequence[Sample]
    seconds: float
    wrong: int
    """Sessions in which the bot did not write exactly one message."""


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    filled, world = folder / "filled", bench_world()
    async with open_model(SCRIPT) as model:
        empty = await _at_rest(model, folder / "empty", bench_world())
        places = await _fill(filled, world)
        rest = await _at_rest(model, filled, world)
        await _ask_again(filled, world, places)
        woken = await _wake(model, filled, world, places)
    most = max(each.memory for each in woken.samples)
    _show(empty, rest, woken)
    return [
        Goal(f"{SESSIONS:,} at rest: KiB for each", _share(empty.memory, rest.memory), AT_REST, " KiB"),
        Goal(f"{SESSIONS:,} woken: KiB for each, at most", _share(empty.memory, most), AWAKE, " KiB"),
        Goal(f"{SESSIONS:,} woken: not answered exactly once", woken.wrong, 0),
    ]


async def _fill(folder: Path, world: World) -> list[Place]:
    """Have so many sessions at rest in a database and their questions in the workspace."""
    places = []
    async with stores(database_in(folder)) as opened:
        sessions, turns = opened.sessions, opened.turns
        for number, channel in zip(range(SESSIONS), cycle(map(channel_id, range(CHANNELS))), strict=False):
            root = world.post(channel, ALICE, f"question {number}: how do threads work?")
            places.append(slack_place(channel, root.ts))
            saved = await sessions.append(said(root))
            lease = await turns.claim(saved.session)
            if lease is None:
                raise RuntimeError("the store gave no lease for a question that waits")
            await turns.finish(lease, ANSWER)
    return places


async def _ask_again(folder: Path, world: World, places: Sequence[Place]) -> None:
    """Have a further question wait in each session."""
    async with stores(database_in(folder)) as opened:
        sessions = opened.sessions
        for place in places:
            message = world.post(place.channel, ALICE, "question 0: and now?", thread_ts=place.thread)
            await sessions.append(said(message))


@asynccontextmanager
async def _open(model: Model, folder: Path, world: World) -> AsyncIterator[Bot]:
    async with open_bot(WINDOWED, model, folder, NoLimits(), SETTINGS, world=world) as bot:
        yield bot


async def _at_rest(model: Model, folder: Path, world: World) -> Sample:
    async with _open(model, folder, world) as bot:
        await asyncio.sleep(SETTLE)
        return await sample(bot)


async def _wake(model: Model, folder: Path, world: World, places: Sequence[Place]) -> Woken:
    """Start the bot, and wait until it has answered everything."""
    began = time.perf_counter()
    async with _open(model, folder, world) as bot, sampling(bot, every=0.5) as samples:
        while len(replies(bot.workspace)) < SESSIONS:
            await asyncio.sleep(0.5)
            if time.perf_counter() - began > ANSWERED_WITHIN:
                raise bot.failed(f"did not answer {SESSIONS} sessions")
        seconds = time.perf_counter() - began
        await bot.rest(within=30)
        await asyncio.sleep(SETTLE)
        written = replies(bot.workspace)
    return Woken(samples, seconds, sum(written[place.thread] != 1 for place in places))


def _share(before: float, after: float) -> float:
    """KiB of each session, if it grew from so many MiB to so many."""
    return max(after - before, 0.0) * 1024 / SESSIONS


def _show(empty: Sample, rest: Sample, woken: Woken) -> None:
    most = max(woken.samples, key=lambda each: each.memory)
    last = woken.samples[-1]
    rows = [
        (what, f"{each.memory:.1f}", f"{_share(empty.memory, each.memory):.2f}", str(each.tasks), str(each.files))
        for what, each in (
            ("none", empty),
            (f"{SESSIONS:,} at rest", rest),
            (f"{SESSIONS:,} woken, at most", most),
            ("  after that", last),
        )
    ]
    show("Sessions in the database", ("", "MiB", "KiB for each", "tasks", "open files"), rows)
    late = max(each.late for each in woken.samples)
    speed = SESSIONS / woken.seconds
    print(f"All answered {woken.seconds:.0f} s after the start, {speed:.0f} a second; loop late {late:.2f} s at most.")
