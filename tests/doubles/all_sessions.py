"""All sessions of a workspace, in memory."""

from chathakase.core.overview import AdminSession, AdminSessionsPage
from chathakase.core.ports import AdminStore
from chathakase.core.types import WorkspaceKey
from tests.doubles.records import Records, SessionRecord


class AllSessionsInMemory(AdminStore):
    """Tells what there is."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def sessions(self, workspace: WorkspaceKey, *, limit: int, after: str = "") -> AdminSessionsPage:
        await self._records.trips.make("admin.sessions")
        there = [each for each in self._records.sessions if each.place.workspace_key == workspace]
        there.sort(key=_position, reverse=True)
        active, _, id_ = after.partition(".")
        is_cursor = active.isdecimal() and bool(id_)
        behind = [each for each in there if not is_cursor or _position(each) < (int(active), id_)]
        shown = behind[:limit]
        last = f"{shown[-1].active}.{shown[-1].id}" if behind[limit:] else ""
        return AdminSessionsPage(tuple(self._told(each) for each in shown), len(there), last)

    def _told(self, session: SessionRecord) -> AdminSession:
        busy = session.waits or self._records.is_held(session)
        counts = (len(session.spoken()), len(session.people()))
        return AdminSession(session.id, session.place, session.owner, *counts, session.active, busy)


def _position(session: SessionRecord) -> tuple[int, str]:
    return session.active, session.id
