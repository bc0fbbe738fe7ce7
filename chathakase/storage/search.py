"""Finds what was said, by the words that occur in it.

Nothing here takes longer the more is stored: of a common word the newest messages are looked through in which the index
says that it occurs, and then the newest of the sessions in which the asker took part.
"""

import json
from collections.abc import Collection, Iterable, Sequence

from chathakase.core.memory import Found
from chathakase.core.types import Place
from chathakase.storage.database import Database, Row, Value
from chathakase.storage.matching import Query, query

NEWEST = 4_000
"""How many of the newest that may match are looked at, whoever said them."""
OWN_SESSIONS = 1_000
"""How many of the asker's own sessions are looked into."""
ALL_SESSIONS = 10_000
"""Among how many sessions those are looked for, if the asker has very many."""
AT_ONCE = 100
"""How many sessions are looked into at once."""

ALLOWED = """
s.doomed = 0 AND ($2 IS NULL OR s.channel IN (SELECT value FROM json_each($2))) AND ($1 IS NULL OR EXISTS
    (SELECT 1 FROM messages a WHERE a.author = $1 AND a.author <> '' AND a.session = s.id AND a.role = 'user'))
"""

MESSAGES = """
SELECT s.channel, s.thread, coalesce(t.title, ''), m.role, m.ref, m.author, m.text, m.said
FROM {} m JOIN sessions s ON s.id = m.session LEFT JOIN titles t ON t.session = s.id
WHERE m.role IN ('user', 'assistant') AND {} ORDER BY m.said DESC LIMIT $3
"""

TITLES = """
SELECT s.channel, s.thread, t.title, '', '', '', t.title, s.active_at * 1000
FROM {} t JOIN sessions s ON s.id = t.session WHERE {} ORDER BY s.active_at DESC LIMIT $3
"""

INDEXED = "(SELECT {0}.* FROM {1} JOIN {0} ON {0}.id = {1}.rowid WHERE {1} MATCH $4 ORDER BY {1}.rowid DESC LIMIT $5)"
NOT_INDEXED = "(SELECT * FROM {0} ORDER BY id DESC LIMIT $5)"

THEIRS = "SELECT DISTINCT session FROM messages WHERE author = $1 AND author <> '' AND role = 'user' LIMIT $2"

NEWEST_FIRST = """
SELECT id FROM sessions WHERE id IN (SELECT value FROM json_each($1)) ORDER BY active_at DESC
"""

THEIRS_AMONG_THE_NEWEST = """
SELECT s.id FROM (SELECT id, active_at FROM sessions ORDER BY active_at DESC LIMIT $2) s WHERE EXISTS
    (SELECT 1 FROM messages a WHERE a.author = $1 AND a.author <> '' AND a.session = s.id AND a.role = 'user')
ORDER BY s.active_at DESC LIMIT $3
"""

# A session's id begins with its channel's, so that one look skips all sessions of a channel.
CHANNELS = """
WITH RECURSIVE own (session) AS (
    SELECT (SELECT min(session) FROM messages WHERE author = $1 AND author <> '')
    UNION ALL
    SELECT (SELECT min(m.session) FROM messages m WHERE m.author = $1 AND m.author <> '' AND m.session >
        (SELECT s.channel || '`' FROM sessions s WHERE s.id = own.session))
    FROM own WHERE own.session IS NOT NULL
)
SELECT s.channel FROM own JOIN sessions s ON s.id = own.session
"""


