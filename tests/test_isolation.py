"""A test finds no setting of the machine, and leaves nothing behind."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.usefixtures("outside")

CONFTEST = """
from tests.isolation import Isolation

def pytest_configure(config): config.pluginmanager.register(Isolation())
"""
TESTS = """
import os
from pathlib import Path

def test_finds_no_setting(): assert "CHATHAKASE_MODEL" not in os.environ and "PATH" in os.environ
def test_finds_no_file(): assert not list(Path().iterdir())
def test_leaves_a_setting(): os.environ["SLACK_BOT_TOKEN"] = "xoxb-1"
def test_leaves_a_file(): Path("sessions.db").touch()
def test_leaves_a_folder(): Path("uploads", "many").mkdir(parents=True)
def test_leaves_a_link(tmp_path): Path("linked").symlink_to(tmp_path)
def test_goes_elsewhere(tmp_path_factory):
    os.chdir(tmp_path_factory.getbasetemp())
    Path("elsewhere").touch()
def test_finds_what_is_elsewhere(tmp_path_factory): assert (tmp_path_factory.getbasetemp() / "elsewhere").exists()
def test_finds_nothing_of_the_others(): assert not list(Path().iterdir()) and "SLACK_BOT_TOKEN" not in os.environ
def test_sets_for_itself(monkeypatch): monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
def test_writes_elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("sessions.db").touch()
"""


def test_who_leaves_something_behind_fails_and_the_next_does_not_find_it(
    monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester
) -> None:
    monkeypatch.setenv("CHATHAKASE_MODEL", "gpt-5")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    before = set(Path.cwd().iterdir())
    result = pytester.runpytest("-p", "no:asyncio", "-p", "no:looptime_plugin", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=11, errors=4)
    told = [line for line in result.outlines if line.startswith("It left ")]
    assert told == [f"It left {what} behind." for what in ("SLACK_BOT_TOKEN", "sessions.db", "uploads", "linked")]
    assert {path.name for path in set(Path.cwd().iterdir()) - before} <= {"__pycache__"}
