"""Whatever fails while an answer is written: it stands in Slack once, or whoever asked hears that it does not."""

import pytest

from tests.end_to_end.faults.matrix import run
from tests.end_to_end.faults.steps import STEPS

pytestmark = pytest.mark.long


@pytest.mark.timeout(400)
@pytest.mark.parametrize("calls", STEPS)
async def test_no_failing_call_loses_or_doubles_an_answer(calls: str) -> None:
    wrong = [str(result) for result in await run(STEPS[calls]) if result.wrong]
    assert not wrong, "\n".join(["", *wrong])
