"""Databases as they were made by migrations 1 and 7 before these had their last form."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from chathakase.storage.sqlite.migrate import LEDGER, migrations

Change = tuple[str, str]

WITHOUT_ORIGIN: Sequence[Change] = (
    ("    lease_owner TEXT,                           -- who answers right now\n", ""),
    ("    lease_until BIGINT NOT NULL DEFAULT 0,\n    turn ", "    turn "),
    (
        """    turn        TEXT,                           -- the turn that is not finished yet, through all its tries
    turn_began  BIGINT,
    attempts    BIGINT NOT NULL DEFAULT 0,      -- its tries
    reply_refs  TEXT NOT NULL DEFAULT '[]',     -- the messages that it has written so far
""",
        """    attempts    BIGINT NOT NULL DEFAULT 0,      -- claims since a turn was last finished
    lease_owner TEXT,                           -- the turn that is under way
    lease_until BIGINT NOT NULL DEFAULT 0,
""",
    ),
    ("-- What became of the turns that ended.\n", ""),
    (
        """    upto              BIGINT NOT NULL,          -- the newest message that it answered
    attempts          BIGINT NOT NULL,
    outcome           TEXT NOT NULL,
    error             TEXT NOT NULL,
    model             TEXT NOT NULL,
""",
        """    upto              BIGINT NOT NULL,
    attempt           BIGINT NOT NULL,
    outcome           TEXT,                     -- NULL while it is under way or was never finished
    model             TEXT NOT NULL DEFAULT '',
""",
    ),
    (
        """    reply_refs        TEXT NOT NULL,
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT NOT NULL
""",
        """    error             TEXT NOT NULL DEFAULT '',
    reply_refs        TEXT NOT NULL DEFAULT '[]',
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT
""",
    ),
)
ORIGIN: Change = (
    "    upto              BIGINT NOT NULL,\n",
    "    origin            TEXT NOT NULL,            -- the first try at what this turn answers\n"
    "    upto              BIGINT NOT NULL,\n",
)
PAGES: Change = (
    """-- Its parts are merged 64 pages at a time while people write (the ``pgsz`` option): small pages, short waits.
INSERT INTO words (words, rank) VALUES ('pgsz', 1000);
INSERT INTO title_words (title_words, rank) VALUES ('pgsz', 1000);
""",
    "",
)
TOLD: Change = (
    "    told    BIGINT NOT NULL DEFAULT 0,          -- it may tell of any message up to this number\n",
    "",
)
NUMBERS: Change = (" AUTOINCREMENT,  -- never given twice: somebody may still be reading what is gone", ",")
ERRANDS: Change = (
    "      -- what was said behind a command\n\nCREATE INDEX errands_of_session ON errands (session);\n",
    "\n",
)

FORMS: Mapping[str, tuple[int, Sequence[Change], str]] = {
    "1, first": (
        1,
        WITHOUT_ORIGIN,
        "c4efc8a2ba21e817086a7ebfacb196f43d63d3b7f09746b7d805ea731b55ccc9",
    ),
    "1, second": (
        1,
        (*WITHOUT_ORIGIN, ORIGIN),
        "6713977ed02dc7f4dff20646ef1cb4b16f202c81ed312796edd7586d12a6b6fa",
    ),
    "7, first": (
        7,
        (PAGES, TOLD, NUMBERS, ERRANDS),
        "df9bb44a8105f9ac83a57974f938dec0148bb06d900a7606ec681b12254e25a7",
    ),
    "7, second": (
        7,
        (PAGES, TOLD, NUMBERS),
        "acf24896c69c7469609b9785ba6cab6c78ebcb5dcbeec3fcf6778ee7eed4f7e2",
    ),
    "7, third": (7, (PAGES, TOLD), "a07beae3f5fbee206ba1d2f0cb36060662994ed2b07e46fb31e17219818b40c7"),
    "7, fourth": (7, (PAGES,), "a97dacc6491976dad714e9b776a2c40dfbc71bb78a16fb7ff99f0a8f2f00fe82"),
}
"""Of each early form: which migration, how it differed from what it is now, and the checksum that it had."""


def early_sql(form: str) -> tuple[int, str]:
    """Which migration it is an early form of, and its text."""
    version, changes, checksum = FORMS[form]
    sql = migrations()[version - 1].sql
    for now, then in changes:
        assert sql.count(now) == 1, now
        sql = sql.replace(now, then)
    assert sha256(sql.encode()).hexdigest() == checksum
    return version, sql


def make_early(path: Path, form: str, *, upto: int, then: str = "") -> None:
    """Make a database by an early form of a migration, of a version; ``then`` is SQL that fills it."""
    early, sql = early_sql(form)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; {LEDGER};")
        for each in migrations()[:upto]:
            connection.executescript(sql if each.version == early else each.sql)
            connection.execute("INSERT INTO schema_migrations VALUES (?, ?, 0)", (each.version, each.name))
            if each.version == early:
                connection.executescript(then)
        connection.commit()
