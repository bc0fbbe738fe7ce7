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
"""The sessions that somebody owns or took part in."""

ANYBODYS = "SELECT id FROM sessions WHERE $1 = ''"

LISTED = """
WITH chosen AS ({chosen}), listed AS MATERIALIZED (
    SELECT s.id, s.message_count, coalesce(a.active_at, s.active_at) AS active
    FROM chosen JOIN sessions s ON s.id = chosen.id
    LEFT JOIN activity a ON a.id = (SELECT min(b.id) FROM activity b WHERE b.session = s.id AND b.id > $9)
    WHERE s.deleting = 0 AND coalesce(a.active_at, s.active_at) > 0
        AND ($2 = '' OR s.surface = $2) AND ($3 = '' OR s.workspace = $3)
        AND (CAST($4 AS TEXT) IS NULL OR s.channel IN (SELECT value FROM json_items($4)))
        AND ($5 = '' OR s.agent = $5)
        AND ($6 < 0 OR CASE WHEN coalesce(a.archived_by, s.archived_by) = '' THEN 0 ELSE 1 END = $6)
        AND coalesce(a.active_at, s.active_at) >= $7 AND ($8 = 0 OR coalesce(a.active_at, s.active_at) < $8)
)
"""
"""The sessions of a list, as they stood before the first change to each behind the one of a number, the ninth."""

IDS = LISTED + "SELECT id, message_count FROM listed"

# The list's whole number is told with each row, and with an empty one where a page has none.
PAGE = f"""
{LISTED}, found AS MATERIALIZED (
    SELECT id, active FROM listed WHERE CAST($10 AS TEXT) IS NULL OR id IN (SELECT value FROM json_items($10))
)
SELECT (SELECT count(*) FROM found), (SELECT coalesce(max(id), 0) FROM activity), page.active, s.id, {where_is("s")},
    coalesce(t.title, ''), s.agent, s.owner, s.message_count, s.exchanges, s.last_text, s.last_author, s.last_said,
    s.active_at, s.archived_by,
    (SELECT p.session FROM participants p JOIN sessions o ON o.id = p.session
        WHERE p.author = $1 AND o.surface = $2 AND o.workspace = $3 AND o.deleting = 0
        ORDER BY p.wrote_at DESC LIMIT 1)
FROM (SELECT 1 AS one) alone LEFT JOIN (
    SELECT id, active FROM found WHERE active < $11 OR active = $11 AND id < $12
    ORDER BY active DESC, id DESC LIMIT $13
) page ON alone.one = 1
LEFT JOIN sessions s ON s.id = page.id LEFT JOIN titles t ON t.session = page.id
ORDER BY page.active DESC, page.id DESC
"""

IDS_OF_PERSON = Statement(IDS.format(chosen=THEIRS))
IDS_OF_ALL = Statement(IDS.format(chosen=ANYBODYS))
PAGE_OF_PERSON = Statement(PAGE.format(chosen=THEIRS))
PAGE_OF_ALL = Statement(PAGE.format(chosen=ANYBODYS))

MOST = 2**62
"""Above all times and numbers."""


class WordFinder(Protocol):
    """Finds the sessions in which words occur."""

    async def sessions(self, snapshot: Snapshot, words: str, among: Mapping[str, int]) -> Collection[str]:
        """Those in which all words occur in the title or in one message; ``among`` tells how many messages each has."""


class _Position(NamedTuple):
    """Where a page ends, in a list as it stood before the changes behind the one of a number."""

    upto: int
    active: int
    session: str


BEGINNING = _Position(MOST, MOST, "")

POSITION = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.(.+)")
"""A position as the next page is asked for."""


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
        position = _position(after)
        ids, page = (IDS_OF_ALL, PAGE_OF_ALL) if person is None else (IDS_OF_PERSON, PAGE_OF_PERSON)
        chosen = (person or "", *workspace, _as_json(channels, workspace), *_columns(which), position.upto)

        async def work(snapshot: Snapshot) -> list[Row]:
            found = None
            if which.words:
                among = {str(id_): int(messages or 0) for id_, messages in await snapshot.fetch(ids, *chosen)}
                found = json.dumps(sorted(await self._finder.sessions(snapshot, which.words, among)))
            return await snapshot.fetch(page, *chosen, found, position.active, position.session, limit + 1)

        return _page(await self._database.view(work), position, limit)


def _as_json(channels: Collection[Place] | None, workspace: WorkspaceKey) -> str | None:
    """The channels that are in the workspace; elsewhere another channel may have the same id."""
    if channels is None:
        return None
    return json.dumps(sorted(each.channel for each in channels if each.workspace_key == workspace))


def _columns(which: ThreadFilter) -> tuple[Value, ...]:
    archived = -1 if which.archived is None else int(which.archived)
    return which.agent, archived, which.since, which.until


def _page(rows: Sequence[Row], position: _Position, limit: int) -> ThreadsPage:
    total, newest, *_ = rows[0]
    told = [row for row in rows if row[3] is not None]
    upto = int(newest or 0) if position is BEGINNING else position.upto
    last = told[limit - 1] if len(told) > limit else None
    return ThreadsPage(
        tuple(_thread(row) for row in told[:limit]),
        int(total or 0),
        f"{upto}.{int(last[2] or 0)}.{last[3]!s}" if last else "",
    )


def _position(after: str) -> _Position:
    told = POSITION.fullmatch(after)
    return _Position(int(told[1]), int(told[2]), told[3]) if told else BEGINNING


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
