"""A name means one thing: a reader who looks for a class or a module finds one."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

import chathakase

PACKAGE = Path(chathakase.__file__).parent
BESIDE = (PACKAGE.parent / "tests", PACKAGE.parent / "benchmarks")
"""What only whoever works on the bot needs."""
APPS = PACKAGE.parent / "tests" / "bolt" / "apps"
"""Apps that know nothing of one another, each a program of its own."""
OF_ITS_FOLDER = re.compile(r"__init__\.py|__main__\.py|conftest\.py|test_\w+\.py")
"""Modules that say of their folder what they are; a test is found where that is which it tests."""
CLASS = re.compile(r"^ *class (\w+)[(:\[]", re.MULTILINE)
"""Private ones and those within functions and other classes as well."""


def modules(*roots: Path) -> list[Path]:
    found = [module for root in roots for module in sorted(root.rglob("*.py")) if not module.is_relative_to(APPS)]
    assert found
    return found


def file_names_used_twice(*roots: Path) -> list[str]:
    return repeated(each.name for each in modules(*roots) if not OF_ITS_FOLDER.fullmatch(each.name))


def class_names_used_twice(*roots: Path) -> list[str]:
    return repeated(name for module in modules(*roots) for name in CLASS.findall(module.read_text("utf-8")))


def repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_no_module_has_the_name_of_another() -> None:
    assert file_names_used_twice(PACKAGE) == []


def test_no_helper_of_tests_and_benchmarks_has_the_name_of_another() -> None:
    assert file_names_used_twice(*BESIDE) == []


def test_no_class_has_the_name_of_another() -> None:
    assert class_names_used_twice(PACKAGE, *BESIDE) == []


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    for room in ("intake", "turns"):
        (tmp_path / room).mkdir()
        for name in ("__init__.py", "conftest.py", "test_queue.py"):
            (tmp_path / room / name).touch()
        (tmp_path / room / "queue.py").write_text("def make():\n    class _Queue:\n        class Item: ...\n")
    (tmp_path / "turns" / "other.py").write_text("class Other: ...\n")
    return tmp_path


def test_names_that_occur_twice_would_be_found(twice: Path) -> None:
    assert file_names_used_twice(twice) == ["queue.py"]
    assert file_names_used_twice(twice / "intake", twice / "turns") == ["queue.py"]
    assert class_names_used_twice(twice) == ["_Queue", "Item"]
