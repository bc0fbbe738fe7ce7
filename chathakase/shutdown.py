"""How the process ends: when it is told to, in time whatever hangs, and at once where nothing is left to close."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import NoReturn

CUT_SHORT = 3
"""The exit code when not everything could be closed."""

UNSAID = 1
"""The exit code when what was to be told could not be."""

log = logging.getLogger(__name__)


async def until_told_to_stop() -> None:
    """Wait for a first signal; a second one ends the process at once."""
    stop = asyncio.Event()
    _on_signal(stop.set)
    await stop.wait()
    _on_signal(partial(_cut_short, "Asked to stop twice: stopping immediately"))


def end_within(seconds: float) -> None:
    """End the process in any case, whatever hangs; what is under way is stored, and taken up at the next start."""
    timer = threading.Timer(seconds, _cut_short, ("Something hangs: stopping without it",))
    timer.daemon = True
    timer.start()


def leave(code: int) -> NoReturn:
    """End at once: everything is closed but threads that look up a name, which would hold the process for long."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            # It is closed, or its disk is full.
            code = code or UNSAID
    os._exit(code)


def _on_signal(action: Callable[[], None]) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, action)


def _cut_short(why: str) -> None:
    log.warning(why)
    os._exit(CUT_SHORT)