class Search:
    """Finds what was said (a SearchStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(
        self, words: str, *, author: str | None, channels: Collection[str] | None, limit: int
    ) -> list[Found]:
        """The newest messages and titles in which all words occur, in sessions in which ``author`` said something.

        ``channels``: only in those; None means any, for whoever may read the database itself, as for ``author``.
        """
        wanted = query(words)
        if not wanted.words:
            return []
        allowed = (author, None if channels is None else json.dumps(sorted(channels)), limit)
        found = [
            *await self._find(MESSAGES, "messages", "words", wanted, allowed),
            *await self._find(TITLES, "titles", "title_words", wanted, allowed),
        ]
        return sorted(found, key=lambda each: each.at, reverse=True)[:limit]

    async def _find(
        self, sql: str, table: str, index: str, wanted: Query, allowed: tuple[str | None, str | None, int]
    ) -> Collection[Found]:
        """Among the newest of all first, and where that is not enough, in the asker's own sessions."""
        most = NEWEST if allowed[0] is not None else -1
        texts = "m.text" if table == "messages" else "t.title"
        source = (INDEXED if wanted.match else NOT_INDEXED).format(table, index)
        condition = f"{_alike(texts, len(wanted.words), 6)} AND {ALLOWED}"
        values = (*allowed, wanted.match, most, *wanted.patterns)
        rows = await self._database.fetch(sql.format(source, condition), *values)
        found = _found(rows, wanted)
        if allowed[0] is None or len(found) >= allowed[2] or not await self._is_more(table, index, wanted):
            return found
        return dict.fromkeys([*found, *await self._find_in_own(sql, table, texts, wanted, allowed)])

    async def _is_more(self, table: str, index: str, wanted: Query) -> bool:
        """Whether there was more than was looked at."""
        if wanted.match:
            sql = f"SELECT 1 FROM {index} WHERE {index} MATCH $2 ORDER BY rowid DESC LIMIT 1 OFFSET $1"
            return bool(await self._database.fetch(sql, NEWEST, wanted.match))
        return bool(await self._database.fetch(f"SELECT 1 FROM {table} LIMIT 1 OFFSET $1", NEWEST))

    async def _find_in_own(
        self, sql: str, table: str, texts: str, wanted: Query, allowed: tuple[str | None, str | None, int]
    ) -> Sequence[Found]:
        found: list[Found] = []
        own = await self._own_sessions(str(allowed[0]))
        condition = f"{_alike(texts, len(wanted.words), 5)} AND s.id IN (SELECT value FROM json_each($4)) AND {ALLOWED}"
        for at in range(0, len(own), AT_ONCE):
            values: tuple[Value, ...] = (*allowed, json.dumps(own[at : at + AT_ONCE]), *wanted.patterns)
            found += _found(await self._database.fetch(sql.format(table, condition), *values), wanted)
            if len(found) >= allowed[2]:
                break
        return found

    async def _own_sessions(self, author: str) -> list[str]:
        """The newest sessions in which somebody said something."""
        rows = await self._database.fetch(THEIRS, author, OWN_SESSIONS + 1)
        if len(rows) > OWN_SESSIONS:
            rows = await self._database.fetch(THEIRS_AMONG_THE_NEWEST, author, ALL_SESSIONS, OWN_SESSIONS)
        else:
            rows = await self._database.fetch(NEWEST_FIRST, json.dumps([row[0] for row in rows]))
        return [str(session) for (session,) in rows]

    async def channels_of(self, author: str) -> frozenset[str]:
        """The channels of the sessions in which somebody said something."""
        return frozenset(str(channel) for (channel,) in await self._database.fetch(CHANNELS, author))


def _alike(column: str, words: int, first: int) -> str:
    """Every word occurs, as far as LIKE can tell; their patterns are parameters from a number on."""
    return " AND ".join(f"{column} LIKE ${first + word} ESCAPE '\\'" for word in range(words))


def _found(rows: Iterable[Row], wanted: Query) -> list[Found]:
    found = []
    for channel, thread, title, role, ref, author, text, said in rows:
        if not wanted.occurs_in(str(text)):
            continue
        by_person = role == "user"
        found.append(
            Found(
                Place(str(channel), str(thread)),
                str(title),
                str(ref) if by_person else "",
                str(author),
                wanted.excerpt(str(text)),
                int(said or 0) // 1000,
            )
        )
    return found
