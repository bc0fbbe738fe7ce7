"""What people were told once."""

from chathakase.core.types import Place
from chathakase.storage.database import Database, Statement

TOLD = Statement("SELECT teller FROM hints WHERE surface = $1 AND workspace = $2 AND person = $3 AND hint = $4")

TELL = Statement("""
INSERT INTO hints (surface, workspace, person, hint, teller) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (surface, workspace, person, hint) DO NOTHING RETURNING hint
""")

REPLIED = Statement("""
SELECT 1 FROM sessions s WHERE s.surface = $2 AND s.workspace = $3 AND s.channel = $4 AND s.surface <> '' AND EXISTS
    (SELECT 1 FROM messages m WHERE m.author = $1 AND m.author <> '' AND m.session = s.id AND m.role = 'user'
        AND m.ref <> s.thread)
LIMIT 1
""")


class SqlHintStore:
    """Remembers who was told what (a HintStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, person: str, place: Place, hint: str, *, teller: str) -> bool:
        """Note that somebody of a place's workspace is told something now; False when something else told them."""
        what = (place.surface, place.workspace, person, hint)
        (told,) = await self._database.read(TOLD(*what))
        if not told:
            if await self._database.write(TELL, *what, teller):
                return True
            (told,) = await self._database.read(TOLD(*what))
        return bool(told) and told[0][0] == teller

    async def has_replied(self, person: str, place: Place) -> bool:
        """Whether somebody wrote below a thread's first message in a place's channel."""
        (rows,) = await self._database.read(REPLIED(person, place.surface, place.workspace, place.channel))
        return bool(rows)
