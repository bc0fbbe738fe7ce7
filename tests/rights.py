"""Without the rights that root has over other people's files, as the bot runs where it is well kept."""

import ctypes
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

_T = TypeVar("_T")

VERSION_3 = 0x20080522


def give_up() -> None:
    """Let file modes bind this thread, and whatever it starts without another program, also as root: capset(2)."""
    header, nothing = (ctypes.c_uint32 * 2)(VERSION_3, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capset")


def without_rights(work: Callable[[], _T]) -> _T:
    """Do something in a thread of its own that has given up its rights."""
    results: list[_T] = []

    def run() -> None:
        give_up()
        results.append(work())

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return results[0]
