"""What was acknowledged is there whenever the process, or the machine, stops."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.database_stores import DatabaseStores

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
KILLS = 120


async def test_a_commit_waits_for_the_disk(stores: DatabaseStores) -> None:
    """``FULL`` (2): https://www.sqlite.org/pragma.html#pragma_synchronous."""
    writer = stores.database._writer
    assert list(await writer.execute_fetchall("PRAGMA synchronous")) == [(2,)]
    assert list(await writer.execute_fetchall("PRAGMA journal_mode")) == [("wal",)]


@pytest.mark.usefixtures("outside")
def test_what_was_told_survives_the_death_of_the_process_at_that_instant(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.storage.crash_after_acks", tmp_path, str(KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{KILLS} kills")
    print(ran.stdout, end="")  # noqa: T201 - shown with -s
