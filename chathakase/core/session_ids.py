"""How sessions get their ids."""

import secrets
import time

from chathakase.core.types import SessionId


def new_session_id() -> SessionId:
    """An id that no session has had.

    12 hexadecimal digits of the time, in epoch milliseconds, so that older sessions come first, and 20 of chance.
    """
    return SessionId(f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}")
