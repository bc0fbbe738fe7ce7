"""What the engine needs of a database to tell who did what."""

from typing import Protocol

from chathakase.core.audit import AuditEntry
from chathakase.core.types import WorkspaceKey


class AuditStore(Protocol):
    """Remembers who did what. Every method raises StoreError when the database refuses.

    What is done is added where it is noted that it is done: by the store of jobs.
    """

    async def newest(self, workspace: WorkspaceKey, *, limit: int, skip: int = 0) -> list[AuditEntry]:
        """What was done in a workspace, the newest first, without so many of them."""

    async def prune(self) -> int:
        """Delete what is older than it may get, in small transactions; returns how many rows."""
