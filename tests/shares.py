"""With ``--dist each``, a worker collects and runs the files that are its share, where otherwise each collects all."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.outside import FOLDERS

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

HERE = Path(__file__).parent


class Shares:
    """Which files of tests are the others' share, by their length alone."""

    def __init__(self, config: pytest.Config) -> None:
        given = getattr(config, "workerinput", {})
        self._others = _others(int(given["workerid"][2:]), given["workercount"]) if given.get("shares") else frozenset()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: "WorkerController") -> None:
        node.workerinput["shares"] = node.config.option.dist == "each"

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        return True if collection_path in self._others else None


def _others(mine: int, workers: int) -> frozenset[Path]:
    """Which files are shared out to other workers: the longest first, each to whoever has least by then.

    Those that are never quick come last, so that shares of quick ones are alike.
    """
    lengths, others = [0] * workers, set()
    for path in sorted(HERE.rglob("test_*.py"), key=lambda path: (f"{path}".startswith(FOLDERS), -_length(path), path)):
        worker = lengths.index(min(lengths))
        lengths[worker] += _length(path)
        if worker != mine:
            others.add(path)
    return frozenset(others)


def _length(path: Path) -> int:
    return path.stat().st_size
