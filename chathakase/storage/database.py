"""What the stores need of a database: statements in, rows out, by four verbs."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from chathakase.core.types import Place, SessionId

Value = str | int | bytes | None
Row = Sequence[Value]
Which: TypeAlias = SessionId | Place
"""A session, by its id or by its place."""

_T = TypeVar("_T")


class Query(NamedTuple):
    """A statement with its values."""

    statement: "Statement"
    values: tuple[Value, ...]


class Statement(str):
    """A whole statement that any database can run (``storage/dialect.py``), a constant of the module that it is in.

    Called with its values it is a query.
    """

    __slots__ = ()

    def __call__(self, *values: Value) -> Query:
        """The statement with its values."""
        return Query(self, values)


class Snapshot(Protocol):
    """Everything that is read by it is as of one moment. Parameters are written ``$1``, ``$2`` and so on."""

    async def fetch(self, statement: Statement, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""


class Transaction(Snapshot, Protocol):
    """Statements that stand or fall together."""

    async def execute(self, statement: Statement, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""


UnitOfWork: TypeAlias = Callable[[Transaction], Coroutine[Any, Any, _T]]
"""Awaits nothing but its transaction, so that a database can do all of it in one trip."""
UnitOfReading: TypeAlias = Callable[[Snapshot], Coroutine[Any, Any, _T]]
"""Awaits nothing but its snapshot."""


class Database(Protocol):
    """A database that is open; who opened it closes it. Every method raises StoreError when the database refuses."""

    async def write(self, statement: Statement, *values: Value) -> list[Row]:
        """Run one statement that commits by itself; returns its rows."""

    async def session(self, which: Which, work: UnitOfWork[_T]) -> _T:
        """One unit of work on a session, whose row is locked first: what is read in it stays so until it is saved.

        It is saved when the work returns, and undone when that raises; of whoever is cancelled meanwhile, one of both.
        Other sessions may change meanwhile. At a place without a session there is no row to lock: of two who open one
        there, the unique index of places lets one add a row, and the other finds it.
        """

    async def read(self, *queries: Query) -> list[list[Row]]:
        """Read, all as of one moment and in one trip to the database; returns the rows of each query."""

    async def view(self, work: UnitOfReading[_T]) -> _T:
        """Read what depends on what was read before, all as of one moment and in one trip to the database."""
