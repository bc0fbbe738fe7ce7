"""What the engine needs of a database to list threads."""

from collections.abc import Collection
from typing import Protocol

from chathakase.core.listing import ThreadFilter, ThreadsPage
from chathakase.core.types import Place, WorkspaceKey


class ListingStore(Protocol):
    """Lists threads. Every method raises StoreError when the database refuses."""

    async def page(
        self,
        person: str | None,
        workspace: WorkspaceKey,
        *,
        channels: Collection[Place] | None,
        which: ThreadFilter,
        limit: int,
        after: str = "",
    ) -> ThreadsPage:
        """The threads that a person owns or took part in, the most recently active first, at most ``limit``.

        ``channels``: only in those; None means any, as it does of a ``person``, for whoever may read the database
        itself. ``after`` is ``ThreadsPage.next`` of the page before; anything else begins the list anew.

        However threads become active, are renamed or archived between two pages, each thread that the list had when its
        first page was read comes once, where it stood then, for an hour; what began later is not in it.
        """
