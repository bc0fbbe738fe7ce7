"""Finds what was said, by the words that occur in it.

Nothing here takes longer the more is stored: of a common word the newest messages are looked through in which the index
says that it occurs, and then the newest of the sessions in which the asker took part.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from chathakase.core.memory import SearchHit
from chathakase.core.types import Place, SessionId
from chathakase.storage.database import Row, Value
from chathakase.storage.sqlite.driver import SqliteDatabase, SqliteReader
from chathakase.storage.sqlite.matching import SearchQuery, query
from chathakase.storage.sqlite.merging import OF_MESSAGES, OF_TITLES
from chathakase.storage.stores.place_columns import SOMEWHERE, place_if_any, place_of, where_is

NEWEST = 4_000
"""How many of the newest that may match are looked at, whoever said them."""
FIRST_LOOK = 100
"""How many of them at first."""
OWN_SESSIONS = 300
"""How many of the asker's own sessions are looked into, the newest."""
OWN_MESSAGES = 6_000
"""How many messages these may have together."""
ALL_SESSIONS = 4_000
"""Among how many sessions they are looked for, if the asker has more."""
SEPARATOR = "\x1f"
"""What parts a channel's id from those of its workspace and surface."""
OF_CHANNEL = "s.surface || char(31) || s.workspace || char(31) || s.channel"
"""Of a row of ``sessions``: in which channel it is, of which workspace."""
ALLOWED = f"""
s.deleting = 0 AND ($2 IS NULL OR {OF_CHANNEL} IN (SELECT value FROM json_each($2))) AND ($1 IS NULL OR EXISTS
    (SELECT 1 FROM messages a WHERE a.author = $1 AND a.author <> '' AND a.session = s.id AND a.role = 'user'))
"""

MESSAGES = """
SELECT s.id, {where}, coalesce(t.title, ''), m.role, m.ref, m.author, m.text, m.said
FROM messages m JOIN sessions s ON s.id = m.session LEFT JOIN titles t ON t.session = s.id
WHERE m.role IN ('user', 'assistant') AND {condition} ORDER BY m.said DESC LIMIT $3
"""

TITLES = """
SELECT s.id, {where}, t.title, '', '', '', t.title, s.active_at * 1000
FROM titles t JOIN sessions s ON s.id = t.session WHERE {condition} ORDER BY s.active_at DESC LIMIT $3
"""

THEIRS = """
SELECT id, seq FROM sessions WHERE id IN
    (SELECT DISTINCT session FROM messages WHERE author = $1 AND author <> '' AND role = 'user' LIMIT $2)
ORDER BY active_at DESC
"""

THEIRS_AMONG_THE_NEWEST = """
SELECT s.id, s.seq FROM (
    SELECT * FROM (SELECT id, seq, active_at FROM sessions WHERE archived_at IS NULL ORDER BY active_at DESC LIMIT $2)
    UNION ALL SELECT * FROM
        (SELECT id, seq, active_at FROM sessions WHERE archived_at IS NOT NULL ORDER BY active_at DESC LIMIT $2)
) s WHERE EXISTS
    (SELECT 1 FROM messages a WHERE a.author = $1 AND a.author <> '' AND a.session = s.id AND a.role = 'user')
ORDER BY s.active_at DESC LIMIT $3
"""

# One look for each session, however much was said in it.
CHANNELS = f"""
WITH RECURSIVE own (session) AS (
    SELECT (SELECT min(session) FROM messages WHERE author = $1 AND author <> '')
    UNION ALL
    SELECT (SELECT min(m.session) FROM messages m WHERE m.author = $1 AND m.author <> '' AND m.session > own.session)
    FROM own WHERE own.session IS NOT NULL
)
SELECT DISTINCT s.surface, s.workspace, s.channel, '' FROM own JOIN sessions s ON s.id = own.session WHERE s.{SOMEWHERE}
"""


