"""With ``--dist each``, each file of tests is the share of one worker."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.outside import FOLDERS
from tests.shares import Shares

FILES = sorted(Path(__file__).parent.rglob("test_*.py"))


def shares(workers: int, given: bool = True) -> list[list[Path]]:
    """Which files each of so many workers collects."""
    inputs = [{"workerid": f"gw{n}", "workercount": workers, "shares": given} for n in range(workers)]
    plugins = [Shares(SimpleNamespace(workerinput=each)) for each in inputs]  # type: ignore[arg-type]
    return [[path for path in FILES if not plugin.pytest_ignore_collect(path)] for plugin in plugins]


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_each_file_is_collected_once(workers: int) -> None:
    assert sorted(path for share in shares(workers) for path in share) == FILES


@pytest.mark.parametrize("quick", [False, True], ids=["all", "quick"])
def test_shares_are_alike(quick: bool) -> None:
    lengths = [
        sum(path.stat().st_size for path in share if not quick or not f"{path}".startswith(FOLDERS))
        for share in shares(2)
    ]
    assert max(lengths) < 1.01 * min(lengths)


def test_where_tests_are_handed_out_one_by_one_each_worker_collects_all() -> None:
    assert shares(2, given=False) == [FILES, FILES]
