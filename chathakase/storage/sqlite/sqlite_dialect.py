"""Statements as SQLite has them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chathakase.storage.database import Value
from chathakase.storage.dialect import Dialect

# Whoever writes is alone, so nobody else's rows are locked.
SQLITE = Dialect(
    now="$0",
    items="json_each({})",
    at="json_extract({}, '$[{}]')",
    list="json_group_array({})",
    least="min",
    greatest="max",
    skip_locked="",
)

DIFFERENT = 1_000
"""How many statements are remembered as they were written; there are fewer."""

_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class _Written:
    sql: str
    tells_time: bool


class Binding:
    """Writes statements as SQLite has them, and tells the time in them: SQLite's own clock cannot be set."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """``clock`` tells the time in epoch milliseconds."""
        self.clock = clock
        self._written = lru_cache(DIFFERENT)(_written)

    def __call__(self, sql: str, values: Sequence[Value]) -> tuple[str, Sequence[Value]]:
        """A statement and its values, as sqlite3 wants them; the time is that of this call."""
        written = self._written(sql)
        return written.sql, (*values, self.clock()) if written.tells_time else values


def _written(sql: str) -> _Written:
    """Fill in the fragments, and number the parameters: ``$1`` means a name to SQLite, ``?1`` a position.

    The time comes after all the others.
    """
    sql = SQLITE.fill(sql)
    numbers = {int(number) for number in _PARAMETER.findall(sql)}
    last = max(numbers, default=0) + 1
    return _Written(_PARAMETER.sub(lambda found: f"?{int(found[1]) or last}", sql), tells_time=0 in numbers)
