"""Two thousand threads that ask while the model is stuck: what is held is bounded, and commands are still answered.

The settings let fifty turns run and five hundred sessions wait for theirs. Whoever asks beyond that is told to ask
again later, for their eyes only, as far as Slack lets the bot tell so many: a hundred a minute. They ask in waves, each
of them once the one before is acknowledged.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.ack_times import AckTimes
from benchmarks.measured_bots import CHANNELS, WINDOWED, Bot, channel_id, open_bot
from benchmarks.model import Script, open_model
from benchmarks.report import Goal, p95, show
from benchmarks.sampling import Sample, sampling
from benchmarks.watched_threads import replies_in
from chathakase.playground.web_api.tiers import Limits
from chathakase.playground.world.world_changes import Change, EphemeralPosted

SESSIONS, WAVE = 2000, 200
RUN, WAIT = 50, 500
SETTINGS = {"CHATHAKASE_CONCURRENCY": str(RUN), "CHATHAKASE_MAX_WAITING": str(WAIT)}
STUCK = Script((), 3600.0, 0.0)
ACKNOWLEDGED_WITHIN = 100.0
"""Seconds for a wave: Slack delivers again at once, and after a minute."""
HELPS = 10
HELP_EVERY = 2.0
HELPED_WITHIN = 30.0
PROMPTLY = 2.0

TASKS = 8 * RUN + 2 * WAIT
"""Tasks that the settings allow for: eight at most of a turn, two of a session that waits."""
MEMORY = 40.0
"""MiB by which memory may rise: half a MiB for each turn that runs, 16 KiB for each session that waits."""


@dataclass(slots=True)
class StuckFigures:
    """What was measured; seconds."""

    acks: AckTimes
    samples: Sequence[Sample] = ()
    helped: list[float] = field(default_factory=list)
    """From each cry for help to the answer."""
    told: int = 0
    """How many were told to ask again later."""
    asked: int = 0
    """How many answers the model was asked for."""
    all_asked: float = 0.0
    """When everything was acknowledged, in seconds of the performance counter."""

    def see(self, change: Change) -> None:
        """Count who is told; an observer of the world."""
        self.told += isinstance(change, EphemeralPosted)

    @property
    def memory(self) -> float:
        """MiB by which memory rose at most."""
        return max(each.memory for each in self.samples) - self.samples[0].memory

    @property
    def tasks(self) -> int:
        """The tasks that there were at most, once all had asked."""
        return max(each.tasks for each in self._after)

    @property
    def cpu(self) -> float:
        """Percent of a core that were used, once all had asked."""
        first, last = self._after[0], self._after[-1]
        return (last.cpu - first.cpu) / (last.at - first.at) * 100

    @property
    def _after(self) -> Sequence[Sample]:
        return [each for each in self.samples if each.at > self.all_asked]


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    async with open_model(STUCK) as model, open_bot(WINDOWED, model, folder, Limits(), SETTINGS) as bot:
        taken = StuckFigures(AckTimes(bot.workspace))
        bot.workspace.world.subscribe(taken.see)
        async with sampling(bot, every=0.25) as taken.samples:
            for _ in range(SESSIONS // WAVE):
                await asyncio.gather(*(bot.ask(number % CHANNELS) for number in range(WAVE)))
                await bot.rest(within=ACKNOWLEDGED_WITHIN)
            taken.all_asked = time.perf_counter()
            for _ in range(HELPS):
                taken.helped.append(await _help(bot))
                await asyncio.sleep(HELP_EVERY)
        taken.asked = model.asked
    _show(taken)
    what = f"{SESSIONS:,} threads, model stuck:"
    return [
        Goal(f"{what} seconds to the acknowledgement (max)", max(taken.acks.seconds), 3.0, " s"),
        Goal(f"{what} seconds to the answer to `help` (max)", max(taken.helped), PROMPTLY, " s"),
        Goal(f"{what} turns that run", taken.asked, RUN),
        Goal(f"{what} tasks", taken.tasks, TASKS),
        Goal(f"{what} MiB more memory", taken.memory, MEMORY, " MiB"),
    ]


async def _help(bot: Bot) -> float:
    """Ask for help in a new thread; returns the seconds until it is there."""
    began = time.perf_counter()
    world, channel = bot.workspace.world, channel_id(0)
    root = await bot.alice.say("@ChatHakase help", channel=channel)
    try:
        await bot.workspace.until(lambda: replies_in(world, channel, root), HELPED_WITHIN)
    except TimeoutError:
        return HELPED_WITHIN
    return time.perf_counter() - began


def _show(taken: StuckFigures) -> None:
    rows = [
        ("asked of the model", str(taken.asked)),
        ("told to ask again later", str(taken.told)),
        ("seconds to the acknowledgement, p95", f"{p95(taken.acks.seconds):.2f}"),
        ("  max", f"{max(taken.acks.seconds):.2f}"),
        ("envelopes sent again", str(taken.acks.again)),
        ("seconds to the answer to help, median", f"{median(taken.helped):.2f}"),
        ("  max", f"{max(taken.helped):.2f}"),
        ("MiB before", f"{taken.samples[0].memory:.1f}"),
        ("MiB more at most", f"{taken.memory:.1f}"),
        ("tasks at most, while they ask", str(max(each.tasks for each in taken.samples))),
        ("  after that", str(taken.tasks)),
        ("event loop late at most, seconds", f"{max(each.late for each in taken.samples):.2f}"),
        ("CPU while the model is stuck, % of a core", f"{taken.cpu:.1f}"),
    ]
    show(
        f"{SESSIONS:,} threads that ask while the model is stuck; {RUN} turns run, {WAIT} sessions wait", ("", ""), rows
    )
