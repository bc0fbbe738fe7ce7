"""The page's JavaScript modules import one another in one direction, and each of them is used."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import chathakase.playground

PAGE = (Path(chathakase.playground.__file__).parent / "page").resolve()
BEGINS = "main.js"
IMPORT = re.compile(r"""\b(?:import|export)\b[^;'"]*["'](?P<path>\.[^"']+)["']""")
"""Also one of a type alone, in a comment, and one that is made later."""


def imports_of(name: str, text: str) -> set[str]:
    """The modules that a module imports, by their paths from the page's folder."""
    found = (((PAGE / name).parent / match["path"]).resolve() for match in IMPORT.finditer(text))
    return {each.relative_to(PAGE).as_posix() for each in found}


MODULES = {
    name: imports_of(name, path.read_text())
    for path in sorted(PAGE.rglob("*.js"))
    if not (name := path.relative_to(PAGE).as_posix()).startswith("vendor/")
}


@pytest.mark.parametrize(
    "text",
    [
        'import { h } from "../dom.js";',
        'import {\n  one,\n  two,\n} from "../dom.js";',
        "import h from '../dom.js'",
        'import "../dom.js";',
        'export { h } from "../dom.js";',
        'const { h } = await import("../dom.js");',
        '/** @param {import("../dom.js").Some} one */',
    ],
)
def test_every_kind_of_import_is_seen(text: str) -> None:
    assert imports_of("blocks/index.js", text) == {"dom.js"}


def test_no_module_imports_itself_in_a_circle() -> None:
    TopologicalSorter(MODULES).prepare()
    with pytest.raises(CycleError):
        TopologicalSorter(MODULES | {"dom.js": {BEGINS}}).prepare()


def test_no_folder_imports_itself_in_a_circle() -> None:
    rooms: dict[str, set[str]] = {}
    for name, imported in MODULES.items():
        here = _room(name)
        rooms.setdefault(here, set()).update(room for room in map(_room, imported) if room != here)
    TopologicalSorter(rooms).prepare()


def _room(name: str) -> str:
    """The folder in which a module is, or itself where it is in none."""
    return name.split("/")[0]


def test_every_module_is_there_and_used() -> None:
    used, ahead = set[str](), {BEGINS}
    while ahead:
        used |= ahead
        ahead = {each for name in ahead for each in MODULES.get(name, ())} - used
    assert MODULES.keys() <= used
    assert [name for name in used if not (PAGE / name).is_file()] == []
