"""What is said: sessions and their messages."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from chathakase import log_events
from chathakase.cancellation import or_undone
from chathakase.core.jobs import Job
from chathakase.core.memory import Archived
from chathakase.core.session_ids import new_session_id
from chathakase.core.types import (
    NO_SESSION,
    Appended,
    ExpiryMode,
    Incoming,
    LastMessage,
    Participant,
    Place,
    Role,
    Roster,
    SaidTo,
    Saved,
    SessionId,
    SessionInfo,
    SessionsPage,
)
from chathakase.storage.database import Database, Row, Statement, Transaction
from chathakase.storage.stores.addressees import among_people
from chathakase.storage.stores.claiming import NewClaim, lease_of, release_lease, take
from chathakase.storage.stores.expiry import SqlExpiry, idle
from chathakase.storage.stores.file_store import add_files, add_files_of_twin
from chathakase.storage.stores.job_store import enqueue
from chathakase.storage.stores.message_rows import ESTIMATE, SPEAKERS
from chathakase.storage.stores.metering import NO_LIMITS, Meter
from chathakase.storage.stores.moving import move
from chathakase.storage.stores.owned import NO_MATTER_HOW_MANY, Ownership, tell_archived
from chathakase.storage.stores.place_columns import HERE, IN_PLACE, PLACE, SOMEWHERE, columns_of, place_if_any
from chathakase.storage.stores.summary_store import invalidate
from chathakase.storage.stores.title_store import retitle
from chathakase.storage.stores.waiting import WAITS, free
from chathakase.storage.stores.waking import AWAKE, WOKEN

STATE = """
id, seq, woken = seq, asked = seq, deleting, (SELECT made_by FROM titles WHERE session = sessions.id),
(SELECT max(said) FROM messages WHERE session = sessions.id), owner = ''
"""

HAS_TOMBSTONE = f"EXISTS (SELECT 1 FROM tombstones WHERE {IN_PLACE} AND said >= $5)"
"""What was said at a time, the fifth parameter, was had by a session that was at a place and is not any more."""

# What was said before and was in a session that has just left is not to be brought back.
OPEN = Statement(f"""
INSERT INTO sessions ({PLACE}, id, seq, asked, began_at, active_at, backfilled)
SELECT $1, $2, $3, $4, $6, 1, $7, now_ms(), now_ms(),
    CASE WHEN $8 = 1 OR EXISTS (SELECT 1 FROM tombstones WHERE {IN_PLACE}) THEN 1 ELSE 0 END
WHERE NOT {HAS_TOMBSTONE}
ON CONFLICT ({PLACE}) WHERE {SOMEWHERE} DO UPDATE SET
    seq = sessions.seq + 1,
    asked = CASE WHEN $7 = 1 THEN sessions.seq + 1 ELSE sessions.asked END,
    active_at = now_ms(),
    woken = {WOKEN},
    {AWAKE}
RETURNING {STATE}
""")

# What is said to nobody in particular asks only where people do not talk among themselves.
JOIN = Statement(f"""
UPDATE sessions SET
    seq = seq + 1,
    asked = CASE WHEN $6 = 1 AND ($8 = 1 OR NOT {among_people("sessions.id", "$5", "$7")}) THEN seq + 1 ELSE asked END,
    active_at = now_ms(),
    woken = {WOKEN},
    {AWAKE}
