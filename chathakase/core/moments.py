"""How moments are written, for people and for programs. Pure, but for what the system knows of time zones."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

DAY = 86_400_000
"""Milliseconds."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 30, tzinfo=UTC)
"""Nothing that is told lies behind it, whatever a surface may say."""


def day_and_time(microseconds: int, clock: tzinfo = UTC) -> str:
    """An epoch time on a clock: ``2026-11-21 14:05``."""
    return _moment(microseconds).astimezone(clock).strftime("%Y-%m-%d %H:%M")


def clock_in(zone: str, offset: int) -> tzinfo:
    """The clock of a time zone; one that is always ``offset`` seconds ahead of UTC where the zone is not known here."""
    try:
        return ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        return timezone(timedelta(seconds=offset))


def iso(microseconds: int) -> str:
    """An epoch time as ISO 8601 has it, in UTC: ``2026-11-21T14:05:09.250Z``."""
    return _moment(microseconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(microseconds: int) -> datetime:
    """A moment; one that no calendar has is moved to the nearest that it has."""
    try:
        return min(EPOCH + timedelta(microseconds=max(microseconds, 0)), LAST)
    except OverflowError:
        return LAST
