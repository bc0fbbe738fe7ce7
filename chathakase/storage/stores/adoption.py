"""What was stored before it was noted which workspace it belongs to: that of whoever opens the database first."""

from chathakase.core.types import WorkspaceKey
from chathakase.storage.database import Database, Statement


def _adopt(table: str) -> str:
    """Where two would come to stand at one place, the newer one stays there."""
    return f"""
    UPDATE {table} SET workspace = $2 WHERE surface = $1 AND workspace = '' AND surface <> ''
        AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.surface = $1 AND o.workspace = $2 AND o.surface <> ''
            AND o.channel = {table}.channel AND o.thread = {table}.thread)
    """


ADOPT_HINTS = """
UPDATE hints SET workspace = $2 WHERE surface = $1 AND workspace = '' AND NOT EXISTS (SELECT 1 FROM hints o
    WHERE o.surface = $1 AND o.workspace = $2 AND o.person = hints.person AND o.hint = hints.hint)
"""

ADOPT_LISTENED = """
UPDATE listened SET workspace = $2 WHERE surface = $1 AND workspace = ''
    AND NOT EXISTS (SELECT 1 FROM listened o WHERE o.surface = $1 AND o.workspace = $2)
"""

ADOPT = (
    Statement(_adopt("sessions")),
    Statement(_adopt("tombstones")),
    Statement("UPDATE jobs SET workspace = $2 WHERE surface = $1 AND workspace = ''"),
    Statement(ADOPT_HINTS),
    Statement(ADOPT_LISTENED),
)


async def adopt(database: Database, home: WorkspaceKey) -> None:
    """Have what was stored on a surface without a workspace belong to one. Raises StoreError.

    It is done before anything is claimed; where it was done already, nothing happens.
    """
    for statement in ADOPT:
        await database.write(statement, *home)
