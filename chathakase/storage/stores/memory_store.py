"""What a session remembers, as a prompt needs it, and what was said in its thread before it began."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from chathakase.core.memory import Memory, SessionProgress, Summary, TitleBy
from chathakase.core.quoting import CLAMP
from chathakase.core.token_estimate import IMAGE_TOKENS
from chathakase.core.types import Incoming, Lease, Role, SessionId, StoredMessage, TurnAction
from chathakase.storage.database import Database, Query, Row, Snapshot, Statement, Transaction
from chathakase.storage.stores.batch_size import BatchSize
from chathakase.storage.stores.file_store import add_files
from chathakase.storage.stores.message_rows import COLUMNS, SPEAKERS, SPOKEN, read
from chathakase.storage.stores.summary_store import invalidate, summary_of

ABOUT = Statement(f"""
SELECT s.generation, s.backfilled, t.title, t.made_by, m.text, m.upto, m.messages, m.model, m.version,
    s.message_count, {SPEAKERS}
FROM sessions s LEFT JOIN titles t ON t.session = s.id LEFT JOIN summaries m ON m.session = s.id
WHERE s.id = $1 AND s.deleting = 0
""")

# Of a file a prompt shows no more than so much, and a picture takes what it takes.
EXTENT = Statement(f"""
SELECT t.made_by, EXISTS (SELECT 1 FROM messages WHERE session = $1 AND role = 'assistant'),
    s.message_count - coalesce(m.messages, 0), (
        SELECT sum(n.tokens + (
            SELECT coalesce(sum(CASE WHEN f.image_kind <> '' THEN {IMAGE_TOKENS}
                ELSE least(length(f.text), {CLAMP}) / 3 END), 0) FROM files f WHERE f.message = n.id))
        FROM (SELECT id, tokens FROM messages WHERE session = $1 AND {SPOKEN} AND said > coalesce(
            (SELECT upto FROM summaries WHERE session = $1), 0) ORDER BY said DESC, seq DESC LIMIT $2) n)
