"""Moments read the same for everybody who reads them."""

from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.moments import clock_in, day_and_time, iso

AFTERNOON = 1_795_270_509_250_000
DAY = 86_400_000_000


def test_a_moment_for_people_and_for_programs() -> None:
    assert iso(AFTERNOON) == "2026-11-21T14:15:09.250Z"
    assert day_and_time(AFTERNOON) == "2026-11-21 14:15"


def test_a_moment_on_somebodys_own_clock() -> None:
    assert day_and_time(AFTERNOON, clock_in("Asia/Tokyo", 9 * 3600)) == "2026-11-21 23:15"
    assert day_and_time(AFTERNOON, clock_in("Etc/GMT+12", -12 * 3600)) == "2026-11-21 02:15"


@pytest.mark.skipif(isinstance(clock_in("Europe/Amsterdam", 0), timezone), reason="no time zones are known here")
def test_a_moment_before_the_clocks_were_changed() -> None:
    assert day_and_time(AFTERNOON - 60 * DAY, clock_in("Europe/Amsterdam", 3600)) == "2026-09-22 16:15"


@pytest.mark.parametrize("zone", ["", "Nowhere/Atlantis", "Europe", "../Asia/Tokyo", "a" * 999, "a\0", "\udc80"])
def test_a_zone_that_is_not_known_here_has_the_clock_of_its_offset(zone: str) -> None:
    assert day_and_time(AFTERNOON, clock_in(zone, -15 * 3600)) == "2026-11-20 23:15"


@given(st.integers(min_value=-(10**30), max_value=10**30), st.integers(min_value=-50_000, max_value=50_000))
def test_whatever_a_surface_says_is_a_moment(microseconds: int, offset: int) -> None:
    assert len(iso(microseconds)) == 24
    assert len(day_and_time(microseconds, clock_in("", offset))) == 16
    assert len(day_and_time(microseconds, clock_in("Asia/Tokyo", offset))) == 16
