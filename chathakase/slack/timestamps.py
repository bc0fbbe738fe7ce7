"""When something was posted, as Slack's ``ts`` tells. Pure."""

import re

TIMESTAMP = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


def microseconds(ts: str) -> int:
    """When a message was said, in epoch microseconds, which is what Slack's ``ts`` is made of."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(f"{fraction:0<6.6}")


def ts_of(said: int) -> str:
    """A time in epoch microseconds as Slack writes it."""
    return f"{said // 1_000_000}.{said % 1_000_000:06d}"


def time_of(ts: object) -> int:
    """Epoch microseconds; 0 for whatever is no ``ts``."""
    return microseconds(ts) if isinstance(ts, str) and TIMESTAMP.fullmatch(ts) else 0
