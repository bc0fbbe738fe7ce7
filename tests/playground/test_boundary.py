"""The workspace is a stranger to the bot and to Slack's own libraries."""

import ast
from pathlib import Path

import pytest

import chathakase.playground

FOLDER = Path(chathakase.playground.__file__).parent
FORBIDDEN = ("slack_sdk", "slack_bolt", "openai", "aiosqlite", "apscheduler")


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_imports_nothing_of_the_bot(path: Path) -> None:
    for name in _imports(path):
        assert not name.startswith(FORBIDDEN)
        assert name.startswith("chathakase.playground") or not name.startswith("chathakase")