WHERE {HERE} AND NOT {HAS_TOMBSTONE}
RETURNING {STATE}
""")

ADD = Statement("""
INSERT INTO messages (session, seq, role, text, author, name, ref, said, said_to, asks, tokens, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now_ms())
ON CONFLICT (session, ref) DO NOTHING
RETURNING seq
""")

# A bare mention is a command; with the files that only its twin brings, it is a question.
TAKE_UP = Statement("""
UPDATE messages SET seq = $3, role = $4, asks = $5
WHERE session = $1 AND ref = $2 AND role = 'command'
RETURNING seq
""")

TALKING = Statement(f"SELECT 1 FROM sessions WHERE {HERE} AND {among_people('sessions.id', '$5', '$6')}")

# A command is said to us and answered, if only to its author. A turn that was begun after a message came answers it,
# below it, unless it is one that had ended and is run again; one that ended did so as well, though it may have failed.
BEHIND_SOMEBODY = Statement(f"""
SELECT 1 FROM (
    SELECT m.role, m.author, m.name, CASE WHEN m.seq <= $7
        OR EXISTS (SELECT 1 FROM turns t WHERE t.session = m.session AND t.upto >= m.seq)
        OR turn_began >= m.at AND reply_refs <> '[]' AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.id = sessions.turn)
        THEN 1 ELSE 0 END AS answered
    FROM sessions JOIN messages m ON m.session = sessions.id
    WHERE {HERE} AND deleting = 0 AND m.role <> 'cleared' AND m.said < $5
    ORDER BY m.said DESC, m.seq DESC LIMIT 1
) newest WHERE role = 'user' AND author NOT IN ('', $6) AND name = '' AND newest.answered = 0
""")

NEWEST_THREADS = Statement(f"""
SELECT s.thread FROM (SELECT sessions.thread,
    (SELECT max(m.said) FROM messages m WHERE m.session = sessions.id AND m.role = 'user') AS spoken FROM sessions
    WHERE surface = $1 AND workspace = $2 AND channel = $3 AND {SOMEWHERE}
        AND deleting = 0 AND ($4 = 0 OR {WAITS} OR NOT {free()})) s
WHERE s.spoken IS NOT NULL ORDER BY s.spoken DESC LIMIT $5
""")

FIND = Statement(f"SELECT id FROM sessions WHERE {HERE} AND deleting = 0")

OPENED_LATER = Statement(f"""
SELECT 1 FROM sessions WHERE {HERE} AND $5 < (SELECT min(said) FROM messages WHERE session = sessions.id AND seq > 0)
""")

EXPIRED = Statement(f"SELECT id FROM sessions WHERE {HERE} AND (deleting = 1 OR {idle('$5')})")

INFO = f"""
SELECT id, {PLACE}, sessions.began_at, sessions.active_at, {WAITS} OR NOT {free()},
    message_count, owner, last_text, last_author, last_said,
    coalesce((SELECT title FROM titles WHERE session = sessions.id), ''),
    coalesce((SELECT messages FROM summaries WHERE session = sessions.id), 0)
FROM sessions
"""

INFO_OF_ONE = Statement(f"{INFO} WHERE id = $1 AND deleting = 0")

IS_ACTIVE = "archived_at IS NULL AND active_at >= now_ms() - $1 AND (surface = $2 AND workspace = $3 OR surface = '')"
"""Of a row of ``sessions``: it is not expired after so many milliseconds."""

ACTIVE = Statement(f"{INFO} WHERE {IS_ACTIVE} ORDER BY active_at DESC LIMIT $4")

COUNT_ACTIVE = Statement(f"SELECT count(*) FROM sessions WHERE {IS_ACTIVE}")

USAGE = Statement("SELECT model, prompt_tokens, completion_tokens FROM usage WHERE session = $1 ORDER BY model")

PARTICIPANTS = Statement("""
SELECT author, wrote_at FROM participants WHERE session = $1
ORDER BY (SELECT min(said) FROM messages WHERE messages.author = participants.author AND messages.author <> ''
    AND messages.session = $1 AND role = 'user')
