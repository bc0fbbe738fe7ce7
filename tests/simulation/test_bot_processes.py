"""How a process may end, after what was done to it."""

from pathlib import Path

import pytest

from tests.preloaded import Process
from tests.simulation.bot_processes import COULD_NOT_START, KILLED, STOPPED, Life


@pytest.mark.parametrize(
    ("code", "fate", "stood_still", "said", "complaint"),
    [
        (-9, KILLED, False, "", ""),
        (0, STOPPED, False, "", ""),
        (0, STOPPED, True, "", ""),
        (3, STOPPED, True, "", ""),
        (3, STOPPED, False, "", "process 7, stopped, ended with 3"),
        (3, "", True, "", "process 7, left alone, ended with 3"),
        (-9, STOPPED, True, "", "process 7, stopped, ended with -9"),
        (0, "", False, "", "process 7, left alone, ended with 0"),
        (1, "", False, f"{COULD_NOT_START}: no network", ""),
        (1, "", False, "Traceback", "process 7, left alone, ended with 1"),
    ],
)
def test_an_end_that_nobody_caused_is_wrong(
    code: int, fate: str, stood_still: bool, said: str, complaint: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text(said)
    process = Process(1, None)  # type: ignore[arg-type]
    life = Life(7, 0, log, process, born=0.0, fate=fate, stood_still=stood_still, code=code)
    assert life.complaint == complaint
