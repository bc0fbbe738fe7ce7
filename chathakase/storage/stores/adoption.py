"""What was stored before it was noted which workspace it belongs to: that of whoever opens the database first."""

from chathakase.storage.database import Database

# Where two would come to stand at one place, the newer one stays there.
ADOPT = """
UPDATE {table} SET workspace = $2 WHERE surface = $1 AND workspace = '' AND surface <> ''
    AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.surface = $1 AND o.workspace = $2 AND o.surface <> ''
        AND o.channel = {table}.channel AND o.thread = {table}.thread)
"""

ADOPT_ERRANDS = "UPDATE errands SET workspace = $2 WHERE surface = $1 AND workspace = ''"


async def adopt(database: Database, *, surface: str, workspace: str) -> None:
    """Have what a surface stored in no workspace belong to one. Raises StoreError.

    It is done before anything is claimed; where it was done already, nothing happens.
    """
    async with database.transaction() as transaction:
        for table in ("sessions", "gone"):
            await transaction.execute(ADOPT.format(table=table), surface, workspace)
        await transaction.execute(ADOPT_ERRANDS, surface, workspace)