""")

PEOPLE = Statement(f"SELECT author FROM participants WHERE session = (SELECT id FROM sessions WHERE {HERE})")

ROSTER = Statement(f"SELECT owner, backfilled, {SPEAKERS} FROM sessions WHERE id = $1 AND deleting = 0")


class _HadAlready(Exception):
    """This message is saved already; whatever its second coming changed is undone."""

    def __init__(self, session: SessionId = NO_SESSION) -> None:
        super().__init__()
        self.session = session


class _Expired(Exception):
    """A session is to be deleted before anything begins again in its place."""

    def __init__(self, session: SessionId) -> None:
        super().__init__()
        self.session = session


def _nothing() -> None:
    """Nothing happened that the log is told."""


class _Destination(NamedTuple):
    """Where a message is to be stored."""

    session: SessionId
    seq: int
    """Its number there."""
    woken: bool
    """The session was archived until now."""
    waits: bool
    """If it asks, it waits for an answer: people do not talk among themselves."""
    titled: bool
    newest: int | None
    """When the newest message there was said; None: there is none yet."""
    unowned: bool

    @property
    def is_first(self) -> bool:
        """Whether nothing was stored there before."""
        return self.seq == 1


def _room(state: Row) -> _Destination:
    """Read where a message is to be stored. Raises _Expired where the session there is being deleted."""
    id_, seq, woken, waits, deleting, titled, newest, unowned = state
    session = SessionId(str(id_))
    if deleting:
        raise _Expired(session)
    newest_said = None if newest is None else int(newest)
    return _Destination(session, int(seq or 0), bool(woken), bool(waits), bool(titled), newest_said, bool(unowned))


def _event(incoming: Incoming, found: _Destination, archived: Archived) -> Callable[[], None]:
    """What tells the log that a message opened a session or woke it, and archived others for that."""

    def tell() -> None:
        if found.is_first:
            log_events.session_opened(found.session, incoming.place, by=incoming.author)
        elif found.woken:
            log_events.session_woken(found.session, incoming.place)
        tell_archived(archived)

    return tell


class SqlSessionStore:
    """Remembers what is said (a SessionStore)."""

    def __init__(
        self,
        database: Database,
        expiring: SqlExpiry,
        *,
        meter: Meter = NO_LIMITS,
        ownership: Ownership = NO_MATTER_HOW_MANY,
        count: Callable[[str], int] = ESTIMATE,
        new_id: Callable[[], SessionId] = new_session_id,
    ) -> None:
        """``meter`` counts questions, and ``count`` tells how many tokens a text has.

        ``ownership`` tells how many sessions somebody may have open.
        """
        self._database = database
        self._meter = meter
        self._ownership = ownership
        self._expiring = expiring
        self._expiry = expiring.expiry
        self._count = count
        self._new_id = new_id

    async def append(
        self, incoming: Incoming, *, role: Role = Role.USER, job: Job | None = None, claim: bool = False
    ) -> Saved:
        """Save what a person said, unless it was had already or belongs to no session of ours.

        Files that come only with a message's second coming are added to it, and are unread like all others.
        """
        saving = self._save(incoming, role, job, claim=claim)
        return await (or_undone(saving, self._forgo) if claim else saving)

    async def _forgo(self, saved: Saved) -> None:
        """Put down the turn that nobody will run."""
        if saved.lease is not None:
            await release_lease(saved.lease, self._database)

    async def _save(self, incoming: Incoming, role: Role, job: Job | None, *, claim: bool) -> Saved:
        while True:
            try:
                saved, tell, claimed = await self._database.session(
                    incoming.place, lambda transaction: self._append(transaction, incoming, role, job, claim=claim)
                )
                tell()
                return replace(saved, lease=await lease_of(claimed, self._database)) if claimed else saved
            except _Expired as expired:
                await self._expiring.delete_if_idle(expired.session)
            except _HadAlready as had:
                return Saved(await self._complete(incoming, had.session), had.session)

    async def _complete(self, incoming: Incoming, session: SessionId) -> Appended:
        if not incoming.files:
            return Appended.KNOWN
        completed = await self._database.session(
            session, lambda transaction: add_files_of_twin(transaction, session, incoming)
        )
        return Appended.COMPLETED if completed else Appended.KNOWN

    async def _append(
        self, transaction: Transaction, incoming: Incoming, role: Role, job: Job | None, *, claim: bool
    ) -> tuple[Saved, Callable[[], None], NewClaim | None]:
        """What became of a message, what tells the log of it once that is committed, and the turn that is taken."""
        if self._expiry.mode is ExpiryMode.DELETE:
            await self._refuse_expired(transaction, incoming)
        asks = incoming.asks and job is None and await self._is_for_us(transaction, incoming)
        if (found := await self._find_room(transaction, incoming, asks=asks)) is None:
            return Saved(Appended.NO_SESSION_YET), _nothing, None
        appended = await self._admit(transaction, incoming, found) if asks else Appended.NEW
        asks = asks and appended is Appended.NEW
        await self._add(transaction, found, incoming, role=role, asks=asks)
        if job is not None and await enqueue(transaction, job) is None:
            raise _HadAlready(found.session)
        claimed = await take(transaction, found.session) if asks and claim else None
        # Whoever opens a session by a command does not own it.
        owns = found.unowned and (asks or (found.is_first and role is Role.USER))
        owner = incoming.author if owns else ""
        archived = await self._ownership.opened(transaction, found.session, owner=owner) if owner or found.woken else ()
        return Saved(appended, found.session), _event(incoming, found, archived), claimed

    async def _admit(self, transaction: Transaction, incoming: Incoming, found: _Destination) -> Appended:
        """What becomes of a question: it waits, unless people talk among themselves or somebody has asked too much."""
        if not found.waits:
            return Appended.AMONG_PEOPLE
        by = (incoming.place, incoming.author, incoming.ref)
        return Appended.NEW if await self._meter.admit(transaction, found.session, *by) else Appended.REFUSED

    async def is_among_people(self, incoming: Incoming) -> bool:
        """Whether a message that is said to nobody in particular is said where people talk among themselves."""
        about = (*columns_of(incoming.place), incoming.said, incoming.author)
        (rows,) = await self._database.read(TALKING(*about))
        return bool(rows)

    async def is_behind_somebody(self, incoming: Incoming, *, answered: int = 0) -> bool:
        """Whether a message stands directly behind what another person said."""
        about = (*columns_of(incoming.place), incoming.said, incoming.author, answered)
        (rows,) = await self._database.read(BEHIND_SOMEBODY(*about))
        return bool(rows)

    async def find(self, place: Place) -> SessionId | None:
        """The session that is at a place."""
        (rows,) = await self._database.read(FIND(*columns_of(place)))
        return SessionId(str(rows[0][0])) if rows else None

    async def move(self, session: SessionId, place: Place | None) -> bool:
        """Move a session to another place, with all that it remembers, or to none; False where another one is there."""
        moved = await self._database.session(session, lambda transaction: move(transaction, session, place))
        if moved:
            log_events.session_moved(session, place)
        return moved is not False

    async def opened(self, places: Collection[Place]) -> Mapping[Place, SessionId]:
        """The sessions that there are by now at some places."""
        found = await self._database.read(*(FIND(*columns_of(place)) for place in places))
        return {place: SessionId(str(rows[0][0])) for place, rows in zip(places, found, strict=True) if rows}

    async def _add(
        self, transaction: Transaction, found: _Destination, incoming: Incoming, *, role: Role, asks: bool
    ) -> None:
        """Add a message; summaries that should tell of one that comes late are dropped, and it may be the title."""
        await self._insert(transaction, found, incoming, role=role, asks=asks)
        await add_files(transaction, found.session, incoming.ref, incoming.files)
        if found.newest is not None and incoming.said <= found.newest:
            await invalidate(transaction, found.session, incoming.said)
        if not found.titled and role is Role.USER:
            await retitle(transaction, found.session, found.seq)

    async def _insert(
        self, transaction: Transaction, found: _Destination, incoming: Incoming, *, role: Role, asks: bool
    ) -> None:
        said = (incoming.text, incoming.author, incoming.name, incoming.ref, incoming.said, incoming.said_to)
        tokens = self._count(incoming.text)
        if not await transaction.fetch(ADD, found.session, found.seq, role, *said, int(asks), tokens):
            again = (found.session, incoming.ref, found.seq, role, int(asks))
            takes_up = role is Role.USER and incoming.opens and incoming.files
            if not (takes_up and await transaction.fetch(TAKE_UP, *again)):
                raise _HadAlready(found.session)

    async def _find_room(self, transaction: Transaction, incoming: Incoming, *, asks: bool) -> _Destination | None:
        """Where a message is to be stored, in a session that it may open; None where there is none for it."""
        said = (*columns_of(incoming.place), incoming.said)
        if incoming.opens:
            nothing_above = int(incoming.place.thread == incoming.ref)
            rows = await transaction.fetch(OPEN, *said, self._new_id(), int(asks), nothing_above)
            if not rows:
                raise _HadAlready
        else:
            to_bot = int(incoming.said_to is SaidTo.BOT)
            rows = await transaction.fetch(JOIN, *said, int(asks), incoming.author, to_bot)
        return _room(rows[0]) if rows else None

    async def _is_for_us(self, transaction: Transaction, incoming: Incoming) -> bool:
        """Whether something was said after the session was opened; before that, people talked among themselves."""
        if incoming.opens:
            return True
        return not await transaction.fetch(OPENED_LATER, *columns_of(incoming.place), incoming.said)

    async def _refuse_expired(self, transaction: Transaction, incoming: Incoming) -> None:
        place = columns_of(incoming.place)
        for (session,) in await transaction.fetch(EXPIRED, *place, self._expiry.after):
            raise _Expired(SessionId(str(session)))

    async def newest_threads(self, place: Place, *, busy: bool, limit: int) -> list[Place]:
        """The threads of a place's channel in which people said something, the last in which they did so first."""
        about = (place.surface, place.workspace, place.channel, int(busy), limit)
        (rows,) = await self._database.read(NEWEST_THREADS(*about))
        return [place.beside(place.channel, str(thread)) for (thread,) in rows]

    async def people(self, place: Place) -> frozenset[str]:
        """The user ids of everybody who has said something in the session at a place that is not forgotten."""
        (rows,) = await self._database.read(PEOPLE(*columns_of(place)))
        return frozenset(str(author) for (author,) in rows)

    async def roster(self, session: SessionId) -> Roster:
        """Who has a part in a session; nobody in one that there is not."""
        (rows,) = await self._database.read(ROSTER(session))
        if not rows:
            return Roster()
        owner, backfilled, participants = rows[0]
        return Roster(str(owner), frozenset(json.loads(str(participants))), bool(backfilled))

    async def info(self, session: SessionId) -> SessionInfo | None:
        """What is known of one session; None when there is none, or none any more."""
        rows, spent, participants = await self._database.read(
            INFO_OF_ONE(session), USAGE(session), PARTICIPANTS(session)
        )
        return _info(rows[0], spent, participants) if rows else None

    async def active(self, place: Place, *, limit: int) -> SessionsPage:
        """The sessions of a place's workspace, or of none, that are not expired, the most recently active first."""
        which = (self._expiry.after, place.surface, place.workspace)
        rows, ((total,),) = await self._database.read(ACTIVE(*which, limit), COUNT_ACTIVE(*which))
        more = await self._database.read(*(ask(row[0]) for row in rows for ask in (USAGE, PARTICIPANTS)))
        each = zip(rows, more[::2], more[1::2], strict=True)
        return SessionsPage(int(total or 0), tuple(_info(*about) for about in each))


def _info(row: Row, spent: Sequence[Row], participants: Sequence[Row]) -> SessionInfo:
    id_, *where, began, active, busy, messages, owner, text, author, said, title, summarised = row
    return SessionInfo(
        session=SessionId(str(id_)),
        place=place_if_any(where),
        messages=int(messages or 0),
        participants=tuple(Participant(str(author), int(wrote or 0) // 1000) for author, wrote in participants),
        began=int(began or 0),
        active=int(active or 0),
        busy=bool(busy),
        title=str(title),
        summarised=int(summarised or 0),
        usage=tuple((str(model), int(prompt or 0), int(completion or 0)) for model, prompt, completion in spent),
        owner=str(owner),
        last=None if said is None else LastMessage(str(text), str(author), int(said) // 1000),
    )
