"""Five hundred turns at once: what each holds of memory and takes of the CPU, and that all come whole, once each.

The model speaks slowly, for a dozen seconds, so that all turns are under way together. Without limits our bot
stands beside the plain one, which keeps nothing back either; with Slack's limits it is measured against the least time
in which the last reply can stand (benchmarks/bound.py).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from benchmarks.ack_times import AckTimes
from benchmarks.bound import bound
from benchmarks.load.unpaced import UNPACED
from benchmarks.measured_bots import CHANNELS, PLAIN, WINDOWED, Question, open_bot
from benchmarks.model import FIRST, LAST, Model, Script, open_model
from benchmarks.report import Goal, p95, show
from benchmarks.sampling import Sample, sampling
from benchmarks.watched_threads import Threads, replies
from chathakase.playground.web_api.tiers import Limits, NoLimits

TURNS = 500
WAIT, SPREAD = 1.0, 12.0
PIECES = (f"{FIRST}, ", *(f"sentence {number} of the answer. " for number in range(1, 39)), LAST)
SCRIPT = Script(PIECES, WAIT, SPREAD)
AT_ONCE = {"CHATHAKASE_CONCURRENCY": str(TURNS)}
WHOLE_WITHIN = 240.0
"""Seconds after the first question."""
LEEWAY = 15.0
"""Seconds beyond the bound: five hundred answers are also to be asked for, written and stored, on a busy machine."""
MEMORY = 256.0
"""KiB that a turn may hold: a connection to the model's server with its buffers, three tasks, the text twice."""

CPU = 1.2
"""Of the plain bot's for each turn: ours hears every message in its channels besides, also its own and their edits."""


@dataclass(frozen=True, slots=True)
class CrowdFigures:
    """What was measured of one bot; seconds unless said otherwise."""

    samples: Sequence[Sample]
    after: Sequence[float]
    """From the model's end to the whole reply; infinite where it never is."""
    doubled: int
    """Threads in which the bot wrote more than one message."""
    acks: Sequence[float]
    refused: int
    """Calls that were refused with 429."""

    @property
    def missing(self) -> int:
        """How many replies are not whole."""
        return list(self.after).count(inf)

    @property
    def most(self) -> float:
        """MiB resident at most."""
        return max(sample.memory for sample in self.samples)

    @property
    def memory(self) -> float:
        """KiB for each turn."""
        return (self.most - self.samples[0].memory) * 1024 / TURNS

    @property
    def cpu(self) -> float:
        """Milliseconds for each turn."""
        return (self.samples[-1].cpu - self.samples[0].cpu) * 1000 / TURNS


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    free = await _take(WINDOWED, NoLimits(), folder / "free", UNPACED)
    plain = await _take(PLAIN, NoLimits(), folder / "plain", {})
    paced = await _take(WINDOWED, Limits(), folder / "paced", {})
    _show(free, plain, paced)
    least = bound(TURNS, CHANNELS, WAIT + SPREAD)
    return [
        *_whole("no limits", free),
        *_whole("Slack's limits", paced),
        Goal(f"{TURNS} at once: KiB of memory for a turn", free.memory, MEMORY, " KiB"),
        Goal(f"{TURNS} at once: CPU per turn, ours / plain", free.cpu / plain.cpu, CPU),
        Goal(f"{TURNS} at once: calls refused with 429", paced.refused, 0),
        Goal(f"{TURNS} at once: seconds after the model's end (max)", max(paced.after), least + LEEWAY, " s"),
    ]


def _whole(where: str, taken: CrowdFigures) -> list[Goal]:
    return [
        Goal(f"{TURNS} at once, {where}: replies not whole", taken.missing, 0),
        Goal(f"{TURNS} at once, {where}: threads with more than one reply", taken.doubled, 0),
        Goal(f"{TURNS} at once, {where}: seconds to the acknowledgement (max)", max(taken.acks), 3.0, " s"),
    ]


async def _take(name: str, limits: Limits, folder: Path, more: Mapping[str, str]) -> CrowdFigures:
    """Ask one bot everything."""
    async with open_model(SCRIPT) as model, open_bot(name, model, folder, limits, {**AT_ONCE, **more}) as bot:
        await bot.turns(1)
        threads, acks = Threads(bot.workspace, "".join(PIECES)), AckTimes(bot.workspace)
        async with sampling(bot, every=0.5) as samples:
            asked = await asyncio.gather(*(bot.ask(number % CHANNELS) for number in range(TURNS)))
            await _wait(threads, asked)
            await bot.rest(within=30)
        after = [_after(model, threads, each) for each in asked]
        written = replies(bot.workspace)
        doubled = sum(written[each.ts] > 1 for each in asked)
        return CrowdFigures(samples, after, doubled, acks.seconds, bot.watch.limited.total())


async def _wait(threads: Threads, asked: Sequence[Question]) -> None:
    """Wait until all is whole and a little longer, or no longer."""
    ends = time.perf_counter() + WHOLE_WITHIN
    while time.perf_counter() < ends and not all(threads.of[each.ts].whole for each in asked):
        await asyncio.sleep(0.5)
    await asyncio.sleep(1.5)


def _after(model: Model, threads: Threads, asked: Question) -> float:
    whole = threads.of[asked.ts].whole
    return max(0.0, whole - model.ends[asked.number]) if whole else inf


def _show(*taken: CrowdFigures) -> None:
    def row(what: str, *values: float, digits: int = 1) -> tuple[str, ...]:
        return what, *(f"{value:.{digits}f}" for value in values)

    inside = [max(each.samples, key=lambda sample: sample.tasks) for each in taken]
    late = [max(sample.late for sample in each.samples) for each in taken]
    show(
        f"{TURNS} turns at once; the model speaks for {WAIT + SPREAD:g} s",
        ("", "ours, no limits", "plain, no limits", "ours, Slack's limits"),
        [
            row("whole", *(TURNS - each.missing for each in taken), digits=0),
            row("MiB before", *(each.samples[0].memory for each in taken)),
            row("MiB at most", *(each.most for each in taken)),
            row("KiB for each turn", *(each.memory for each in taken)),
            row("CPU for each turn, milliseconds", *(each.cpu for each in taken)),
            row("seconds from the model's end to the whole reply, p95", *(p95(each.after) for each in taken)),
            row("  max", *(max(each.after) for each in taken)),
            row("seconds to the acknowledgement, p95", *(p95(each.acks) for each in taken), digits=2),
            row("  max", *(max(each.acks) for each in taken), digits=2),
            row("tasks at most", *(sample.tasks for sample in inside), digits=0),
            row("event loop late at most, seconds", *late, digits=2),
        ],
    )
