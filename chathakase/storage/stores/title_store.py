"""What sessions are called."""

from chathakase.core.memory import Memory, TitleBy
from chathakase.core.title_cleaning import UNTITLED, title_of
from chathakase.core.types import SessionId, Usage
from chathakase.storage.database import Database, Statement, Transaction
from chathakase.storage.stores.metering import NO_LIMITS, Meter

# By the index in order (hence the sign), which has it at once.
FIRST_WORDS = Statement("""
SELECT text FROM messages WHERE session = $1 AND role = 'user' AND +seq > 0 ORDER BY said, seq LIMIT 1
""")

ENTITLE = Statement("""
INSERT INTO titles (session, title, made_by, told)
SELECT id, $2, $3, seq FROM sessions WHERE id = $1 AND (generation = $4 OR $4 < 0)
ON CONFLICT (session) DO UPDATE SET title = excluded.title, made_by = excluded.made_by, told = excluded.told
WHERE titles.made_by IN ('', 'rule') OR excluded.made_by = 'person'
""")

# A model's title may tell of anything that was said until it was given.
ENTITLE_ANEW = Statement("""
INSERT INTO titles (session, title, made_by, told) SELECT id, $2, $3, seq FROM sessions WHERE id = $1
ON CONFLICT (session) DO UPDATE SET title = excluded.title, made_by = excluded.made_by, told = excluded.told
WHERE titles.made_by IN ('', 'rule') OR titles.made_by = 'model' AND titles.told >= $4
""")

TITLE = Statement("""
SELECT coalesce(t.title, '') FROM sessions s LEFT JOIN titles t ON t.session = s.id WHERE s.id = $1 AND s.deleting = 0
""")


class SqlTitleStore:
    """Remembers what sessions are called (a TitleStore)."""

    def __init__(self, database: Database, *, meter: Meter = NO_LIMITS) -> None:
        """``meter`` counts what models cost."""
        self._database = database
        self._meter = meter

    async def title(self, session: SessionId) -> str | None:
        """What a session is called, empty where it has no title; None if it is gone."""
        (rows,) = await self._database.read(TITLE(session))
        return str(rows[0][0]) if rows else None

    async def set_title(
        self,
        session: SessionId,
        title: str,
        *,
        by: TitleBy,
        usage: Usage | None = None,
        model: str = "",
        made_of: Memory | None = None,
    ) -> bool:
        """Give a session a title; False when it has a better one: of a model, or, best of all, of a person.

        Also False when it was ``made_of`` what is stale. What it cost a ``model`` counts in any case.
        """
        generation = -1 if made_of is None else made_of.generation

        async def work(transaction: Transaction) -> bool:
            if usage is not None:
                await self._meter.spend(transaction, session, model, usage)
            return bool(await transaction.execute(ENTITLE, session, title, by, generation))

        return await self._database.session(session, work)


async def retitle(transaction: Transaction, session: SessionId, seq: int) -> None:
    """Name a session after the first thing in it that is not forgotten, if its title may tell of a message.

    Not if a person has named it.
    """
    rows = await transaction.fetch(FIRST_WORDS, session)
    title, by = (title_of(str(rows[0][0])), TitleBy.RULE.value) if rows else (UNTITLED, "")
    await transaction.execute(ENTITLE_ANEW, session, title, by, seq)
