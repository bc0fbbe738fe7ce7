"""Short answers, ours and the plain bot's by turns: what a bot adds to the model's time, and how soon it is ready.

The model begins after 50 ms, and then has all of an answer at once, in a few pieces: what people wait for beyond that
is the bot's own. Ours runs twice, with titles and summaries as by default, and with neither, since the plain bot makes
none. The bots take turns every few answers, so that noise hits them alike.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.instructions import NOT_COUNTED, counting, of_a_turn
from benchmarks.measured_bots import CHANNELS, OURS, PLAIN, Bot, open_bot
from benchmarks.model import FIRST, LAST, Model, Script, open_model
from benchmarks.report import Goal, p95, show
from chathakase.playground.web_api.tiers import NoLimits

MODEL_DELAY = 0.05
SHORT = Script((f"{FIRST}, ", "a thread ", "is ", "it, yes. ", LAST), MODEL_DELAY, 0.0)
"""40 characters."""
PASSES = 3
"""Turns in each channel."""
AT_A_TIME = 8
"""Channels in which a bot takes a turn, one after the other, before another bot has its go."""
STARTS = 5

WITHOUT = "no titles"
KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    OURS: (OURS, {"CHATHAKASE_BACKGROUND_MODEL": ""}),
    WITHOUT: (OURS, {"CHATHAKASE_BACKGROUND_MODEL": "off"}),
    PLAIN: (PLAIN, {}),
}
"""What is compared: the bot of each kind, and its settings."""


@dataclass(slots=True)
class ShortTurnFigures:
    """What was measured of one kind; seconds, and the latencies without the model's delay."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    cpu: float = 0.0
    """Of all turns."""
    instructions: list[int | None] = field(default_factory=list)
    """Of the turns that it took in a go."""
    memory: float = 0.0
    """MiB after all turns."""
    new: list[float] = field(default_factory=list)
    """From the start of its process until it is connected, where there is no database yet."""
    again: list[float] = field(default_factory=list)
    """The same where there is one."""


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    taken = {kind: ShortTurnFigures() for kind in KINDS}
    async with open_model(SHORT) as model:
        for number in range(STARTS):
            await _start(model, folder / f"start-{number}", taken)
        await _talk(model, folder / "talk", taken)
    _show(taken)
    return _goals(taken)


@asynccontextmanager
async def _open(kind: str, model: Model, folder: Path) -> AsyncIterator[Bot]:
    name, settings = KINDS[kind]
    async with open_bot(name, model, folder / kind, NoLimits(), settings) as bot:
        yield bot


async def _start(model: Model, folder: Path, taken: Mapping[str, ShortTurnFigures]) -> None:
    """Start each twice."""
    for kind, own in taken.items():
        for seconds in (own.new, own.again):
            async with _open(kind, model, folder) as bot:
                seconds.append(bot.ready)


async def _talk(model: Model, folder: Path, taken: Mapping[str, ShortTurnFigures]) -> None:
    async with AsyncExitStack() as stack:
        bots = [(own, await stack.enter_async_context(_open(kind, model, folder))) for kind, own in taken.items()]
        for _, bot in bots:
            await bot.turns(1)
        for number in range(PASSES * CHANNELS // AT_A_TIME):
            first = number % len(bots)
            for own, bot in (*bots[first:], *bots[:first]):
                await _go(bot, own)
        for own, bot in bots:
            own.memory = bot.usage.memory()


async def _go(bot: Bot, taken: ShortTurnFigures) -> None:
    async with counting(bot.usage.pid) as count:
        began = bot.usage.cpu()
        for _ in range(AT_A_TIME):
            moments = await bot.turn()
            taken.first.append(moments.first - moments.sent - MODEL_DELAY)
            taken.whole.append(moments.last - moments.sent - MODEL_DELAY)
        await bot.rest()
        taken.cpu += bot.usage.cpu() - began
    taken.instructions.append(count.instructions)


def _goals(taken: Mapping[str, ShortTurnFigures]) -> list[Goal]:
    ours, without, plain = (taken[kind] for kind in KINDS)
    return [
        Goal("short: first text, ours / plain", median(ours.first) / median(plain.first), 1.0),
        Goal("short: whole answer, ours / plain", median(ours.whole) / median(plain.whole), 0.8),
        Goal("short: CPU, ours / plain", ours.cpu / plain.cpu, 1.2),
        Goal("short: CPU, no titles / plain", without.cpu / plain.cpu, 1.0),
        Goal("short: resident memory", ours.memory, 95, " MiB"),
        Goal("short: first start, ours / plain", median(ours.new) / median(plain.new), 1.3),
        Goal("short: start, ours / plain", median(ours.again) / median(plain.again), 1.3),
    ]


def _show(taken: Mapping[str, ShortTurnFigures]) -> None:
    each = list(taken.values())
    turns = len(each[0].first)
    show(
        f"Short answers, without the model's delay ({turns} turns, {STARTS} starts each; in brackets: of {PLAIN})",
        ("", *KINDS),
        [
            _row("first text, ms", [median(own.first) * 1000 for own in each]),
            _row("  p95", [p95(own.first) * 1000 for own in each]),
            _row("whole answer, ms", [median(own.whole) * 1000 for own in each]),
            _row("  p95", [p95(own.whole) * 1000 for own in each]),
            _row("CPU, ms", [own.cpu / turns * 1000 for own in each]),
            _row_of_instructions([of_a_turn(own.instructions, turns) for own in each]),
            _row("memory, MiB", [own.memory for own in each]),
            _row("first start, s", [median(own.new) for own in each], digits=2),
            _row("start, s", [median(own.again) for own in each], digits=2),
        ],
    )


def _row_of_instructions(values: Sequence[float | None]) -> tuple[str, ...]:
    known = [value for value in values if value is not None]
    what = "instructions, millions"
    return _row(what, known) if len(known) == len(values) else (what, *(NOT_COUNTED for _ in values))


def _row(what: str, values: Sequence[float], *, digits: int = 1) -> tuple[str, ...]:
    """Values of each, ours with how many times the plain bot's they are."""
    *ours, plain = values
    return what, *(f"{value:.{digits}f} ({value / plain:.2f})" for value in ours), f"{plain:.{digits}f}"
