"""Gives back all that is stored, one session at a time."""

from collections.abc import AsyncIterator

from chathakase.core.memory import Transcript
from chathakase.core.types import SessionId
from chathakase.storage.database import Database, Snapshot, Statement
from chathakase.storage.stores.message_rows import COLUMNS, SPOKEN, read
from chathakase.storage.stores.place_columns import place_if_any, where_is

ABOUT = Statement(f"""
SELECT s.id, {where_is("s")}, coalesce(t.title, ''), s.began_at, s.active_at, coalesce(m.text, '')
FROM sessions s LEFT JOIN titles t ON t.session = s.id LEFT JOIN summaries m ON m.session = s.id
WHERE s.id = $1 AND s.deleting = 0
""")

SAID = Statement(f"SELECT {COLUMNS} FROM messages WHERE session = $1 AND {SPOKEN} ORDER BY said, seq")

SESSIONS = Statement("SELECT id FROM sessions WHERE deleting = 0 ORDER BY began_at, id")


class SqlExportStore:
    """Gives back all that is stored (an ExportStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def transcript(self, session: SessionId) -> Transcript | None:
        """One whole session, without what is forgotten."""
        return await self._database.view(lambda snapshot: _transcript(snapshot, session))

    async def transcripts(self) -> AsyncIterator[Transcript]:
        """Every session, one at a time, the oldest first."""
        (sessions,) = await self._database.read(SESSIONS())
        for (session,) in sessions:
            transcript = await self.transcript(SessionId(str(session)))
            # It may have been deleted meanwhile.
            if transcript is not None:
                yield transcript


async def _transcript(snapshot: Snapshot, session: SessionId) -> Transcript | None:
    about = await snapshot.fetch(ABOUT, session)
    if not about:
        return None
    id_, *where, title, began, active, summary = about[0]
    messages = await read(snapshot, await snapshot.fetch(SAID, session), contents=False)
    told = (SessionId(str(id_)), place_if_any(where), str(title), int(began or 0), int(active or 0), str(summary))
    return Transcript(*told, tuple(messages))
