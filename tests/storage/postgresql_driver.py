"""The three verbs over PostgreSQL, as plain as can be: enough for the stores, with a clock that tests set."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor
from psycopg.rows import TupleRow

from chathakase.core.types import Place
from chathakase.storage.database import Query, Row, Statement, UnitOfReading, UnitOfWork, Value, Which
from chathakase.storage.stores.place_columns import HERE, columns_of
from tests.storage.postgresql import POSTGRESQL, PostgresServer

# The server's clock cannot be set.
SET_BY_US = replace(POSTGRESQL, now="(SELECT now FROM clock)")
CLOCK = ("CREATE TABLE clock (now BIGINT NOT NULL)", "INSERT INTO clock VALUES (0)")
T = TypeVar("T")
EMPTY = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

LOCK = "SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE"
LOCK_AT_A_PLACE = f"SELECT 1 FROM sessions WHERE {HERE} FOR UPDATE"


class PostgresTransaction:
    def __init__(self, connection: AsyncConnection[TupleRow], sent: set[str]) -> None:
        self._connection = connection
        self._sent = sent

    async def fetch(self, statement: str, *values: Value) -> list[Row]:
        ran = await self._run(statement, values)
        return [tuple(row) for row in await ran.fetchall()] if ran.description else []

    async def execute(self, statement: str, *values: Value) -> int:
        return (await self._run(statement, values)).rowcount

    async def _run(self, statement: str, values: Sequence[Value]) -> AsyncCursor[TupleRow]:
        self._sent.add(statement)
        return await self._connection.execute(SET_BY_US.fill(statement).encode(), values, prepare=True)


class PostgresDatabase:
    def __init__(self, connection: AsyncConnection[TupleRow], clock: Callable[[], int]) -> None:
        self._connection = connection
        self._clock = clock
        self.sent: set[str] = set()
        """All statements, in transactions as well."""

    async def session(self, which: Which, work: UnitOfWork[T]) -> T:
        async with self._transaction() as transaction:
            if isinstance(which, Place):
                await transaction.fetch(LOCK_AT_A_PLACE, *columns_of(which))
            else:
                await transaction.fetch(LOCK, which)
            return await work(transaction)

    async def write(self, statement: Statement, *values: Value) -> list[Row]:
        async with self._transaction() as transaction:
            return await transaction.fetch(statement, *values)

    async def read(self, *queries: Query) -> list[list[Row]]:
        async with self._transaction() as transaction:
            return [await transaction.fetch(statement, *values) for statement, values in queries]

    async def view(self, work: UnitOfReading[T]) -> T:
        async with self._transaction() as transaction:
            return await work(transaction)

    async def run(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement of PostgreSQL's own."""
        ran = await self._connection.execute(sql.encode(), values)
        return [tuple(row) for row in await ran.fetchall()] if ran.description else []

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[PostgresTransaction]:
        async with self._connection.transaction():
            await self._connection.execute("UPDATE clock SET now = $1", (self._clock(),))
            yield PostgresTransaction(self._connection, self.sent)


@asynccontextmanager
async def open_postgresql(
    server: PostgresServer, schema: Iterable[str], clock: Callable[[], int]
) -> AsyncIterator[PostgresDatabase]:
    connecting = AsyncConnection.connect(server.address, autocommit=True, cursor_factory=AsyncRawCursor)
    async with await connecting as connection:
        database = PostgresDatabase(connection, clock)
        for statement in (*EMPTY, *schema, *CLOCK):
            await database.run(statement)
        yield database
