"""With ``--share 2/3``, the second of three processes collects and runs the files that are its share."""

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from tests.selection import is_never_quick

HERE = Path(__file__).parent


def share(given: str) -> tuple[int, int]:
    """Which of how many shares is meant, from 1 on. Raises ArgumentTypeError."""
    number, _, shares = given.partition("/")
    if not (number.isdecimal() and shares.isdecimal() and 0 < int(number) <= int(shares)):
        raise ArgumentTypeError("it is no share such as 2/3")
    return int(number), int(shares)


class Shares:
    """Which files of tests are the others' share, by their length alone."""

    def __init__(self, config: pytest.Config) -> None:
        self._others = _others(*config.option.share)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        return True if collection_path in self._others else None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what was collected since its file was asked for by name."""
        config.hook.pytest_deselected(items=[item for item in items if item.path in self._others])
        items[:] = [item for item in items if item.path not in self._others]


def _others(mine: int, shares: int) -> frozenset[Path]:
    """Which files are shared out to others: the longest first, each to whoever has least by then.

    Those that are never quick come last, so that shares of quick ones are alike.
    """
    lengths, others = [0] * shares, set()
    for path in sorted(HERE.rglob("test_*.py"), key=lambda path: (is_never_quick(path), -_length(path), path)):
        number = lengths.index(min(lengths))
        lengths[number] += _length(path)
        if number + 1 != mine:
            others.add(path)
    return frozenset(others)


def _length(path: Path) -> int:
    return path.stat().st_size
