"""Whole turns, ours and the plain bot's by turns: the latency that a bot adds, and the CPU that it uses.

Both kinds of turn share a round, so that our bot's own pace (Slack lets it edit about 50 times a minute) has got over
one batch when the next one comes, and holds back no text that the plain bot shows.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.instructions import NOT_COUNTED, counting, of_a_turn
from benchmarks.measured_bots import Bot, open_bots
from benchmarks.model import Model, answer, open_model, whole
from benchmarks.report import Goal, p95, show

ROUNDS = 8
ROUND_SECONDS = 14.0
QUICK_TURNS = 8
"""Turns in a round whose latency is taken, one after the other."""
LONG_TURNS = 5
"""Turns in a round whose CPU is taken, all at a time."""

MODEL_DELAY = 0.05
QUICK = whole(200, wait=MODEL_DELAY, hold=0.1)
LONG = answer(300, wait=MODEL_DELAY, spread=2.0)


@dataclass(slots=True)
class TurnFigures:
    """What was measured of one bot; latencies in seconds without the model's delay, CPU in seconds by round."""

    latencies: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    instructions: list[int | None] = field(default_factory=list)
    """By round."""
    calls: Counter[str] = field(default_factory=Counter)
    envelopes: int = 0


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    taken = {"ours": TurnFigures(), "plain": TurnFigures()}
    async with open_model(QUICK) as model, open_bots(model, folder) as bots:
        for bot in bots:
            await bot.turns(1)
        for number in range(ROUNDS):
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(ROUND_SECONDS if number < ROUNDS - 1 else 0))
                await _round(model, bots if number % 2 else bots[::-1], taken)
    _show(taken["ours"], taken["plain"])
    return _goals(taken["ours"], taken["plain"])


async def _round(model: Model, bots: tuple[Bot, ...], taken: dict[str, TurnFigures]) -> None:
    model.script = QUICK
    for _ in range(QUICK_TURNS):
        for bot in bots:
            moments = await bot.turn()
            taken[bot.name].latencies.append(moments.first - moments.sent - MODEL_DELAY)
            await bot.rest()
    model.script = LONG
    for bot in bots:
        await _batch(bot, taken[bot.name])


async def _batch(bot: Bot, taken: TurnFigures) -> None:
    cpu, calls, envelopes = bot.usage.cpu(), bot.watch.calls.copy(), bot.watch.envelopes
    async with counting(bot.usage.pid) as count:
        await bot.turns(LONG_TURNS)
        taken.cpu.append(bot.usage.cpu() - cpu)
    taken.instructions.append(count.instructions)
    taken.calls += bot.watch.calls - calls
    taken.envelopes += bot.watch.envelopes - envelopes


def _goals(ours: TurnFigures, plain: TurnFigures) -> list[Goal]:
    return [
        Goal("added latency, ours / plain (medians)", median(ours.latencies) / median(plain.latencies), 1.0),
        Goal("CPU per turn, ours / plain", sum(ours.cpu) / sum(plain.cpu), 0.8),
    ]


def _show(ours: TurnFigures, plain: TurnFigures) -> None:
    turns = len(ours.latencies)
    show(
        f"Added latency: event sent to first model text, without the model's delay ({turns} turns each)",
        ("milliseconds", "ours", "plain", "ours / plain"),
        [
            _row("median", median(ours.latencies) * 1000, median(plain.latencies) * 1000),
            _row("p95", p95(ours.latencies) * 1000, p95(plain.latencies) * 1000),
        ],
    )
    long = LONG_TURNS * ROUNDS
    ratios = sorted(mine / other for mine, other in zip(ours.cpu, plain.cpu, strict=True))
    show(
        f"CPU per turn: 300 chunks over 2 s, {LONG_TURNS} turns at a time ({long} turns each)",
        ("per turn", "ours", "plain", "ours / plain"),
        [
            _row("CPU, milliseconds", sum(ours.cpu) / long * 1000, sum(plain.cpu) / long * 1000),
            ("  rounds, least to most", "", "", f"{ratios[0]:.2f} – {ratios[-1]:.2f}"),
            _row_of_instructions(of_a_turn(ours.instructions, long), of_a_turn(plain.instructions, long)),
            *(
                _row(method, ours.calls[method] / long, plain.calls[method] / long)
                for method in sorted(ours.calls.keys() | plain.calls.keys())
            ),
            _row("events received", ours.envelopes / long, plain.envelopes / long),
        ],
    )


def _row_of_instructions(ours: float | None, plain: float | None) -> tuple[str, ...]:
    what = "instructions, millions"
    return (what, NOT_COUNTED, NOT_COUNTED, "") if ours is None or plain is None else _row(what, ours, plain)


def _row(what: str, ours: float, plain: float) -> tuple[str, ...]:
    return what, f"{ours:.1f}", f"{plain:.1f}", f"{ours / plain:.2f}" if plain else ""
