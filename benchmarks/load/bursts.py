"""One person who sends two hundred messages at once: into one thread, and into two hundred; with Slack's limits on.

What is said while an answer is being written is answered together, so one thread should take two or three turns. Each
answer carries marks of the questions that it is to (benchmarks/marks.py).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.ack_times import AckTimes
from benchmarks.marks import marked, numbers, read
from benchmarks.measured_bots import CHANNELS, WINDOWED, Bot, channel_id, open_bot
from benchmarks.model import FIRST, LAST, Script, open_model
from benchmarks.report import Goal, p95, show
from benchmarks.sampling import Sample, sampling
from benchmarks.watched_threads import replies_in
from chathakase.playground.web_api.tiers import Limits

MESSAGES = 200
SCRIPT = Script((f"{FIRST}, ", *(f"sentence {number} of the answer. " for number in range(1, 19)), LAST), 0.5, 2.0)
SETTINGS = {"CHATHAKASE_MAX_MESSAGES": str(MESSAGES + 1)}
"""So that the model sees all that it answers together."""
ANSWERED_WITHIN = 120.0
FEW = 4
"""Turns that one thread may take: one for the first message, one for the rest, two if the rest comes in slowly."""
MEMORY = 30.0
"""MiB by which memory may rise: as much as a hundred turns at once need, of which fifty run and the others wait."""


@dataclass(frozen=True, slots=True)
class Home:
    """The thread of a question."""

    channel: int
    root: str


@dataclass(frozen=True, slots=True)
class BurstFigures:
    """What was measured; seconds."""

    where: str
    acks: AckTimes
    samples: Sequence[Sample]
    seconds: float
    """From the first message to the last whole answer."""
    turns: int
    wrong: int
    """Questions that were not answered exactly once."""
    refused: int
    """Calls that were refused with 429."""

    @property
    def memory(self) -> float:
        """MiB by which memory rose at most."""
        return max(each.memory for each in self.samples) - self.samples[0].memory


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    one = await _take("one thread", folder / "one", threads=1)
    many = await _take(f"{MESSAGES} threads", folder / "many", threads=MESSAGES)
    _show(one, many)
    few = Goal(f"{MESSAGES} messages into one thread: turns", one.turns, FEW)
    return [few, *(goal for each in (one, many) for goal in _goals(each))]


def _goals(taken: BurstFigures) -> list[Goal]:
    what = f"{MESSAGES} messages into {taken.where}:"
    return [
        Goal(f"{what} not answered exactly once", taken.wrong, 0),
        Goal(f"{what} seconds to the acknowledgement (max)", max(taken.acks.seconds), 3.0, " s"),
        Goal(f"{what} MiB more memory", taken.memory, MEMORY, " MiB"),
        Goal(f"{what} calls refused with 429", taken.refused, 0),
    ]


async def _take(where: str, folder: Path, *, threads: int) -> BurstFigures:
    """Send everything at once, into so many threads."""
    async with open_model(SCRIPT) as model, open_bot(WINDOWED, model, folder, Limits(), SETTINGS) as bot:
        await bot.turns(1)
        model.choose = lambda text: marked(SCRIPT, numbers(text))
        roots = [await _begin(bot, number % CHANNELS) for number in range(threads)]
        await bot.rest(within=30)
        acks, before = AckTimes(bot.workspace), model.answered
        async with sampling(bot, every=0.25) as samples:
            began = time.perf_counter()
            workspaces = dict(await asyncio.gather(*(_ask(bot, home) for home in islice(cycle(roots), MESSAGES))))
            await _wait(bot, workspaces)
            seconds = time.perf_counter() - began
            await bot.rest(within=30)
        wrong = len(_wrong(bot, workspaces))
        return BurstFigures(where, acks, samples, seconds, model.answered - before, wrong, bot.watch.limited.total())


async def _begin(bot: Bot, channel: int) -> Home:
    return Home(channel, await bot.alice.say("Let us begin.", channel=channel_id(channel)))


async def _ask(bot: Bot, home: Home) -> tuple[int, Home]:
    return (await bot.ask(home.channel, home.root)).number, home


async def _wait(bot: Bot, workspaces: Mapping[int, Home]) -> None:
    """Wait until each question has its whole answer and a little longer, or no longer."""
    ends = time.perf_counter() + ANSWERED_WITHIN
    while time.perf_counter() < ends and _wrong(bot, workspaces):
        await asyncio.sleep(0.25)


def _wrong(bot: Bot, workspaces: Mapping[int, Home]) -> list[int]:
    """The questions that are not answered exactly once."""
    world = bot.workspace.world
    marks = {home: read(replies_in(world, channel_id(home.channel), home.root)) for home in set(workspaces.values())}
    return [number for number, home in workspaces.items() if not marks[home].is_answered(number)]


def _show(*taken: BurstFigures) -> None:
    def row(what: str, *values: float, digits: int = 0) -> tuple[str, ...]:
        return what, *(f"{value:.{digits}f}" for value in values)

    busiest = [max(each.samples, key=lambda sample: sample.tasks) for each in taken]
    late = [max(sample.late for sample in each.samples) for each in taken]
    show(
        f"{MESSAGES} messages of one person at once, with Slack's limits",
        ("", *(f"into {each.where}" for each in taken)),
        [
            row("answered exactly once", *(MESSAGES - each.wrong for each in taken)),
            row("turns", *(each.turns for each in taken)),
            row("seconds until all is answered", *(each.seconds for each in taken), digits=1),
            row("seconds to the acknowledgement, p95", *(p95(each.acks.seconds) for each in taken), digits=2),
            row("  max", *(max(each.acks.seconds) for each in taken), digits=2),
            row("envelopes sent again", *(each.acks.again for each in taken)),
            row("MiB before", *(each.samples[0].memory for each in taken), digits=1),
            row("MiB more at most", *(each.memory for each in taken), digits=1),
            row("tasks at most", *(most.tasks for most in busiest)),
            row("event loop late at most, seconds", *late, digits=2),
        ],
    )
