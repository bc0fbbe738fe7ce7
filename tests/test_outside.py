"""Tests that reach out of their process say so."""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest, sys
from tests.outside import OutsideGuard

def pytest_configure(config):
    guard = OutsideGuard()
    config.pluginmanager.register(guard)
    sys.addaudithook(guard.hear)

@pytest.fixture(scope="session")
def outside(): pass

@pytest.fixture
def server(outside): pass

@pytest.fixture
def database(): pass
"""
TESTS = """
import asyncio, socket, subprocess, sys
from contextlib import suppress
import pytest

def reach():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))

def test_listens(): reach()
def test_goes_on_regardless():
    with suppress(Exception): reach()
def test_starts_a_process(): subprocess.run([sys.executable, "-c", ""])
def test_asks_for_it(outside): reach()
def test_asks_through_another(server): reach()
@pytest.mark.usefixtures("outside")
def test_is_marked(): reach()
@pytest.mark.long
def test_takes_long(): pass
@pytest.mark.slow
def test_is_slow(): pass
def test_has_a_file(database): pass
def test_has_a_loop(): asyncio.run(asyncio.sleep(0))
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester, outside: None) -> pytest.Pytester:
    # Where these are set, what pytest tells at the end is told in full, and so a second time.
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\nmarkers =\n    quick\n    long\n    slow\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    return pytester


def test_who_does_not_say_so_fails_even_when_the_error_is_caught(run: pytest.Pytester) -> None:
    result = run.runpytest("-p", "no:asyncio", "-p", "no:looptime_plugin")
    result.assert_outcomes(passed=8, failed=2, errors=3)
    assert result.stdout.str().count("did not ask for the fixture `outside`") == 3


def test_who_says_so_is_not_quick(run: pytest.Pytester) -> None:
    result = run.runpytest("-p", "no:asyncio", "-p", "no:looptime_plugin", "-m", "quick", "--collect-only", "-q")
    names = [line.split("::")[1] for line in result.outlines if "::" in line]
    assert names == ["test_listens", "test_goes_on_regardless", "test_starts_a_process", "test_has_a_loop"]
