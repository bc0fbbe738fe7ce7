"""Deletes what is older than it may get, a little at a time, so that nobody waits long for the writer."""

from chathakase.storage.database import Database, Statement
from chathakase.storage.stores.batch_size import BatchSize

ROWS, MOST_ROWS = 50, 1_000
"""How many rows are deleted in one transaction at least, and at most."""


async def prune_in_batches(database: Database, statement: Statement) -> int:
    """Run a statement, which is told how many rows to delete and returns them, until none is left; returns how many."""
    pruned, batch_size = 0, BatchSize(ROWS, most=MOST_ROWS)
    while True:
        with batch_size.statement() as most:
            rows = await database.write(statement, most)
        pruned += len(rows)
        if len(rows) < most:
            return pruned
