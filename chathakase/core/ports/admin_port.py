"""What the engine needs of a database to tell admins of all that there is, without a word of what it is about."""

from typing import Protocol

from chathakase.core.overview import AdminSessionsPage
from chathakase.core.types import WorkspaceKey


class AdminStore(Protocol):
    """Tells what there is. Every method raises StoreError when the database refuses."""

    async def sessions(self, workspace: WorkspaceKey, *, limit: int, after: str = "") -> AdminSessionsPage:
        """The sessions at places of a workspace, the most recently active first, at most ``limit``.

        ``after`` is ``AdminSessionsPage.next`` of the page before; anything else begins anew. What becomes active
        meanwhile is on the first page, and on no later one.
        """
