"""For work in between, long tables are thinned as generated examples are."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytest_plugins = ["pytester"]

CONFTEST = """
from tests.examples import WHOLE, Thinning
from hypothesis import settings

settings.load_profile(WHOLE)

def pytest_configure(config): config.pluginmanager.register(Thinning())
"""
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(250))
def test_of_a_long_table(number): pass
@pytest.mark.parametrize("number", range(11))
def test_of_a_table(number): pass
@pytest.mark.parametrize("number", range(10))
def test_of_a_short_table(number): pass
def test_of_none(): pass
"""


@pytest.mark.parametrize(
    ("profile", "long", "usual"),
    [
        ("whole", list(range(250)), list(range(11))),
        ("tenth", [place * 249 // 24 for place in range(25)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]),
    ],
)
@pytest.mark.usefixtures("outside")
def test_so_many_rows_are_tried(profile: str, long: list[int], usual: list[int], pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    pytester.syspathinsert(ROOT)
    # In a process of its own, since what is loaded there stays loaded.
    arguments = ("-p", "no:asyncio", "-p", "no:looptime_plugin", "--hypothesis-profile", profile)
    result = pytester.runpytest_subprocess(*arguments, "--collect-only", "-q")
    names = [line.split("::")[1] for line in result.outlines if "::" in line]
    assert names == [
        *(f"test_of_a_long_table[{number}]" for number in long),
        *(f"test_of_a_table[{number}]" for number in usual),
        *(f"test_of_a_short_table[{number}]" for number in range(10)),
        "test_of_none",
    ]
