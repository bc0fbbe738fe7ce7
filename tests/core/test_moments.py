"""Moments read the same for everybody who reads them."""

from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.moments import day_and_time, iso

AFTERNOON = 1_795_270_509_250_000


def test_a_moment_for_people_and_for_programs() -> None:
    assert iso(AFTERNOON) == "2026-11-21T14:15:09.250Z"
    assert day_and_time(AFTERNOON) == "2026-11-21 14:15"


def test_a_moment_on_somebodys_own_clock() -> None:
    assert day_and_time(AFTERNOON, offset=9 * 3600) == "2026-11-21 23:15"
    assert day_and_time(AFTERNOON, offset=-15 * 3600) == "2026-11-20 23:15"


@given(st.integers(min_value=-(10**30), max_value=10**30), st.integers(min_value=-50_000, max_value=50_000))
def test_whatever_a_surface_says_is_a_moment(microseconds: int, offset: int) -> None:
    assert len(iso(microseconds)) == 24
    assert len(day_and_time(microseconds, offset=offset)) == 16
