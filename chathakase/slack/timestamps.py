"""When something was posted, as Slack's ``ts`` tells. Pure."""

from chathakase.slack.inward.events import microseconds
from chathakase.slack.inward.fields import TIMESTAMP


def time_of(ts: object) -> int:
    """Epoch microseconds; 0 for whatever is no ``ts``."""
    return microseconds(ts) if isinstance(ts, str) and TIMESTAMP.fullmatch(ts) else 0