class SqliteSearch:
    """Finds what was said (a SearchStore)."""

    def __init__(self, database: SqliteDatabase | SqliteReader) -> None:
        self._database = database

    async def search(
        self, words: str, *, author: str | None, channels: Collection[Place] | None, limit: int
    ) -> list[SearchHit]:
        """The newest messages and titles in which all words occur, in sessions in which ``author`` said something.

        ``channels``: only in those; None means any, for whoever may read the database itself, as for ``author``.
        """
        wanted = query(words)
        if not wanted.words:
            return []
        asked = _Asked(wanted, author, None if channels is None else _as_json(channels), limit)
        few = None if author is None else await self._few_sessions(author)
        found = [*await self._find(IN_MESSAGES, asked, few), *await self._find(IN_TITLES, asked, few)]
        return sorted(found, key=lambda each: each.at, reverse=True)[:limit]

    async def _find(self, where: "SearchedTable", asked: "_Asked", few: Sequence[str] | None) -> Collection[SearchHit]:
        """In all sessions of whoever has few; else among the newest of all, and then in the newest of theirs."""
        if few is not None:
            return await self._find_in(where, asked, few)
        found = await self._find_among_the_newest(where, asked)
        if asked.author is None or len(found) >= asked.limit:
            return found
        own = await self._newest_sessions(asked.author)
        # A dict, since what is found twice is the same.
        return dict.fromkeys([*found, *await self._find_in(where, asked, own)])

    async def _find_among_the_newest(self, where: "SearchedTable", asked: "_Asked") -> Sequence[SearchHit]:
        """In what the indexes name, newest first: more and more at once, until enough is found."""
        left, at_once, before = NEWEST if asked.author is not None else 1 << 60, FIRST_LOOK, 1 << 62
        newest, found = where.newest(asked.query.match), list[SearchHit]()
        while left > 0 and len(found) < asked.limit:
            ids = [row[0] for row in await self._database.fetch(newest, before, min(at_once, left), asked.query.match)]
            if not ids:
                break
            found += await self._find_where(where, asked, f"{where.id} IN (SELECT value FROM json_each($4))", ids)
            left, at_once, before = left - len(ids), at_once * 4, int(ids[-1] or 0)
        return found

    async def _find_in(self, where: "SearchedTable", asked: "_Asked", sessions: Sequence[str]) -> Sequence[SearchHit]:
        return await self._find_where(where, asked, "s.id IN (SELECT value FROM json_each($4))", sessions)

    async def _find_where(
        self, where: "SearchedTable", asked: "_Asked", condition: str, among: Sequence[Value]
    ) -> Sequence[SearchHit]:
        sql = where.sql.format(
            where=where_is("s"), condition=f"{condition} AND {asked.query.alike(where.text, 5)} AND {ALLOWED}"
        )
        return _found(await self._database.fetch(sql, *asked.by, json.dumps(among), *asked.query.patterns), asked)

    async def _few_sessions(self, author: str) -> Sequence[str] | None:
        """All sessions in which somebody said something; None if that are too many to look into each."""
        rows = await self._database.fetch(THEIRS, author, OWN_SESSIONS + 1)
        sessions = _that_fit(rows)
        return sessions if len(sessions) == len(rows) <= OWN_SESSIONS else None

    async def _newest_sessions(self, author: str) -> Sequence[str]:
        """The newest sessions in which somebody said something, as many as can be looked into."""
        return _that_fit(await self._database.fetch(THEIRS_AMONG_THE_NEWEST, author, ALL_SESSIONS, OWN_SESSIONS))

    async def channels_of(self, author: str) -> frozenset[Place]:
        """The channels of the sessions in which somebody of that id said something, in whatever workspace."""
        return frozenset(map(place_of, await self._database.fetch(CHANNELS, author)))


@dataclass(frozen=True, slots=True)
class SearchedTable:
    """What is searched, in terms of SQL."""

    sql: str
    table: str
    id: str
    text: str
    indexes: Sequence[str]

    def newest(self, match: str) -> str:
        """The newest rows below a number ($1), at most $2, that match $3; any, where an index cannot help."""
        alike = " UNION ALL ".join(
            f"SELECT rowid FROM {index} WHERE {index} MATCH $3 AND rowid < $1" for index in self.indexes
        )
        any_at_all = f"SELECT id FROM {self.table} WHERE id < $1 AND $3 = ''"
        return f"{alike if match else any_at_all} ORDER BY 1 DESC LIMIT $2"


IN_MESSAGES = SearchedTable(MESSAGES, "messages", "m.id", "m.text", OF_MESSAGES)
IN_TITLES = SearchedTable(TITLES, "titles", "t.id", "t.title", OF_TITLES)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is searched for, and for whom."""

    query: SearchQuery
    author: str | None
    channels: str | None
    limit: int

    @property
    def by(self) -> tuple[str | None, str | None, int]:
        """The first parameters of all statements."""
        return self.author, self.channels, self.limit


def _as_json(channels: Collection[Place]) -> str:
    """The channels as ``OF_CHANNEL`` has them."""
    return json.dumps(sorted(SEPARATOR.join((each.surface, each.workspace, each.channel)) for each in channels))


def _that_fit(rows: Sequence[Row]) -> list[str]:
    """The newest sessions that do not have too many messages together, one in any case."""
    room, sessions = OWN_MESSAGES, list[str]()
    for session, messages in rows:
        room -= int(messages or 0)
        if room < 0 and sessions:
            break
        sessions.append(str(session))
    return sessions


def _found(rows: Iterable[Row], asked: _Asked) -> list[SearchHit]:
    found = []
    for session, *where, title, role, ref, author, text, said in rows:
        if not asked.query.occurs_in(str(text)):
            continue
        by_person = role == "user"
        found.append(
            SearchHit(
                SessionId(str(session)),
                place_if_any(where),
                str(title),
                str(ref) if by_person else "",
                str(author),
                asked.query.excerpt(str(text)),
                int(said or 0) // 1000,
            )
        )
    return found
