"""Finds what was said, by the words that occur in it.

Nothing here takes longer the more is stored: of a common word the newest messages are looked through in which the index
says that it occurs, and then the newest of the sessions in which the asker took part.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from chathakase.core.memory import Found
from chathakase.core.types import Place
from chathakase.storage.database import Database, Row
from chathakase.storage.matching import Query, query

NEWEST = 4_000
"""How many of the newest that may match are looked at, whoever said them."""
OWN_SESSIONS = 300
"""How many of the asker's own sessions are looked into, the newest."""
OWN_MESSAGES = 6_000
"""How many messages these may have together."""
ALL_SESSIONS = 4_000
"""Among how many sessions they are looked for, if the asker has more."""
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

INDEXED = "(SELECT rowid AS id FROM {1} WHERE {1} MATCH $4 ORDER BY rowid DESC LIMIT $5) n CROSS JOIN {0}"
NOT_INDEXED = "(SELECT id FROM {0} ORDER BY id DESC LIMIT $5) n CROSS JOIN {0}"

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
        own = None if author is None else await self._own_sessions(author)
        asked = _Asked(wanted, author, None if channels is None else json.dumps(sorted(channels)), limit)
        found = [*await self._find(IN_MESSAGES, asked, own), *await self._find(IN_TITLES, asked, own)]
        return sorted(found, key=lambda each: each.at, reverse=True)[:limit]

    async def _find(self, where: "_Where", asked: "_Asked", own: "_Own | None") -> Collection[Found]:
        """Among the newest of all, if there are too many of the asker's own, and then among these."""
        found: Sequence[Found] = ()
        if own is None or not own.all_of_them:
            found = await self._find_among_the_newest(where, asked)
        if own is None or len(found) >= asked.limit:
            return found
        # A dict, since what is found twice is the same.
        return dict.fromkeys([*found, *await self._find_in(where, asked, own)])

    async def _find_among_the_newest(self, where: "_Where", asked: "_Asked") -> Sequence[Found]:
        source = (INDEXED if asked.query.match else NOT_INDEXED).format(where.table, where.index)
        most = -1 if asked.author is None else NEWEST
        sql = where.sql.format(source, f"n.id = {where.name}.id AND {asked.alike(where.text, 6)} AND {ALLOWED}")
        return _found(await self._database.fetch(sql, *asked.by, asked.query.match, most, *asked.query.patterns), asked)

    async def _find_in(self, where: "_Where", asked: "_Asked", own: "_Own") -> Sequence[Found]:
        condition = f"{asked.alike(where.text, 5)} AND s.id IN (SELECT value FROM json_each($4)) AND {ALLOWED}"
        values = (*asked.by, json.dumps(own.sessions), *asked.query.patterns)
        return _found(await self._database.fetch(where.sql.format(where.table, condition), *values), asked)

    async def _own_sessions(self, author: str) -> "_Own":
        """The newest sessions in which somebody said something, as many as can be looked into."""
        rows = await self._database.fetch(THEIRS, author, OWN_SESSIONS + 1)
        if len(rows) > OWN_SESSIONS:
            rows = await self._database.fetch(THEIRS_AMONG_THE_NEWEST, author, ALL_SESSIONS, OWN_SESSIONS)
            return _Own(_that_fit(rows), all_of_them=False)
        sessions = _that_fit(rows)
        return _Own(sessions, all_of_them=len(sessions) == len(rows))

    async def channels_of(self, author: str) -> frozenset[str]:
        """The channels of the sessions in which somebody said something."""
        return frozenset(str(channel) for (channel,) in await self._database.fetch(CHANNELS, author))


@dataclass(frozen=True, slots=True)
class _Where:
    """What is searched."""

    sql: str
    table: str
    index: str
    name: str
    text: str


IN_MESSAGES = _Where(MESSAGES, "messages", "words", "m", "m.text")
IN_TITLES = _Where(TITLES, "titles", "title_words", "t", "t.title")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is searched for, and for whom."""

    query: Query
    author: str | None
    channels: str | None
    limit: int

    @property
    def by(self) -> tuple[str | None, str | None, int]:
        """The first parameters of all statements."""
        return self.author, self.channels, self.limit

    def alike(self, column: str, first: int) -> str:
        """Every word occurs, as far as LIKE can tell; their patterns are parameters from a number on."""
        places = range(first, first + len(self.query.words))
        return " AND ".join(f"{column} LIKE ${place} ESCAPE '\\'" for place in places)


@dataclass(frozen=True, slots=True)
class _Own:
    """Sessions of the asker, the newest first."""

    sessions: Sequence[str]
    all_of_them: bool


def _that_fit(rows: Sequence[Row]) -> list[str]:
    """The newest sessions that do not have too many messages together, one in any case."""
    room, sessions = OWN_MESSAGES, list[str]()
    for session, messages in rows:
        room -= int(messages or 0)
        if room < 0 and sessions:
            break
        sessions.append(str(session))
    return sessions


def _found(rows: Iterable[Row], asked: _Asked) -> list[Found]:
    found = []
    for channel, thread, title, role, ref, author, text, said in rows:
        if not asked.query.occurs_in(str(text)):
            continue
        by_person = role == "user"
        found.append(
            Found(
                Place(str(channel), str(thread)),
                str(title),
                str(ref) if by_person else "",
                str(author),
                asked.query.excerpt(str(text)),
                int(said or 0) // 1000,
            )
        )
    return found
