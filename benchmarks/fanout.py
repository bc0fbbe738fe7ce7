"""Many replies at once, with Slack's limits on: which come whole, how soon after the model's end, and what is refused.

Every case has a workspace, a model server and a bot of its own, so that all budgets are full. All mentions are made at
once, each in a new thread, spread over the channels that the row names; the model then speaks for about six seconds.
A reply is whole when the bot's messages in its thread hold the model's last word and all before it. Its time counts
from the last byte that the model server sent for it; see benchmarks/bound.py for the least that is possible.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from pathlib import Path
from statistics import mean, median

from benchmarks.bound import bound
from benchmarks.measured_bots import OURS, PLAIN, RETRYING, Bot, open_bot
from benchmarks.model import FIRST, LAST, Model, Script, open_model
from benchmarks.report import Goal, show
from benchmarks.watched_threads import Threads, WatchedThread
from chathakase.playground.web_api.tiers import Limits

WAIT, SPREAD = 0.5, 6.0
PIECES = (f"{FIRST}, ", *(f"sentence {number} of the answer. " for number in range(1, 59)), LAST)
SCRIPT = Script(PIECES, WAIT, SPREAD)
WHOLE_WITHIN = 180.0
"""Seconds after the model's end."""
QUIET = 10.0
"""Seconds without any call of a plain bot's after which it has given up: no `Retry-After` here is so long."""
LEEWAY = 5.0
MANY = {"CHATHAKASE_CONCURRENCY": "200"}


@dataclass(frozen=True, slots=True)
class FanoutLoad:
    """So many replies at once, in so many channels."""

    replies: int
    channels: int


@dataclass(slots=True)
class FanoutFigures:
    """What was measured of one bot under one load; times in seconds."""

    bot: str
    load: FanoutLoad
    after: list[float] = field(default_factory=list)
    """From the model's end to the whole reply; infinite where it never is."""
    first: list[float] = field(default_factory=list)
    """From the mention to the first words; infinite where there are none."""
    interim: list[int] = field(default_factory=list)
    """How often words were shown before the last time."""
    limited: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        """How many replies are not whole."""
        return self.after.count(inf)

    @property
    def bound(self) -> float:
        """The least seconds in which the last reply can be whole."""
        return bound(self.load.replies, self.load.channels, WAIT + SPREAD)


NAMES = {OURS: "ours", RETRYING: "plain, retry handler", PLAIN: "plain"}
"""The plain bot with slack_sdk's AsyncRateLimitErrorRetryHandler as it comes, and without."""


def loads(channels: int | None) -> Sequence[FanoutLoad]:
    """What is tried: as a team would ask, or in so many channels, and twenty in one channel."""
    usual = {1: 1, 5: 5, 20: 10, 100: 10}
    several = [FanoutLoad(replies, min(replies, channels or usual[replies])) for replies in usual]
    return list(dict.fromkeys([*several[:3], FanoutLoad(20, 1), several[3]]))


async def measure(folder: Path, channels: int | None = None) -> list[Goal]:
    """Measure and print; returns the goals."""
    tried = loads(channels)
    bare = [load for load in tried if load.replies in (5, 20) and load.channels > 1]
    taken = []
    for bot, given in ((RETRYING, tried), (PLAIN, bare), (OURS, tried)):
        for load in given:
            own = folder / f"{bot}-{load.replies}-{load.channels}"
            own.mkdir()
            taken.append(await _take(bot, load, own))
    _show(taken)
    return [goal for each in taken if each.bot == OURS for goal in _goals(each)]


async def _take(name: str, load: FanoutLoad, folder: Path) -> FanoutFigures:
    """Put one bot under one load."""
    async with open_model(SCRIPT) as model, open_bot(name, model, folder, Limits(), MANY) as bot:
        threads = Threads(bot.workspace, "".join(PIECES))
        await bot.rest()
        asked = await asyncio.gather(*(bot.ask(number % load.channels) for number in range(load.replies)))
        await _settled(bot, model, [threads.of[each.ts] for each in asked])
        taken = FanoutFigures(name, load, limited=bot.watch.limited)
        for each in asked:
            _note(taken, bot, each.ts, threads.of[each.ts], model.ends.get(each.number, inf))
    return taken


def _note(taken: FanoutFigures, bot: Bot, ts: str, thread: WatchedThread, end: float) -> None:
    moments = bot.watch.turns[ts]
    after = max(0.0, thread.whole - end)
    taken.after.append(after if thread.whole and after <= WHOLE_WITHIN else inf)
    taken.first.append(moments.first - moments.sent if moments.first else inf)
    taken.interim.append(max(0, thread.versions - bool(thread.whole)))


async def _settled(bot: Bot, model: Model, threads: Sequence[WatchedThread]) -> None:
    """Wait until all is whole and stays so, or nothing more is to be expected."""
    began, ahead = time.perf_counter(), WAIT + SPREAD
    while not all(thread.whole for thread in threads):
        await asyncio.sleep(0.2)
        now = time.perf_counter()
        if now - max([began + ahead, *model.ends.values()]) > WHOLE_WITHIN:
            return
        if bot.name != OURS and now - max(began + ahead, bot.watch.called) > QUIET:
            return
    await asyncio.sleep(1.5)
    await bot.rest()


def _goals(taken: FanoutFigures) -> list[Goal]:
    load, most = taken.load, {5: 2.0, 20: 5.0}
    if load.replies == 1 or load.channels == 1:
        return []
    what = f"{load.replies} at once, {load.channels} channels:"
    goals = [
        Goal(f"{what} replies not whole", taken.missing, 0),
        Goal(f"{what} calls refused with 429", taken.limited.total(), 0),
    ]
    if load.replies in most:
        late = Goal(f"{what} seconds after the model's end (p95)", _p95(taken.after), most[load.replies], " s")
    else:
        late = Goal(f"{what} seconds after the model's end (max)", max(taken.after), taken.bound + LEEWAY, " s")
    return [*goals, late]


def _show(taken: Sequence[FanoutFigures]) -> None:
    columns = ("replies, channels", "whole", "median", "p95", "max", "bound", "429", "first text", "p95", "interim")
    for bot, name in NAMES.items():
        if not (rows := [_row(each) for each in taken if each.bot == bot]):
            continue
        show(f"At once, {name}: seconds from the model's end to the whole reply ({SPREAD:g} s answers)", columns, rows)
    for each in taken:
        if each.limited:
            refused = ", ".join(f"{method} {count}" for method, count in each.limited.most_common())
            print(f"429, {NAMES[each.bot]}, {each.load.replies} in {each.load.channels}: {refused}")


def _row(taken: FanoutFigures) -> tuple[str, ...]:
    replies, whole = taken.load.replies, taken.load.replies - taken.missing
    return (
        f"{replies} in {taken.load.channels}",
        f"{whole} ({100 * whole // replies} %)",
        *map(_seconds, (median(taken.after), _p95(taken.after), max(taken.after), taken.bound)),
        str(taken.limited.total()),
        *map(_seconds, (median(taken.first), _p95(taken.first))),
        f"{mean(taken.interim):.1f} ({min(taken.interim)}–{max(taken.interim)})",
    )


def _p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 keep to, which may be never."""
    return sorted(times)[ceil(0.95 * len(times)) - 1]


def _seconds(value: float) -> str:
    return "never" if value == inf else f"{value:.2f}"
