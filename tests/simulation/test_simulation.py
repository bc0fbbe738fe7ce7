"""Short simulations, and all plans that found bugs. ``python -m tests.simulation`` plays long ones."""

from pathlib import Path

import pytest

from tests.simulation.deeds import Plan
from tests.simulation.judge import Wrong
from tests.simulation.plan import Scale, make_plan
from tests.simulation.play import play
from tests.simulation.regressions import REGRESSIONS

SCALE = Scale(turns=24, kills=2)
BORNE = {Wrong.UNKNOWN}
"""Nobody can look for what was said where the bot does not know that it is."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [326, 328, 329])
async def test_nothing_is_lost_doubled_mixed_up_or_left_over(seed: int, tmp_path: Path) -> None:
    outcome = await play(make_plan(seed, SCALE), tmp_path, borne=BORNE)
    assert not outcome.flaws, outcome.told


@pytest.mark.timeout(120)
@pytest.mark.parametrize("plan", REGRESSIONS.values(), ids=REGRESSIONS)
async def test_no_bug_comes_back(plan: Plan, tmp_path: Path) -> None:
    outcome = await play(plan, tmp_path, settle_within=30.0)
    assert not outcome.flaws, outcome.told
