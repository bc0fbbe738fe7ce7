"""Lists of threads, page by page: each as it stood when its first page was read, whatever happens meanwhile."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from chathakase.core.listing import ListedThread, ThreadFilter, ThreadsPage
from chathakase.core.types import LastMessage, Place, SessionId, WorkspaceKey
from chathakase.storage.database import Database, Row, Snapshot, Statement, Value
from chathakase.storage.stores.place_columns import place_if_any, where_is

THEIRS = """
SELECT session AS id FROM participants WHERE author = $1
UNION SELECT id FROM sessions WHERE owner = $1 AND owner <> ''
"""
"""The sessions that somebody owns or took part in, whatever workspace they are in."""

ANYBODYS = "SELECT id FROM sessions WHERE $1 = ''"

OPEN = """
s.deleting = 0 AND ($2 = '' OR s.surface = $2) AND ($3 = '' OR s.workspace = $3)
    AND (CAST($4 AS TEXT) IS NULL OR s.channel IN (SELECT value FROM json_items($4)))
"""
"""Of a session: it is where one looks."""

IDS = f"""
WITH chosen AS ({{chosen}}) SELECT s.id, s.message_count FROM chosen JOIN sessions s ON s.id = chosen.id WHERE {OPEN}
"""

# What is told of the whole list is told with each row, and with an empty one where a page has none.
PAGE = f"""
WITH chosen AS ({{chosen}}), listed AS MATERIALIZED (
    SELECT s.id, {{active}} AS active FROM chosen JOIN sessions s ON s.id = chosen.id {{before}}
    WHERE {OPEN} AND {{active}} > 0 AND ($5 = '' OR s.agent = $5)
        AND ($6 < 0 OR CASE WHEN {{archived_by}} = '' THEN 0 ELSE 1 END = $6)
        AND {{active}} >= $7 AND ($8 = 0 OR {{active}} < $8)
        AND (CAST($9 AS TEXT) IS NULL OR s.id IN (SELECT value FROM json_items($9)))
)
SELECT (SELECT count(*) FROM listed), (SELECT coalesce(max(id), 0) FROM activity), page.active, s.id, {where_is("s")},
    coalesce(t.title, ''), s.agent, s.owner, s.message_count, s.exchanges, s.last_text, s.last_author, s.last_said,
    s.active_at, s.archived_by,
    (SELECT p.session FROM participants p JOIN sessions o ON o.id = p.session
        WHERE p.author = $1 AND o.surface = $2 AND o.workspace = $3 AND o.deleting = 0
        ORDER BY p.wrote_at DESC LIMIT 1)
