"""What people were told once."""

from chathakase.storage.database import Database

TOLD = "SELECT teller FROM hints WHERE person = $1 AND hint = $2"

TELL = "INSERT INTO hints (person, hint, teller) VALUES ($1, $2, $3) ON CONFLICT (person, hint) DO NOTHING"

# A session's id begins with its channel's.
REPLIED = """
SELECT 1 FROM messages m JOIN sessions s ON s.id = m.session
WHERE m.author = $1 AND m.author <> '' AND m.session > $2 || '_' AND m.session < $2 || '`' AND m.role = 'user'
    AND m.ref <> s.thread LIMIT 1
"""


class Hints:
    """Remembers who was told what (a HintStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, person: str, hint: str, *, teller: str) -> bool:
        """Note that somebody is told something now; False when something else told them before."""
        if not (told := await self._database.fetch(TOLD, person, hint)):
            async with self._database.transaction() as transaction:
                if await transaction.execute(TELL, person, hint, teller):
                    return True
                told = await transaction.fetch(TOLD, person, hint)
        return bool(told) and told[0][0] == teller

    async def has_replied(self, person: str, channel: str) -> bool:
        """Whether somebody wrote below a thread's first message in a channel."""
        return bool(await self._database.fetch(REPLIED, person, channel))
