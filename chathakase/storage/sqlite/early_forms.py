"""Databases made by early forms of migrations 1 and 7, which were changed after they had been committed.

Each later migration up to the one before checksums were kept could be applied to them, so they are repaired there: what
such a form lacks is made, and then all must be as the migrations make it.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from chathakase.core.errors import StoreError
from chathakase.storage.database import Row
from chathakase.storage.sqlite.transactions import SqliteTransaction

UNKNOWN_SHAPE = "no ChatHakase makes a database of this form ({}): restore a backup, or move it away to start afresh"
SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
SHADOW = re.compile(r"(data|idx|content|docsize|config)$")
"""What SQLite itself makes behind a full-text index, which is another matter in each of its versions."""


@dataclass(frozen=True, slots=True)
class EarlyForm:
    """Something that an early form of a migration made otherwise."""

    met: str
    """SQL that finds a row where it did."""
    repair: str


def _lacks(table: str, column: str) -> str:
    return f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pragma_table_info('{table}') WHERE name = '{column}')"


SESSIONS = EarlyForm(
    _lacks("sessions", "turn"),
    """
    ALTER TABLE sessions ADD COLUMN turn TEXT;
    ALTER TABLE sessions ADD COLUMN turn_began BIGINT;
    ALTER TABLE sessions ADD COLUMN reply_refs TEXT NOT NULL DEFAULT '[]';
    UPDATE sessions SET lease_owner = NULL, lease_until = 0, attempts = 0;
    UPDATE sessions SET turn = old.id, turn_began = old.began_at, reply_refs = old.reply_refs
    FROM (SELECT id, session, upto, reply_refs, max(began_at) AS began_at FROM turns WHERE outcome IS NULL
        GROUP BY session) AS old
    WHERE old.session = sessions.id AND old.upto > sessions.answered;
    """,
)
"""A turn that was not finished stood among those that had ended."""

TURNS = EarlyForm(
    _lacks("turns", "attempts"),
    """
    CREATE TABLE new_turns (
        id                TEXT PRIMARY KEY,
        session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        upto              BIGINT NOT NULL,
        attempts          BIGINT NOT NULL,
        outcome           TEXT NOT NULL,
        error             TEXT NOT NULL,
        model             TEXT NOT NULL,
        prompt_tokens     BIGINT,
        completion_tokens BIGINT,
        reply_refs        TEXT NOT NULL,
        began_at          BIGINT NOT NULL,
        ended_at          BIGINT NOT NULL,
        run               BIGINT NOT NULL DEFAULT 1,
        wish              TEXT CHECK (wish IN ('retry', 'continue')),
        estimate          BIGINT NOT NULL DEFAULT 0
    );
    INSERT INTO new_turns
    SELECT id, session, upto, attempt, outcome, error, model, prompt_tokens, completion_tokens, reply_refs,
        began_at, coalesce(ended_at, began_at), run, wish, estimate
    FROM turns WHERE outcome IS NOT NULL;
    DROP TABLE turns;
    ALTER TABLE new_turns RENAME TO turns;
    CREATE INDEX turns_of_session ON turns (session, upto);
    CREATE INDEX turns_reopened ON turns (session, upto) WHERE wish IS NOT NULL;
    """,
)

ERRANDS = EarlyForm(
    "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'errands_of_session')",
    "CREATE INDEX errands_of_session ON errands (session);",
)

TITLES = EarlyForm(_lacks("titles", "told"), "ALTER TABLE titles ADD COLUMN told BIGINT NOT NULL DEFAULT 0;")

TITLE_WORDS = EarlyForm(
    "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM title_words_config WHERE k = 'pgsz')",
    "INSERT INTO title_words (title_words, rank) VALUES ('pgsz', 1000);",
)

FILES = EarlyForm(
    "SELECT 1 FROM sqlite_master WHERE name = 'files' AND sql NOT LIKE '%AUTOINCREMENT%'",
    """
    CREATE TABLE new_files (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        session    TEXT NOT NULL,
        message    BIGINT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        position   BIGINT NOT NULL,
        ref        TEXT NOT NULL,
        name       TEXT NOT NULL,
        kind       TEXT NOT NULL,
        size       BIGINT NOT NULL,
        url        TEXT NOT NULL,
        read_at    BIGINT,
        text       TEXT NOT NULL DEFAULT '',
        refusal    TEXT NOT NULL DEFAULT '',
        image_kind TEXT NOT NULL DEFAULT '',
        image      BLOB,
        remote     INTEGER NOT NULL DEFAULT 0,
        UNIQUE (message, ref)
    );
    INSERT INTO new_files
    SELECT id, session, message, position, ref, name, kind, size, url, read_at, text, refusal, image_kind, image, remote
    FROM files;
    DROP TABLE files;
    ALTER TABLE new_files RENAME TO files;
    CREATE INDEX files_unread ON files (session) WHERE read_at IS NULL;
    CREATE TRIGGER file_gone AFTER DELETE ON files BEGIN
        INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
    END;
    CREATE TRIGGER file_replaced AFTER UPDATE OF name, text, image ON files
    WHEN old.name NOT IN ('', new.name) OR old.text NOT IN ('', new.text) OR old.image IS NOT NULL BEGIN
        INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
    END;
    """,
)

EARLY_FORMS = (SESSIONS, TURNS, ERRANDS, TITLES, TITLE_WORDS, FILES)


async def repair(transaction: SqliteTransaction, scripts: Sequence[str]) -> bool:
    """Have a database as the scripts of its migrations make one; False when it was so already.

    Raises StoreError when it is of no form that is known.
    """
    try:
        met = [form for form in EARLY_FORMS if await transaction.fetch(form.met)]
        for form in met:
            await transaction.script(form.repair)
    except sqlite3.OperationalError as error:
        raise StoreError(UNKNOWN_SHAPE.format(error)) from error
    if strange := _strange(_shape(await transaction.fetch(SCHEMA)), _made_by(scripts)):
        raise StoreError(UNKNOWN_SHAPE.format(strange))
    return bool(met)


def _strange(found: Mapping[str, Sequence[str]], expected: Mapping[str, Sequence[str]]) -> str:
    """The first thing that is missing or made otherwise; what is there besides harms nothing."""
    return next((name for name, shape in expected.items() if found.get(name) != shape), "")


def _made_by(scripts: Iterable[str]) -> Mapping[str, Sequence[str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in scripts:
            connection.executescript(script)
        return _shape(connection.execute(SCHEMA).fetchall())


def _shape(rows: Iterable[Row]) -> dict[str, Sequence[str]]:
    """Of each table, index, view and trigger how it is made, in whatever order a table's columns stand."""
    made = {" ".join(map(str, names)): str(sql) for *names, sql in rows}
    indexes = [name for name, sql in made.items() if sql.startswith("CREATE VIRTUAL")]
    hidden = [name for name in made for index in indexes if name.startswith(f"{index}_") and SHADOW.search(name)]
    return {name: _definitions(sql) for name, sql in made.items() if name not in hidden}


def _definitions(sql: str) -> Sequence[str]:
    """What a statement says, without its comments and white space; between its brackets cut at commas."""
    head, _, rest = re.sub(r"--.*|\"", "", sql).partition("(")
    body, _, tail = rest.rpartition(")")
    return sorted("".join(part.split()) for part in (head, *body.split(","), tail))
