"""The days for which threads are listed, on the clock of whoever asks."""

from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from chathakase.core.listing import ThreadFilter
from chathakase.core.moments import DAY
from chathakase.engine.listings.list_request import ListRequest
from chathakase.engine.listings.person_threads import within

SOME = ThreadFilter(words="tea")


def test_a_day_is_one_on_the_clock_of_whoever_asks() -> None:
    request = ListRequest(since=date(1970, 1, 2), until=date(1970, 1, 3))
    assert within(SOME, request, UTC) == ThreadFilter(words="tea", since=DAY, until=3 * DAY)
    west = timezone(timedelta(hours=-1))
    assert within(SOME, request, west).since == DAY + 3_600_000


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")])
@pytest.mark.parametrize("day", [date.min, date(1969, 12, 31), date.max])
def test_any_day_that_there_is_may_be_named(day: date, zone: ZoneInfo) -> None:
    assert within(SOME, ListRequest(since=day), zone).until == 0
    # No day is without an end but the last.
    assert (within(SOME, ListRequest(until=day), zone).until == 0) == (day == date.max)
