"""Of several processes that run tests at once, each has its share of the files."""

import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.parallel import main
from tests.selection import is_never_quick
from tests.shares import Shares, share

ROOT = Path(__file__).parents[1]
FILES = sorted(Path(__file__).parent.rglob("test_*.py"))


def shares(number: int) -> list[list[Path]]:
    """Which files each of so many processes collects."""
    options = [SimpleNamespace(share=share(f"{each}/{number}")) for each in range(1, number + 1)]
    plugins = [Shares(SimpleNamespace(option=each)) for each in options]  # type: ignore[arg-type]
    return [[path for path in FILES if not plugin.pytest_ignore_collect(path)] for plugin in plugins]


@pytest.mark.parametrize("number", [1, 2, 3, 7])
def test_each_file_is_collected_once(number: int) -> None:
    assert sorted(path for each in shares(number) for path in each) == FILES


@pytest.mark.parametrize("quick", [False, True], ids=["all", "quick"])
def test_shares_are_alike(quick: bool) -> None:
    lengths = [sum(path.stat().st_size for path in each if not quick or not is_never_quick(path)) for each in shares(2)]
    assert max(lengths) < 1.01 * min(lengths)


@pytest.mark.parametrize("odd", ["", "2", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3"])
def test_what_is_no_share_is_refused(odd: str) -> None:
    with pytest.raises(ArgumentTypeError):
        share(odd)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["tests/test_shares.py", "-k", "refused"], pytest.ExitCode.OK),
        (["tests/test_shares.py", "-k", "nothing_of_the_kind"], pytest.ExitCode.NO_TESTS_COLLECTED),
        (["tests/test_shares.py", "--nothing-of-the-kind"], pytest.ExitCode.USAGE_ERROR),
    ],
)
def test_a_test_is_run_once_and_how_it_went_is_told(arguments: list[str], code: pytest.ExitCode) -> None:
    command = [sys.executable, "-m", "tests.parallel", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.count("8 passed") == (code == pytest.ExitCode.OK)


def test_one_failure_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside: None) -> None:
    monkeypatch.chdir(ROOT)
    failing = tmp_path / "test_it.py"
    failing.write_text("def test_refused(): assert False")
    arguments = ["-c", "pyproject.toml", "-q", "-k", "refused", "tests/test_shares.py", f"{failing}"]
    assert main(arguments) == pytest.ExitCode.TESTS_FAILED
