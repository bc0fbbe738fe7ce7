"""What is not loaded holds nothing of what is selected."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNDONE = "from tests.selection import Selection; Selection.pytest_ignore_collect = lambda *_, **__: None\n"
COLLECT = "import pytest, sys; sys.exit(pytest.main(['--collect-only', '-q', '-p', 'no:cacheprovider', *sys.argv[1:]]))"


def collected(expression: str, before: str = "") -> list[str]:
    command = [sys.executable, "-c", before + COLLECT, "-m", expression]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.long
@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("expression", ["quick", "long"])
def test_the_same_tests_are_selected_as_when_all_files_are_loaded(expression: str) -> None:
    assert collected(expression) == collected(expression, UNDONE)
