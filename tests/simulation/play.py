"""Plays a plan and judges it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.simulation.deeds import Plan
from tests.simulation.director import Director
from tests.simulation.figures import Figures, figures
from tests.simulation.gather import gather
from tests.simulation.judge import Flaw, Wrong, judge
from tests.simulation.settle import settle
from tests.simulation.simulation_stage import open_stage
from tests.simulation.story import stories, traffic

SETTLE_WITHIN = 90.0
BORNE: Collection[Wrong] = frozenset()
"""Flaws that are counted but break nothing."""


@dataclass(frozen=True)
class PlayedPlan:
    """What came of a plan."""

    plan: Plan
    figures: Figures
    flaws: Sequence[Flaw]
    """What breaks an invariant."""
    borne: Sequence[Flaw]
    """What is only counted."""
    told: str
    """The stories of the threads in which something went wrong."""
    seconds: float


def _untold(_: int, __: int) -> None:
    """Progress of which nobody wants to hear."""


async def play(
    plan: Plan,
    folder: Path,
    *,
    settings: Mapping[str, str] | None = None,
    borne: Collection[Wrong] = BORNE,
    progress: Callable[[int, int], None] = _untold,
    settle_within: float = SETTLE_WITHIN,
) -> PlayedPlan:
    """Play a plan in an empty folder; ``borne`` are the flaws that are no failure."""
    began = monotonic()
    async with open_stage(plan, folder, settings or {}) as stage:
        director = Director(stage)
        await director.play(progress)
        met = director.met
        unsettled = await settle(stage, settle_within)
        await stage.bots.close()
        (folder / "traffic.log").write_text("\n".join(traffic(stage)))
        evidence = gather(stage, unsettled)
        found = judge(evidence)
        flaws = [flaw for flaw in found if flaw.wrong not in borne]
        return PlayedPlan(
            plan,
            figures(stage, director, met, evidence, found),
            flaws,
            [flaw for flaw in found if flaw.wrong in borne],
            "\n".join(stories(stage, evidence, flaws)),
            monotonic() - began,
        )
