"""What would break each contract, planted in a copy of the package."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise, permutations
from pathlib import Path
from typing import Any, TypeAlias

from grimp import ImportGraph

Contract: TypeAlias = Mapping[str, Any]
"""One contract as pyproject.toml has it."""

FORMS = (
    "import {0}",
    "def planted():\n    import {0}",
    "from {0} import planted as _planted",
    "if TYPE_CHECKING:\n    import {0}",
    "try:\n    from {0} import planted as _planted\nexcept ImportError:\n    pass",
)
"""Every way in which something is imported counts: in a function, and for types alone."""


@dataclass(frozen=True, slots=True)
class Plant:
    """An import that breaks a contract, and what is said of it."""

    importer: str
    imported: str
    report: str


def plants(contract: Contract, graph: ImportGraph, layered: Iterable[str]) -> list[Plant]:
    """All that is planted to break a contract; ``layered`` are the packages whose layers others tell."""
    match contract["type"]:
        case "forbidden":
            return list(_libraries(contract, graph))
        case "layers":
            return [plant for container in contract["containers"] for plant in _upwards(contract, container, graph)]
        case "acyclic_siblings":
            return list(_circles(graph, set(layered)))
        case "protected":
            return list(_trespasses(contract, graph))
    raise AssertionError(f"nothing is planted for contracts of type {contract['type']}")


def plant_in(folder: Path, planted: Iterable[Plant]) -> None:
    """Write imports into the modules of a copy."""
    lines: dict[Path, list[str]] = {}
    for plant, form in zip(planted, cycle(FORMS), strict=False):
        lines.setdefault(_file_of(folder, plant.importer), []).append(form.format(plant.imported))
    for file, imports in lines.items():
        file.write_text("\n".join([file.read_text() if file.exists() else "", *imports, ""]))


def copy_package(root: Path, folder: Path) -> None:
    """Copy what is linted, and its contracts, without what is no Python."""
    shutil.copytree(root / "chathakase", folder / "chathakase", ignore=shutil.ignore_patterns("__pycache__", "page"))
    shutil.copy(root / "pyproject.toml", folder)


def _libraries(contract: Contract, graph: ImportGraph) -> Iterator[Plant]:
    """A library in each module that is none of its doors."""
    doors = [_pattern(each) for each in contract.get("ignore_imports", ())]
    for source in contract["source_modules"]:
        for module in sorted({source, *graph.find_descendants(source)}):
            for library in contract["forbidden_modules"]:
                arrow = f"{module} -> {library}"
                if not any(door.fullmatch(arrow) for door in doors):
                    yield Plant(module, library, f"{arrow} (l.")


def _upwards(contract: Contract, container: str, graph: ImportGraph) -> Iterator[Plant]:
    """Each layer imports the one above and all strangers beside it, and a module is in no layer."""
    layers = [_names(layer) for layer in contract["layers"]]
    wrong = [(lower, upper) for above, below in pairwise(layers) for lower in below for upper in above]
    wrong += [pair for layer in layers for pair in permutations(layer, 2)]
    for lower, upper in wrong:
        low, high = f"{container}.{lower}", f"{container}.{upper}"
        yield Plant(_leaf(low, graph), high, f"{low} is not allowed to import {high}:")
    yield Plant(f"{container}.planted", "typing", f"- {container}.planted")


def _circles(graph: ImportGraph, layered: set[str]) -> Iterator[Plant]:
    """Two modules of each package import one another; where there are layers, these speak of it."""
    ours = {"chathakase", *graph.find_descendants("chathakase")}
    for package in sorted(ours - layered):
        if len(children := sorted(graph.find_children(package))) > 1:
            for one, other in permutations(children[:2]):
                yield Plant(_leaf(one, graph), other, f"No cycles are allowed in {package}.")


def _trespasses(contract: Contract, graph: ImportGraph) -> Iterator[Plant]:
    """Every room but those that may imports what is protected."""
    allowed = {*contract["protected_modules"], *contract["allowed_importers"]}
    for imported in contract["protected_modules"]:
        for room in sorted(graph.find_children("chathakase") - allowed):
            yield Plant(leaf := _leaf(room, graph), imported, f"- {leaf} -> {imported} (l.")


def _names(layer: str) -> Sequence[str]:
    """The modules of a layer, which are strangers to one another."""
    return [each.strip() for each in layer.split("|")]


def _leaf(module: str, graph: ImportGraph) -> str:
    """A module deep inside a package; itself where it is none."""
    return max(graph.find_descendants(module) | {module}, key=lambda each: (each.count("."), each))


def _pattern(expression: str) -> re.Pattern[str]:
    """What an expression of ignored imports matches."""
    return re.compile(re.escape(expression).replace(r"\*\*", r"[\w.]+").replace(r"\*", r"\w+").replace(r"\ ", " "))


def _file_of(folder: Path, module: str) -> Path:
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
