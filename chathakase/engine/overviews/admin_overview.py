"""Reads what admins see of a workspace: all sessions without a word of theirs, what was used, and where it is muted."""

from chathakase import log_events
from chathakase.core.listing import PAGE
from chathakase.core.overview import AdminOverview
from chathakase.core.ports import AdminStore
from chathakase.core.types import Place
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.access.rights import Rights
from chathakase.engine.usage.usage_reports import NOTHING_AT_ALL, UsageReports


class AdminOverviews:
    """Tells admins of a whole workspace, and nobody else."""

    def __init__(self, store: AdminStore, usage: UsageReports, muted: MutedChannels, rights: Rights) -> None:
        self._store = store
        self._usage = usage
        self._muted = muted
        self._rights = rights

    async def read(self, where: Place, person: str, after: str = "") -> AdminOverview | None:
        """What an admin sees of a place's workspace, with the sessions ``after`` a cursor; None for who is none.

        Raises StoreError.
        """
        if not await self._rights.is_admin(where, person):
            return None
        page = await self._store.sessions(where.workspace_key, limit=PAGE, after=after)
        report = await self._usage.everybodys(where)
        log_events.sessions_listed(where, by=person, sessions=len(page.sessions), total=page.total)
        return AdminOverview(
            sessions=page.sessions,
            total=page.total,
            next=page.next,
            usage=report.paragraphs if report else (NOTHING_AT_ALL,),
            muted=tuple(self._muted.of(where.workspace_key)),
        )