FROM sessions s LEFT JOIN titles t ON t.session = s.id LEFT JOIN summaries m ON m.session = s.id
WHERE s.id = $1 AND s.deleting = 0
""")

OPENING = Statement(f"SELECT {COLUMNS} FROM messages WHERE session = $1 AND role = 'user' ORDER BY said, seq LIMIT 1")

# What a turn answers comes last, also what was said long ago and came late.
ASKED_NOW = Statement(f"""
SELECT {COLUMNS} FROM messages WHERE session = $1 AND role = 'user' AND seq > $2 AND seq <= $3
ORDER BY said DESC, seq DESC LIMIT $4
""")

ANSWER = Statement(f"SELECT {COLUMNS} FROM messages WHERE session = $1 AND ref = $2 AND role = 'assistant'")

PAGE = Statement(f"""
SELECT {COLUMNS} FROM messages
WHERE session = $1 AND {SPOKEN} AND (said, seq) < ($2, $3) AND coalesce(reply_to, seq) <= $4
ORDER BY said DESC, seq DESC LIMIT $5
""")

MOST_ASKED = 500
"""How many messages one turn answers at most."""

FIRST_PAGE = 64
"""How many messages are read at once at first, then twice as many each time."""

LAST = (1 << 62, 1 << 62)
"""Greater than any time and any number of a message."""

OF_OURS = Statement("""
SELECT value FROM turns, json_items(turns.reply_refs) WHERE turns.session = $1
UNION ALL SELECT value FROM sessions, json_items(sessions.reply_refs) WHERE sessions.id = $1
""")

NUMBERS = Statement("SELECT least(0, coalesce(min(seq), 0)) FROM messages WHERE session = $1")

KNOWN = Statement("SELECT ref FROM messages WHERE session = $1")

ADD_ABOVE = Statement("""
INSERT INTO messages (session, seq, role, text, author, name, ref, said, tokens, at, asks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now_ms(), $10)
ON CONFLICT (session, ref) DO NOTHING
""")

# Only with the last of it is it read; who is cut short before that reads it again.
ABOVE_READ = Statement("UPDATE sessions SET backfilled = $2 WHERE id = $1 AND backfilled = 0")

EXCLUSIONS = Statement("SELECT author, said FROM exclusions WHERE session = $1")

DROP_EXCLUSIONS = Statement("DELETE FROM exclusions WHERE session = $1")

AT_ONCE, MOST_AT_ONCE = 10, 200
"""How many earlier messages are stored in one transaction at least, and at most."""


class SqlMemoryStore:
    """Tells what sessions remember (a MemoryStore)."""

    def __init__(self, database: Database, *, count: Callable[[str], int]) -> None:
        self._database = database
        self._count = count

    async def memory(self, session: SessionId, *, lease: Lease | None = None, limit: int, tokens: int) -> Memory:
        """What there is for a prompt: the newest messages, what the lease's turn answers last; without one, all of it.

        They stand in the order in which they were said, whatever order they came in, and an answer stands right after
        what it answered. The turn's own earlier answer is there only if it goes on with it. At most ``limit`` messages,
        and no more than are needed to be sure to hold ``tokens`` tokens (as they were counted when stored), but always
        all that the turn answers, and one message more. Of what a summary covers that is the newest message.
        """

        async def look(snapshot: Snapshot) -> Memory:
            about = await snapshot.fetch(ABOUT, session)
            if not about:
                return Memory(())
            summary, opening = summary_of(about[0][4:9]), await snapshot.fetch(OPENING, session)
            rows = [row for asked in _asked(session, lease) for row in await snapshot.fetch(asked[0], *asked[1])]
            asked_now = len(rows)
            room = _Room(limit + 1 - asked_now, tokens - sum(map(_tokens, rows)), summary)
            rows += await _before(snapshot, session, lease.since if lease else LAST[0], room)
            messages = await read(snapshot, [*opening, *reversed(rows)])
            return _memory(about[0], summary, messages[: len(opening)], messages[len(opening) :], asked_now)

        return await self._database.view(look)

    async def progress(self, session: SessionId, *, limit: int) -> SessionProgress:
        """How far a session has come; tokens are those of the newest ``limit`` messages."""
        (rows,) = await self._database.read(EXTENT(session, limit))
        if not rows:
            return SessionProgress()
        ((made_by, is_answered, messages, tokens),) = rows
        title_by = TitleBy(str(made_by)) if made_by else None
        return SessionProgress(title_by, bool(is_answered), int(messages or 0), int(tokens or 0))

    async def add_earlier(self, session: SessionId, messages: Sequence[Incoming]) -> int:
        """Store what was said in a thread before the bot was called, as context; returns how many were new.

        From then on the memory's ``backfilled`` is true, also when there was nothing; where it was true before, because
        the session was cleared meanwhile, nothing is stored. They are numbered downwards from 0, so that to every turn
        they are what was before it. What asks there and was not answered is told together with the question that
        begins the session, and answered with it. What somebody has had forgotten here is left out.

        What is much is stored in several transactions, so that nobody waits long for the database.
        """
        # Before anything is locked.
        counted = [(each, self._count(each.text)) for each in sorted(messages, key=lambda each: each.said)]
        added, batch_size, in_session = (
            0,
            BatchSize(AT_ONCE, most=MOST_AT_ONCE),
            partial(self._database.session, session),
        )
        new: Sequence[tuple[Incoming, int]] | None = None
        answered = 0

        async def add_some(transaction: Transaction, most: int) -> int:
            nonlocal new, answered
            if new is None:
                known = {row[0] for sql in (KNOWN, OF_OURS) for row in await transaction.fetch(sql, session)}
                new = [(each, tokens) for each, tokens in counted if each.ref not in known]
                answered = max((each.said for each, _ in new if each.ours), default=0)
            # The newest first, since they are numbered downwards.
            new, portion = new[:-most], new[-most:]
            if not await transaction.execute(ABOVE_READ, session, int(not new)):
                new = ()
                return 0
            stored = await _add_portion(transaction, session, portion, answered)
            if not new:
                await transaction.execute(DROP_EXCLUSIONS, session)
            return stored

        while new is None or new:
            added += await batch_size.unit(in_session, add_some)
        return added


async def _before(snapshot: Snapshot, session: SessionId, since: int, room: "_Room") -> list[Row]:
    """What was answered before, newest first, as far as there is room."""
    rows: list[Row] = []
    at, size = LAST, FIRST_PAGE
    while not room.is_full:
        asked = min(size, room.messages)
        page = await snapshot.fetch(PAGE, session, *at, since, asked)
        rows += room.take(page)
        if len(page) < asked:
            break
        at, size = (int(page[-1][6] or 0), int(page[-1][4] or 0)), size * 2
    return rows


async def _add_portion(
    transaction: Transaction, session: SessionId, portion: Sequence[tuple[Incoming, int]], answered: int
) -> int:
    """Store messages with their tokens, oldest first; what asks and was said before ``answered`` was answered."""
    lowest = int((await transaction.fetch(NUMBERS, session))[0][0] or 0)
    excluded = {author: int(said or 0) for author, said in await transaction.fetch(EXCLUSIONS, session)}
    added = 0
    for seq, (each, tokens) in enumerate(portion, lowest - len(portion)):
        if each.said < excluded.get(each.author, 0):
            continue
        role, author = (Role.ASSISTANT, "") if each.ours else (Role.USER, each.author)
        said = (each.text, author, each.name, each.ref, each.said)
        asks = int(each.asks and each.said > answered)
        if await transaction.execute(ADD_ABOVE, session, seq, role, *said, tokens, asks):
            await add_files(transaction, session, each.ref, each.files)
            added += 1
    if portion:
        await invalidate(transaction, session, portion[0][0].said)
    return added


class _Room:
    """How much is still to be read."""

    def __init__(self, messages: int, tokens: int, summary: Summary | None) -> None:
        self.messages = messages
        self._tokens = tokens
        self._upto = summary.upto if summary else -1
        self.is_full = messages <= 0

    def take(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The newest of some rows, the one included that finds no room any more."""
        for taken, row in enumerate(rows, 1):
            self._tokens -= _tokens(row)
            self.messages -= 1
            if self.messages <= 0 or self._tokens < 0 or int(row[6] or 0) <= self._upto:
                self.is_full = True
                return rows[:taken]
        return rows


def _asked(session: SessionId, lease: Lease | None) -> Iterator[Query]:
    """What tells what a turn answers, newest first."""
    if lease is not None and lease.action is TurnAction.CONTINUE:
        yield ANSWER(session, lease.turn)
    if lease is not None:
        yield ASKED_NOW(session, lease.since, lease.upto, MOST_ASKED)


def _tokens(row: Row) -> int:
    """How many tokens a message has at least; what was never counted may be English."""
    return int(row[8] or 0) or len(str(row[2])) // 5


def _memory(
    about: Row, summary: Summary | None, opening: Sequence[StoredMessage], messages: Sequence[StoredMessage], asked: int
) -> Memory:
    generation, backfilled, title, made_by = about[:4]
    return Memory(
        tuple(messages),
        opening=opening[0] if opening else None,
        summary=summary,
        total=int(about[-2] or 0),
        people=tuple(json.loads(str(about[-1]))),
        title=str(title or ""),
        title_by=TitleBy(str(made_by)) if made_by else None,
        backfilled=bool(backfilled),
        generation=int(generation or 0),
        asked=asked,
    )
