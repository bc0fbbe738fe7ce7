"""Opens a SQLite file as this version wants it: migrated, and with its counts right."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chathakase.clock import monotonic
from chathakase.core.retrying import RetryPolicy
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite, schema_version
from chathakase.storage.sqlite.migrate import migrate, newest_version, refuse_newer
from chathakase.storage.sqlite.recount import recount
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure

MIGRATING = RetryPolicy(first_wait=0.5, within=600.0)
"""How a file is opened again that another process migrates, which takes its time with a large one."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_current(path: Path, *, clock: Callable[[], int]) -> AsyncIterator[SqliteDatabase]:
    """Open (and make, where there is none) a SQLite file, and migrate it; close it at the end.

    While another process migrates it, this waits. The ``clock`` tells epoch milliseconds. Raises StoreError.
    """
    retries, told = MIGRATING.begin(monotonic), False
    async with AsyncExitStack() as stack:
        while (database := await _open_unless_migrated(stack, path, clock, may_wait=not retries.are_over)) is None:
            if not told:
                log.info("Another process is migrating %s, and this one waits for it", path)
            told = True
            await asyncio.sleep(retries.next_wait())
        await recount(database)
        yield database


async def _open_unless_migrated(
    stack: AsyncExitStack, path: Path, clock: Callable[[], int], *, may_wait: bool
) -> SqliteDatabase | None:
    """Open a file and migrate it; None, if that may be, while another process does so."""
    refuse_newer(await schema_version(path))
    async with AsyncExitStack() as attempt:
        try:
            database = await attempt.enter_async_context(open_sqlite(path, clock=clock))
            await migrate(database, now=clock())
        except DatabaseError as error:
            if error.failure is SqliteFailure.LOCKED and may_wait and await schema_version(path) < newest_version():
                return None
            raise
        await stack.enter_async_context(attempt.pop_all())
        return database
