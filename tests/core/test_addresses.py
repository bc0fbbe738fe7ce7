"""What is said of an address at which nothing can listen."""

import errno
import os
import socket

import pytest

from chathakase.core.addresses import why_not_listening


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EADDRINUSE, "asyncio's own words"), "port 80 is already in use"),
        (OSError(errno.EACCES, "x"), "port 80 needs special privileges; use one above 1023"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "h is not an address of this machine"),
        (OSError("could not bind on any address out of [('h', 80)]"), "h is not an address of this machine"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "the host h cannot be found"),
        (UnicodeError("x"), "h is not a valid host"),
        (OSError(errno.EMFILE, "x"), f"port 80 cannot be used ({os.strerror(errno.EMFILE)})"),
    ],
)
def test_it_is_told_in_plain_words(error: OSError | UnicodeError, told: str) -> None:
    assert why_not_listening("h", 80, error) == told