FROM (SELECT 1 AS one) alone LEFT JOIN (
    SELECT id, active FROM listed {{behind}} ORDER BY active DESC, id DESC LIMIT $10
) page ON alone.one = 1
LEFT JOIN sessions s ON s.id = page.id LEFT JOIN titles t ON t.session = page.id
ORDER BY page.active DESC, page.id DESC
"""

NOW = {"active": "s.active_at", "archived_by": "s.archived_by", "before": "", "behind": ""}
"""As the sessions stand."""

# Of the changes to a session behind one, the first tells how it stood before all of them.
THEN = {
    "active": "coalesce(a.active_at, s.active_at)",
    "archived_by": "coalesce(a.archived_by, s.archived_by)",
    "before": """LEFT JOIN activity a ON a.id =
        (SELECT min(b.id) FROM activity b WHERE b.session = s.id AND b.id > $13)""",
    "behind": "WHERE active < $11 OR active = $11 AND id < $12",
}
"""As they stood before all changes behind the one of a number, from a place in the list on."""

IDS_OF_PERSON = Statement(IDS.format(chosen=THEIRS))
IDS_OF_ALL = Statement(IDS.format(chosen=ANYBODYS))
BEGINNING_OF_PERSON = Statement(PAGE.format(chosen=THEIRS, **NOW))
BEGINNING_OF_ALL = Statement(PAGE.format(chosen=ANYBODYS, **NOW))
NEXT_OF_PERSON = Statement(PAGE.format(chosen=THEIRS, **THEN))
NEXT_OF_ALL = Statement(PAGE.format(chosen=ANYBODYS, **THEN))

POSITION = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.(.+)")
"""A position, as a page tells it."""


class WordFinder(Protocol):
    """Finds the sessions in which words occur."""

    async def sessions(self, snapshot: Snapshot, words: str, among: Mapping[str, int]) -> Collection[str]:
        """Those in which all words occur in the title or in one message; ``among`` tells how many messages each has."""


class _Position(NamedTuple):
    """Where a page ends, in a list as it stood before all changes behind the one of a number."""

    active: int
    session: str
    upto: int


class _Statements(NamedTuple):
    """What is asked for a list."""

    ids: Statement
    beginning: Statement
    next: Statement


OF_PERSON = _Statements(IDS_OF_PERSON, BEGINNING_OF_PERSON, NEXT_OF_PERSON)
OF_ALL = _Statements(IDS_OF_ALL, BEGINNING_OF_ALL, NEXT_OF_ALL)


class SqlListingStore:
    """Lists threads (a ListingStore)."""

    def __init__(self, database: Database, finder: WordFinder) -> None:
        self._database = database
        self._finder = finder

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
        """The threads that a person owns or took part in, the most recently active first, at most ``limit``."""
        position, statements = _position(after), OF_ALL if person is None else OF_PERSON
        chosen = (person or "", *workspace, _as_json(channels, workspace))

        async def work(snapshot: Snapshot) -> list[Row]:
            found = None
            if which.words:
                among = {str(id_): int(many or 0) for id_, many in await snapshot.fetch(statements.ids, *chosen)}
                found = json.dumps(sorted(await self._finder.sessions(snapshot, which.words, among)))
            about = (*chosen, *_columns(which), found, limit + 1)
            if position is None:
                return await snapshot.fetch(statements.beginning, *about)
            return await snapshot.fetch(statements.next, *about, *position)

        return _page(await self._database.view(work), position, limit)


def _as_json(channels: Collection[Place] | None, workspace: WorkspaceKey) -> str | None:
    """The channels that are in the workspace; elsewhere another channel may have the same id."""
    if channels is None:
        return None
    return json.dumps(sorted(each.channel for each in channels if each.workspace_key == workspace))


def _columns(which: ThreadFilter) -> tuple[Value, ...]:
    archived = -1 if which.archived is None else int(which.archived)
    return which.agent, archived, which.since, which.until


def _page(rows: Sequence[Row], position: _Position | None, limit: int) -> ThreadsPage:
    total, newest, *_ = rows[0]
    told = [row for row in rows if row[3] is not None]
    upto = position.upto if position else newest
    return ThreadsPage(
        tuple(_thread(row) for row in told[:limit]),
        int(total or 0),
        f"{int(upto or 0)}.{int(told[limit - 1][2] or 0)}.{told[limit - 1][3]!s}" if len(told) > limit else "",
    )


def _position(after: str) -> _Position | None:
    told = POSITION.fullmatch(after)
    return _Position(int(told[2]), told[3], int(told[1])) if told else None


def _thread(row: Row) -> ListedThread:
    _, _, _, id_, surface, workspace, channel, thread, title, agent, owner, *rest = row
    messages, exchanges, text, author, said, active, archived_by, last_used = rest
    return ListedThread(
        session=SessionId(str(id_)),
        place=place_if_any((surface, workspace, channel, thread)),
        title=str(title),
        agent=str(agent),
        owner=str(owner),
        messages=int(messages or 0),
        exchanges=int(exchanges or 0),
        last=None if said is None else LastMessage(str(text), str(author), int(said) // 1000),
        active=int(active or 0),
        archived=bool(archived_by),
        is_last_used=id_ == last_used,
    )
