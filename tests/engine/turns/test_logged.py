"""The log tells of each turn how it ended."""

import asyncio

import pytest

from tests.doubles.engine_stage import open_stage
from tests.doubles.scripted_model import Step
from tests.engine.turns.scripted_answers import OVERLOADED

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([1.0, "Yes."], "outcome=answered characters=4 seconds=1.0"),
        ([1.0, "Well", OVERLOADED], "outcome=partial error=overloaded characters=4 seconds=1.0"),
        ([1.0, OVERLOADED], "outcome=failed error=overloaded characters=0 seconds=1.0"),
        (["Well", 4.0], "outcome=lost seconds=2.0"),
        (["Well", 60.0], "outcome=paused seconds=10.5"),
    ],
)
async def test_the_log_tells_of_each_turn_how_it_ended_and_after_how_long(
    steps: list[Step], outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    await asyncio.sleep(60)
    async with open_stage(steps) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
        if "lost" in outcome:
            stage.lose_the_lease()
    began, ended = (message for message in caplog.messages if message.startswith("turn "))
    assert began.startswith("turn began: ")
    assert ended.endswith(outcome)
