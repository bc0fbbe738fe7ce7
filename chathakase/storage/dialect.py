"""What the stores write their statements in: SQL that our databases agree on, and a few fragments in which they differ.

Parameters are ``$1``, ``$2`` and so on, times are epoch milliseconds, and no comparison is put where a number belongs.
The fragments are:

- ``now_ms()``: the time by the database's own clock when the statement begins;
- ``json_items(x)``: in a FROM clause, the items of a JSON array, in a column ``value``, as text or to be cast;
- ``json_at(x, n)``: the item of a JSON array at a place, of which the first is 0, as text or to be cast;
- ``json_list(x)``: an aggregate, all values as a JSON array, which is empty where there are none;
- ``least(x, y)`` and ``greatest(x, y)``: of values that are not NULL;
- ``FOR UPDATE SKIP LOCKED``: without the rows that somebody else is changing just now.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database writes the fragments; ``{}`` is what stands in their brackets."""

    now: str
    items: str
    at: str
    list: str
    least: str
    greatest: str
    skip_locked: str

    def fill(self, sql: str) -> str:
        """Write a statement as the database understands it."""
        sql = _ITEMS.sub(lambda found: self.items.format(found[1]), sql)
        sql = _AT.sub(lambda found: self.at.format(found[1], found[2]), sql)
        sql = _LIST.sub(lambda found: self.list.format(found[1]), sql)
        sql = _SKIP_LOCKED.sub(self.skip_locked, sql)
        sql = _LEAST.sub(f"{self.least}(", sql)
        sql = _GREATEST.sub(f"{self.greatest}(", sql)
        return sql.replace("now_ms()", self.now)


_ITEMS = re.compile(r"\bjson_items\(([^()]*)\)")
_AT = re.compile(r"\bjson_at\(([^(),]*), (\d+)\)")
_LIST = re.compile(r"\bjson_list\(([^()]*)\)")
_LEAST = re.compile(r"\bleast\(")
_GREATEST = re.compile(r"\bgreatest\(")
_SKIP_LOCKED = re.compile(r"\bFOR UPDATE SKIP LOCKED\b")
