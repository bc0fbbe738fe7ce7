"""Records the trips to the thread on which SQLite is, with the statements that each of them runs."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar
from unittest.mock import patch

from chathakase.storage import stores
from chathakase.storage.database import Statement, Value
from chathakase.storage.sqlite.connection import SqliteConnection
from chathakase.storage.sqlite.sqlite_dialect import Binding

T = TypeVar("T")
Trip = list[str]
"""The names of the statements that are run in one trip, such as ``turns.CLAIM``; of SQLite's own, the statements."""


def names() -> dict[str, str]:
    """The statements of the stores, by what they say."""
    modules = [import_module(f"{stores.__name__}.{each.name}") for each in iter_modules(stores.__path__)]
    return {
        value: f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in reversed(modules)
        for name, value in vars(module).items()
        if isinstance(value, Statement)
    }


@contextmanager
def recorded() -> Iterator[list[Trip]]:
    """Record all trips of the block, from the moment at which they are asked for."""
    trips: list[Trip] = []
    under_way, known = threading.local(), names()
    trip, bind = SqliteConnection.trip, Binding.__call__

    async def recorded_trip(self: SqliteConnection, work: Callable[[sqlite3.Connection], T]) -> T:
        statements: Trip = []
        trips.append(statements)

        def noted(connection: sqlite3.Connection) -> T:
            under_way.statements = statements
            return work(connection)

        return await trip(self, noted)

    def recorded_binding(self: Binding, sql: str, values: Sequence[Value]) -> tuple[str, Sequence[Value]]:
        under_way.statements.append(known.get(sql, sql))
        return bind(self, sql, values)

    with patch.object(SqliteConnection, "trip", recorded_trip), patch.object(Binding, "__call__", recorded_binding):
        yield trips
