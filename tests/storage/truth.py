"""What a database must keep of each session besides its messages, worked out from the messages themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from chathakase.storage.sqlite.driver import SqliteDatabase

MESSAGES = "SELECT session, seq, role, text, author, name, reply_to, said, at FROM messages"
SESSIONS = "SELECT id, message_count, last_text, last_author, last_said, exchanges FROM sessions"
PARTICIPANTS = "SELECT session, author, wrote_at FROM participants"
LISTED = "active_at, {}, surface, workspace, channel, agent, archived_by"


class StoredRow(NamedTuple):
    """A row of MESSAGES."""

    session: str
    seq: int
    role: str
    text: str
    author: str
    name: str
    reply_to: int | None
    said: int
    at: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What is kept of one session: how many messages, the last one, who wrote when, and how many answers stand."""

    messages: int = 0
    last: tuple[str, str, int] | None = None
    participants: Mapping[str, int] | None = None
    exchanges: int = 0


def counts_of(messages: Collection[StoredRow]) -> Counts:
    """Count the messages of one session."""
    spoken = [each for each in messages if each.role in ("user", "assistant")]
    last = max(spoken, key=lambda each: (each.said, each.seq), default=None)
    wrote: dict[str, int] = {}
    for each in spoken:
        if each.role == "user" and each.author and not each.name:
            wrote[each.author] = max(each.said, wrote.get(each.author, each.said))
    answers = [each for each in spoken if each.role == "assistant" and each.reply_to is not None]
    return Counts(len(spoken), None if last is None else _told(last), wrote or None, len(answers))


def _told(last: StoredRow) -> tuple[str, str, int]:
    return last.text[:100], last.author, last.said if last.reply_to is None else last.at * 1000


def kept(sessions: Iterable[Sequence[Any]], participants: Iterable[Sequence[Any]]) -> dict[str, Counts]:
    """What a database keeps, of rows of SESSIONS and PARTICIPANTS, by session."""
    wrote: dict[str, dict[str, int]] = defaultdict(dict)
    for session, author, at in participants:
        wrote[session][author] = at
    return {
        session: Counts(count, None if None in last else tuple(last), wrote.get(session), exchanges)
        for session, count, *last, exchanges in sessions
    }


def true(sessions: Iterable[str], messages: Iterable[StoredRow]) -> dict[str, Counts]:
    """What it must keep, of the ids of sessions and of rows of MESSAGES."""
    said: dict[str, list[StoredRow]] = {session: [] for session in sessions}
    for each in messages:
        said[each.session].append(each)
    return {session: counts_of(those) for session, those in said.items()}


async def assert_listed(database: SqliteDatabase) -> None:
    """Each session stands once in the list of each of its people, where it belongs, and nothing else does."""
    sessions = await database.fetch(f"SELECT id, owner, {LISTED.format('id')} FROM sessions WHERE deleting = 0")
    wrote = await database.fetch(PARTICIPANTS)
    listed = await database.fetch(f"SELECT person, {LISTED.format('session')} FROM listed")
    made_of = [
        (person, *told)
        for id_, owner, *told in sessions
        for person in {owner, *(author for session, author, _ in wrote if session == id_)} - {""}
    ]
    assert sorted(map(tuple, listed), key=str) == sorted(made_of, key=str)


async def assert_true(database: SqliteDatabase) -> dict[str, Counts]:
    """Compare all that is kept with the truth; returns what is kept of each session."""
    await assert_listed(database)
    sessions = await database.fetch(SESSIONS)
    found = kept(sessions, await database.fetch(PARTICIPANTS))
    messages = [StoredRow(*row) for row in await database.fetch(MESSAGES)]  # type: ignore[arg-type]
    assert found == true(found, messages)
    return found
