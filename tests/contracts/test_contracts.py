"""The contracts of imports are kept, have no holes, and catch whatever breaks them."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import grimp
import pytest

from tests.contracts.planting import Contract, copy_package, plant_in, plants

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: list[Contract] = PROJECT["tool"]["importlinter"]["contracts"]
INSTALLED: list[str] = [
    *PROJECT["project"]["dependencies"],
    *chain.from_iterable(PROJECT["project"]["optional-dependencies"].values()),
]
FOR_DEVELOPMENT: list[str] = [
    each for each in chain.from_iterable(PROJECT["dependency-groups"].values()) if isinstance(each, str)
]
LAYERED = [container for each in CONTRACTS for container in each.get("containers", ())]
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)", re.MULTILINE)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("chathakase", include_external_packages=True, cache_dir=None)


def lint(folder: Path) -> tuple[set[str], str]:
    """The contracts that are broken in a copy, and all that is said of it."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=folder, env={"COLUMNS": "1000"}, capture_output=True, text=True)
    found = {match["name"]: match["verdict"] for match in VERDICT.finditer(done.stdout)}
    assert found.keys() == {each["name"] for each in CONTRACTS}, done.stdout + done.stderr
    return {name for name, verdict in found.items() if verdict == "BROKEN"}, done.stdout


@pytest.mark.usefixtures("outside")
def test_nothing_is_broken(tmp_path: Path) -> None:
    copy_package(ROOT, tmp_path)
    assert lint(tmp_path)[0] == set()


@pytest.mark.long
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each["name"])
@pytest.mark.usefixtures("outside")
def test_what_breaks_a_contract_is_caught(contract: Contract, graph: grimp.ImportGraph, tmp_path: Path) -> None:
    planted = plants(contract, graph, LAYERED)
    assert planted
    copy_package(ROOT, tmp_path)
    plant_in(tmp_path, planted)
    broken, said = lint(tmp_path)
    assert [plant for plant in planted if plant.report not in said] == []
    assert {contract["name"]} <= broken <= {contract["name"], *_beside(contract)}


def _beside(contract: Contract) -> set[str]:
    """What may be broken as well: a wrong direction may close a circle, and lead where only some may go."""
    directions = [each for each in CONTRACTS if each["type"] != "forbidden"]
    return {each["name"] for each in directions if contract in directions}


def test_every_dependency_has_a_contract() -> None:
    assert _modules([*INSTALLED, *FOR_DEVELOPMENT]) - _with_a_contract() == set()


def test_nothing_that_runs_may_import_what_is_for_development() -> None:
    (contract,) = (each for each in CONTRACTS if each["name"].startswith("What is installed for tests and checks"))
    forbidden = set(contract["forbidden_modules"])
    assert _modules(FOR_DEVELOPMENT) - forbidden == set()
    assert _modules(INSTALLED) & forbidden == set()


def test_every_library_that_is_imported_has_a_contract(graph: grimp.ImportGraph) -> None:
    libraries = {each for each in graph.modules if each.split(".")[0] != "chathakase"} - sys.stdlib_module_names
    assert libraries - _with_a_contract() == set()


def test_every_module_is_looked_at(graph: grimp.ImportGraph) -> None:
    files = (each.relative_to(ROOT).with_suffix("") for each in (ROOT / "chathakase").rglob("*.py"))
    assert {".".join(each.parts).removesuffix(".__init__") for each in files} <= graph.modules


def test_no_module_imports_itself_in_a_circle(graph: grimp.ImportGraph) -> None:
    # A package that imports what imports the package is no circle between siblings, which is what the contract sees.
    TopologicalSorter({each: graph.find_modules_directly_imported_by(each) for each in graph.modules}).prepare()


def _with_a_contract() -> set[str]:
    return {each for contract in CONTRACTS for each in contract.get("forbidden_modules", ())}


def _modules(requirements: Iterable[str]) -> set[str]:
    provided = packages_distributions()
    names = {name for each in requirements if not (name := _normal(each)).startswith("types-")}
    return {module for name in names for module in _modules_of(name, provided)}


def _modules_of(distribution: str, provided: Mapping[str, Sequence[str]]) -> set[str]:
    """What can be imported of a distribution, by its name where it is not installed."""
    modules = {module for module, names in provided.items() if distribution in map(_normal, names)}
    public = {module for module in modules if module.isidentifier() and not module.startswith("_")}
    return public if modules else {distribution.replace("-", "_")}


def _normal(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()
