"""The memory that both bots hold after their start and after many turns."""

from pathlib import Path

from benchmarks.measured_bots import open_bots
from benchmarks.model import open_model, whole
from benchmarks.report import Goal, show

TURNS = 200
AT_A_TIME = 10
WHOLE = whole(1500, wait=0.0, hold=0.1)


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goal."""
    async with open_model(WHOLE) as model, open_bots(model, folder) as bots:
        for bot in bots:
            await bot.rest()
        before = [bot.usage.memory() for bot in bots]
        for _ in range(TURNS // AT_A_TIME):
            for bot in bots:
                await bot.turns(AT_A_TIME)
        after = [bot.usage.memory() for bot in bots]
    rows = [
        ("after the start", *(f"{value:.1f}" for value in before)),
        (f"after {TURNS} turns", *(f"{value:.1f}" for value in after)),
    ]
    show("Resident memory", ("MiB", "ours", "plain"), rows)
    return [Goal(f"resident memory after {TURNS} turns", after[0], 120, " MiB", may_equal=False)]
