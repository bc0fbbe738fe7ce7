"""A large database, filled at once rather than message by message."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path

from chathakase.core.token_estimate import Estimator
from chathakase.storage.sqlite.merging import INDEXES
from tests.places import slack_place

COMMON = "project"
"""A word in every third message."""
RARE = "quokka"
"""A word in ten messages."""
JAPANESE, SHORT_JAPANESE = "鴨川の散歩", "鴨川"
"""A word in one of a thousand messages, and its beginning, which is too short for the index."""

FEW, MANY = "U0FEW00001", "U0MANY0001"
"""Who took part in ten sessions, and who in every fourth."""
PEOPLE = 2_000
CHANNELS = 300
OPEN_AT_ONCE = 2_000
"""Sessions in which people talk at the same time, so that their messages lie between one another's."""
MOST_AT_ONCE = 20_000
"""Rows that are written at once."""

SILENT = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;"

SESSION = """
INSERT INTO sessions (id, surface, workspace, channel, thread, seq, asked, answered, began_at, active_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
TITLE = "INSERT INTO titles (session, title, made_by) VALUES (?, ?, 'model')"
USAGE = "INSERT INTO usage VALUES (?, 'model-1', 1000, 500)"
MESSAGE = """
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, asks, said, tokens, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
TURN = """
INSERT INTO turns (id, session, upto, attempts, reply_refs, began_at, outcome, error, model, prompt_tokens,
    completion_tokens, ended_at, estimate)
VALUES (?, ?, ?, 1, ?, ?, 'answered', '', 'model-1', 100, 50, ?, 90)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be."""

    sessions: int
    messages: int

    @property
    def in_each(self) -> int:
        """Messages of a session, as many of people as answers."""
        return max(self.messages // self.sessions // 2 * 2, 2)


def session_of(number: int) -> tuple[str, str]:
    """The channel and the thread of a session by its number; every other is a direct message."""
    channel = f"{'CD'[number % 2]}0BIG{number % CHANNELS:05d}"
    return channel, f"{1_700_000_000 + number}.000001"


class Words:
    """Texts that look like what people write: some words often, most of them rarely."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ai", "er", "on")]
        self._words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(20_000)]
        self._weights = [sum(islice((1 / (rank + 5) for rank in range(n, n + 1)), 1)) for n in range(20_000)]
        self._bank = rng.choices(self._words, self._weights, k=400_000)
        self._kana = "京都大阪東散歩山寺神社日本語話今会議予定明確認資料送願致申桜海空道駅前店食事夕朝"

    def text(self, number: int, words: int) -> str:
        """The text of a message by its number."""
        if number % 10 == 7:
            text = "".join(self._rng.choices(self._kana, k=words * 2))
            return f"{text}{JAPANESE}に行きましょう" if number % 1_000 == 7 else text
        start = self._rng.randrange(len(self._bank) - words)
        text = " ".join(self._bank[start : start + words])
        if number % 3 == 0:
            text = f"{text} {COMMON} {self._rng.choice(self._bank)}"
        return text


def fill(path: Path, size: Size, *, now: int, seed: int = 1) -> None:
    """Fill a migrated database; the sessions end one after the other, the last one now, in epoch milliseconds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SILENT)
        kept = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')"
            " AND tbl_name IN ('messages', 'titles', 'turns', 'sessions')"
        ).fetchall()
        connection.execute("BEGIN")
        for kind, name, _ in kept:
            connection.execute(f"DROP {kind} {name}")
        _write(connection, size, now, random.Random(seed))
        for _, _, sql in kept:
            connection.execute(sql)
        connection.execute("COMMIT")
        for index in INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _write(connection: sqlite3.Connection, size: Size, now: int, rng: random.Random) -> None:
    words = Words(rng)
    step = max(now // 1_000 // size.sessions, 1) if size.sessions > 86_400 * 30 else 86_400_000 * 30 // size.sessions
    began = now - step * size.sessions
    for number in range(size.sessions):
        channel, thread = session_of(number)
        last, at = size.in_each, began + step * (number + 1)
        id_, place = _id(number, at), slack_place(channel, thread)
        connection.execute(SESSION, (id_, *astuple(place), last, last - 1, last - 1, at, at))
        connection.execute(TITLE, (id_, words.text(number * 10 + 1, 5)))
        connection.execute(USAGE, (id_,))
    messages = _messages(size, words, rng, began, step)
    while rows := list(islice(messages, MOST_AT_ONCE)):
        connection.executemany(MESSAGE, (message for message, _ in rows))
        connection.executemany(TURN, (turn for _, turn in rows if turn))


def _messages(
    size: Size, words: Words, rng: random.Random, began: int, step: int
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...] | None]]:
    count = Estimator().count
    fresh = iter(range(size.sessions))
    talking = [[number, 0] for number in islice(fresh, OPEN_AT_ONCE)]
    number = 0
    while talking:
        place = rng.randrange(len(talking))
        session, done = talking[place]
        at = began + step * (session + 1)
        id_ = _id(session, at)
        author = _author(session, done, size)
        for seq, role, length in (
            (done + 1, "user", rng.randint(4, 40)),
            (done + 2, "assistant", rng.randint(20, 120)),
        ):
            text = words.text(number, length)
            if number % (size.messages // 10 or 1) == 1:
                text = f"{text} {RARE}"
            said = at * 1000 + (done + 1)
            ref = f"{said}" if role == "user" else f"{number:032x}"
            about = (id_, seq, role, text, author if role == "user" else "", ref)
            rest = (None, 1) if role == "user" else (done + 1, 0)
            turn = None if role == "user" else (ref, id_, done + 1, f'["{said}.5"]', at, at)
            yield (*about, *rest, said, count(text), at), turn
            number += 1
        talking[place][1] += 2
        if talking[place][1] >= size.in_each:
            if (following := next(fresh, None)) is not None:
                talking[place] = [following, 0]
            else:
                talking.pop(place)


def _id(number: int, at: int) -> str:
    """A session's id, made of when it began and its number."""
    return f"{at:012x}{number:020x}"


def _author(session: int, done: int, size: Size) -> str:
    if done == 2:
        if session % 4 == 0:
            return MANY
        if session % (size.sessions // 10 or 1) == 1:
            return FEW
    return f"U0BIG{(session * 7 + done // 4) % PEOPLE:05d}"
