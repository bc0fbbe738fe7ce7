"""Lists of threads, page by page: each as it stood when its first page was read, whatever happens meanwhile."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from chathakase.core.listing import ListedThread, ThreadFilter, ThreadsPage
from chathakase.core.types import LastMessage, Place, SessionId, WorkspaceKey
from chathakase.storage.database import Database, Row, Snapshot, Statement, Value
from chathakase.storage.stores.place_columns import place_if_any, where_is

THEIRS = "listed"
"""The sessions that people own or took part in, of each person in the order of their list."""

ANYBODYS = """
(SELECT '' AS person, active_at, id AS session, surface, workspace, channel, agent, archived_by FROM sessions
    WHERE deleting = 0)
"""
"""All sessions, as if they were those of one person without a name."""

OPEN = """
person = $1 AND ($2 = '' OR surface = $2) AND ($3 = '' OR workspace = $3)
    AND (CAST($4 AS TEXT) IS NULL OR channel IN (SELECT value FROM here))
"""
"""Of a row of those: it is a thread where one looks."""

HERE = "here AS MATERIALIZED (SELECT value FROM json_items($4))"
"""The channels where one looks, read once."""

CHOSEN = f"""
{OPEN} AND ($5 = '' OR agent = $5) AND ($6 < 0 OR CASE WHEN archived_by = '' THEN 0 ELSE 1 END = $6)
    AND active_at >= $7 AND ($8 = 0 OR active_at < $8)
    AND (CAST($9 AS TEXT) IS NULL OR session IN (SELECT value FROM json_items($9)))
"""

BEHIND = "(active_at, session) < ($11, $12)"
"""Of such a row: it comes after a place in the list."""

UNMOVED = "session NOT IN (SELECT session FROM moved)"

IDS = f"""
WITH {HERE} SELECT id, message_count FROM sessions WHERE id IN (SELECT session FROM {{rows}} own WHERE {OPEN})
"""

# The list is as it stood before all changes behind the one of a number. Of the changes to a session behind that, the
# first tells how it stood; all other sessions stand as they did, and are found in order. What is told of the whole list
# is told with each row, and with an empty one where a page has none.
PAGE = f"""
WITH {HERE}, moved AS MATERIALIZED (
    SELECT own.person, a.active_at, own.session, own.surface, own.workspace, own.channel, own.agent, a.archived_by
    FROM activity a CROSS JOIN {{rows}} own WHERE a.id > $13 AND own.session = a.session AND own.person = $1
        AND a.id = (SELECT min(b.id) FROM activity b WHERE b.session = own.session AND b.id > $13)
)
SELECT (SELECT count(*) FROM {{rows}} own WHERE {CHOSEN} AND {UNMOVED}) + (SELECT count(*) FROM moved WHERE {CHOSEN}),
    (SELECT coalesce(max(id), 0) FROM activity), page.active_at, s.id, {where_is("s")},
    coalesce(t.title, ''), s.agent, s.owner, s.message_count, s.exchanges, s.last_text, s.last_author, s.last_said,
    s.active_at, s.archived_by,
    (SELECT p.session FROM participants p JOIN sessions o ON o.id = p.session
        WHERE p.author = $1 AND o.surface = $2 AND o.workspace = $3 AND o.deleting = 0
        ORDER BY p.wrote_at DESC LIMIT 1)
FROM (SELECT 1 AS one) alone LEFT JOIN (
    SELECT session, active_at FROM (
        SELECT session, active_at FROM {{rows}} own WHERE {CHOSEN} AND {BEHIND} AND {UNMOVED}
        ORDER BY active_at DESC, session DESC LIMIT $10
    ) unmoved
    UNION ALL SELECT session, active_at FROM moved WHERE {CHOSEN} AND {BEHIND}
    ORDER BY active_at DESC, session DESC LIMIT $10
) page ON alone.one = 1
LEFT JOIN sessions s ON s.id = page.session LEFT JOIN titles t ON t.session = page.session
ORDER BY page.active_at DESC, page.session DESC
"""

IDS_OF_PERSON = Statement(IDS.format(rows=THEIRS))
IDS_OF_ALL = Statement(IDS.format(rows=ANYBODYS))
PAGE_OF_PERSON = Statement(PAGE.format(rows=THEIRS))
PAGE_OF_ALL = Statement(PAGE.format(rows=ANYBODYS))

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


LATEST = 1 << 62
BEGINNING = _Position(LATEST, "", LATEST)
"""Above all that is listed, as it stands."""


class _Statements(NamedTuple):
    """What is asked for a list."""

    ids: Statement
    page: Statement


OF_PERSON = _Statements(IDS_OF_PERSON, PAGE_OF_PERSON)
OF_ALL = _Statements(IDS_OF_ALL, PAGE_OF_ALL)


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
            return await snapshot.fetch(statements.page, *about, *(position or BEGINNING))

        return _page(await self._database.view(work), position, limit)


def _as_json(channels: Collection[Place] | None, workspace: WorkspaceKey) -> str | None:
    """The channels that are in the workspace; elsewhere another channel may have the same id."""
    if channels is None:
        return None
    return json.dumps(sorted(each.channel for each in channels if (each.surface, each.workspace) == workspace))


def _columns(which: ThreadFilter) -> tuple[Value, ...]:
    archived = -1 if which.archived is None else int(which.archived)
    # What was active at no time began only since.
    return which.agent, archived, max(which.since, 1), which.until


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
