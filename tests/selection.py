"""Files that hold nothing of what is selected are not even loaded: most of them, where only a mark is wanted."""

import re
from pathlib import Path

import pytest

from tests.outside import FOLDERS

NEVER_QUICK = re.compile(r'^pytestmark = .*(usefixtures\("outside"\)|mark\.(long|slow))', re.MULTILINE)
LONG = re.compile(r"mark\.long")
ALL_LONG = str(Path(__file__).parent / "browser")
"""A folder where every test is marked so without saying it."""


class Selection:
    """Leaves out files for `-m quick` and `-m long`."""

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        if collection_path.is_dir():
            return (config.option.markexpr == "quick" and f"{collection_path}/".startswith(FOLDERS)) or None
        if not collection_path.match("test_*.py"):
            return None
        match config.option.markexpr:
            case "quick":
                return is_never_quick(collection_path) or None
            case "long":
                return _is_never_long(collection_path) or None
        return None


def is_never_quick(path: Path) -> bool:
    """Whether no test of a file is quick, as far as its text tells."""
    return f"{path}".startswith(FOLDERS) or bool(NEVER_QUICK.search(path.read_text("utf-8")))


def _is_never_long(path: Path) -> bool:
    return not f"{path}".startswith(ALL_LONG) and not LONG.search(path.read_text("utf-8"))
