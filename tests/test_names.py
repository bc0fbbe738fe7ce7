"""A name means one thing: a reader who looks for a class or a module finds one."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

import chathakase

ROOT = Path(chathakase.__file__).parent
CLASS = re.compile(r"^ *class (\w+)[(:\[]", re.MULTILINE)
"""Private ones and those within functions and other classes as well."""


def modules(root: Path) -> list[Path]:
    found = [module for module in sorted(root.rglob("*.py")) if module.name != "__init__.py"]
    assert found
    return found


def file_names_used_twice(root: Path) -> list[str]:
    return repeated(module.name for module in modules(root))


def class_names_used_twice(root: Path) -> list[str]:
    return repeated(name for module in sorted(root.rglob("*.py")) for name in CLASS.findall(module.read_text("utf-8")))


def repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_no_module_has_the_name_of_another() -> None:
    assert file_names_used_twice(ROOT) == []


def test_no_class_has_the_name_of_another() -> None:
    assert class_names_used_twice(ROOT) == []


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    for room in ("intake", "turns"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
        (tmp_path / room / "queue.py").write_text("def make():\n    class _Queue:\n        class Item: ...\n")
    (tmp_path / "turns" / "other.py").write_text("class Other: ...\n")
    return tmp_path


def test_names_that_occur_twice_would_be_found(twice: Path) -> None:
    assert file_names_used_twice(twice) == ["queue.py"]
    assert class_names_used_twice(twice) == ["_Queue", "Item"]
