"""Finds the sessions, among some, in which words occur, without going through all that is stored."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chathakase.storage.database import Row, Snapshot, Statement
from chathakase.storage.sqlite.matching import SearchQuery, query
from chathakase.storage.sqlite.search import IN_MESSAGES, IN_TITLES, NEWEST, OWN_MESSAGES, SearchedTable

ABOVE_ALL = 1 << 62
"""A number above those of all messages and titles."""

MESSAGES = "messages m WHERE m.role IN ('user', 'assistant') AND m.{key} = f.value AND {alike}"
TITLES = "titles t WHERE t.{key} = f.value AND {alike}"

ALIKE = "SELECT f.value FROM json_each($1) f WHERE EXISTS (SELECT 1 FROM {texts})"
"""Which of some sessions have texts in which the words occur, as far as LIKE can tell."""

TEXTS = "SELECT session, {text} FROM json_each($1) f JOIN {texts}"
"""The texts, of some sessions or of some numbers, in which they do so."""


class SqliteWordFinder:
    """Finds sessions by words (a WordFinder)."""

    async def sessions(self, snapshot: Snapshot, words: str, among: Mapping[str, int]) -> Collection[str]:
        """Those in which all words occur in the title or in one message; ``among`` tells how many messages each has."""
        wanted = query(words)
        if not wanted.words:
            return ()
        look = _Look(snapshot, wanted, among)
        return {*await look.into(IN_MESSAGES, MESSAGES), *await look.into(IN_TITLES, TITLES)}


@dataclass(frozen=True, slots=True)
class _Look:
    """One look for words."""

    snapshot: Snapshot
    query: SearchQuery
    among: Mapping[str, int]

    async def into(self, where: SearchedTable, texts: str) -> set[str]:
        """Look at what the indexes name, unless that is too much, or more than what these sessions have."""
        few = sum(self.among.values()) <= OWN_MESSAGES
        named = None if few else await self._named(where)
        if named is not None:
            return self.among.keys() & self._whole(await self._fetch(TEXTS, where, texts, "id", named))
        alike = [str(row[0]) for row in await self._fetch(ALIKE, where, texts, "session", [*self.among])]
        if self.query.is_exact:
            return {*alike}
        return self._whole(await self._fetch(TEXTS, where, texts, "session", alike))

    async def _named(self, where: SearchedTable) -> Sequence[int] | None:
        """All that the indexes name; None if they cannot help, or name too many."""
        if not self.query.match:
            return None
        newest = Statement(where.newest(self.query.match))
        rows = await self.snapshot.fetch(newest, ABOVE_ALL, NEWEST + 1, self.query.match)
        return None if len(rows) > NEWEST else [int(row[0] or 0) for row in rows]

    async def _fetch(
        self, sql: str, where: SearchedTable, texts: str, key: str, values: Sequence[str | int]
    ) -> Sequence[Row]:
        texts = texts.format(key=key, alike=self.query.alike(where.text, 2))
        statement = Statement(sql.format(texts=texts, text=where.text))
        return await self.snapshot.fetch(statement, json.dumps(values), *self.query.patterns)

    def _whole(self, rows: Sequence[Row]) -> set[str]:
        """The sessions of texts in which the words really occur."""
        return {str(session) for session, text in rows if self.query.occurs_in(str(text))}
