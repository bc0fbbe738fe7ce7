"""The clock that timeouts and sleeps go by."""

from asyncio import get_running_loop


def monotonic() -> float:
    """Seconds by the running loop's own clock, so that what is measured and what is waited for pass together."""
    return get_running_loop().time()
