"""Short simulations, and all plans that found bugs. ``python -m tests.simulation`` plays long ones."""

import asyncio
from pathlib import Path

import pytest

from tests.simulation.judge import Wrong
from tests.simulation.plan import Scale, make_plan
from tests.simulation.play import play
from tests.simulation.regressions import REGRESSIONS

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("outside")]

SPARSE, DENSE = Scale(turns=24, kills=2), Scale(turns=40, kills=5, kill_interval=2.0)
BORNE = {Wrong.UNKNOWN}
"""Nobody can look for what was said where the bot does not know that it is."""
AT_ONCE = 3
"""Plans that are played side by side; they wait most of the time."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("seed", "scale"), [(326, SPARSE), (329, SPARSE), (9001, DENSE)], ids=["326", "329", "9001, dense"]
)
async def test_nothing_is_lost_doubled_mixed_up_or_left_over(seed: int, scale: Scale, tmp_path: Path) -> None:
    outcome = await play(make_plan(seed, scale), tmp_path, borne=BORNE)
    assert not outcome.flaws, outcome.told


@pytest.mark.timeout(400)
@pytest.mark.parametrize("first", range(0, len(REGRESSIONS), AT_ONCE))
async def test_no_bug_comes_back(first: int, tmp_path: Path) -> None:
    async def told(name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        outcome = await play(REGRESSIONS[name], folder, settle_within=60.0)
        return f"{name}: {outcome.told}" if outcome.flaws else ""

    names = list(REGRESSIONS)[first : first + AT_ONCE]
    stories = [story for story in await asyncio.gather(*map(told, names)) if story]
    assert not stories, "\n\n".join(stories)
