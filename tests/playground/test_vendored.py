"""What the page brings along is what its table says."""

import re
from pathlib import Path

import pytest

from chathakase import playground

VENDOR = Path(playground.__file__).parent / "page" / "vendor"
ROW = re.compile(r"\| `([\w.-]+)` \| [\w-]+ \| ([0-9.]+) \|.*?\]\((licenses/[\w.-]+)\)")
ROWS = ROW.findall((VENDOR / "README.md").read_text())


@pytest.mark.parametrize(("name", "version", "licence"), ROWS, ids=[row[0] for row in ROWS])
def test_a_vendored_file_is_of_the_version_that_its_table_names(name: str, version: str, licence: str) -> None:
    assert f" {version} " in (VENDOR / name).read_text(encoding="utf-8").partition("\n")[0]
    assert (VENDOR / licence).is_file()


def test_every_vendored_file_is_in_the_table() -> None:
    assert {path.name for path in VENDOR.glob("*.js")} == {row[0] for row in ROWS}
