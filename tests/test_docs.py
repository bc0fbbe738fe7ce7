"""What is written is what runs."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from chathakase.cli.commands import cli
from chathakase.config import SYSTEM_PROMPT, Settings
from chathakase.engine import commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def defaults() -> dict[str, object]:
    return {name.upper(): field.get_default() for name, field in Settings.model_fields.items()}


def as_set(default: object) -> str:
    """A default as somebody would set it."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_readme_lists_every_setting_with_its_default() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", README, re.MULTILINE))
    assert list(table) == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "OPENAI_API_KEY", *list(table)[4:]]
    assert sorted(table) == sorted(defaults())
    for name, default in defaults().items():
        told = re.fullmatch(r"`(.+)`", table[name])
        if told:
            assert told[1] == as_set(default)


def test_the_settings_page_explains_every_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert sorted(re.findall(r"^`([A-Z_]+)`$", page, re.MULTILINE)) == sorted(defaults())
    for name, default in defaults().items():
        paragraph = page.split(f"\n`{name}`\n")[1].split("\n\n")[0]
        if isinstance(default, str | int) and default != SYSTEM_PROMPT:
            assert as_set(default) in paragraph


def test_every_command_of_the_bot_is_told() -> None:
    page = (ROOT / "docs" / "commands.md").read_text()
    for command in commands.COMMANDS:
        assert f"`{command}`" in README
        assert f"`{command}`" in commands.help_text()
        assert f"`{command}`" in page
    for said in re.findall(r"^\| `([^`]+)`", page.split("## The JSON")[0], re.MULTILINE):
        assert said in commands.COMMANDS


def test_every_command_of_the_shell_is_told() -> None:
    everything = README + "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    for name in get_command(cli).commands:  # type: ignore[attr-defined]
        assert f"chathakase {name}" in everything


def test_the_procfile_starts_a_worker() -> None:
    assert (ROOT / "Procfile").read_text() == "worker: chathakase run\n"


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda page: f"{page.parent.name} {page.name}",
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
SOURCES = [path for folder in ("chathakase", "tests") for path in (ROOT / folder).rglob("*")]
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix() for path in SOURCES if path.suffix == ".py"}
FOLDERS = {path.relative_to(ROOT).as_posix() for path in SOURCES if path.is_dir()}
TEXTS = "\n".join((ROOT / f"{name}.py").read_text("utf-8") for name in MODULES)
CLASSES = set(re.findall(r"^(?: *class (?=\w)|(?=\w+: TypeAlias))(\w+)", TEXTS, re.MULTILINE))


def is_there(name: str) -> bool:
    """Whether a module or a folder is called so, from some folder on."""
    return any(f"/{path}".endswith(f"/{name}") for path in MODULES | FOLDERS)


def members(folder: str) -> set[str]:
    """The modules and packages in a folder of the bot."""
    inside = (ROOT / "chathakase" / folder).iterdir()
    return {path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()} - {"__init__"}


def test_each_path_in_the_architecture_is_there() -> None:
    named = re.findall(r"(?<![\w/.])([a-z_]+(?:/[a-z_]+)+|[a-z_]+(?=\.py\b))", ARCHITECTURE)
    assert len(named) > 50
    assert [name for name in named if not is_there(name)] == []
    assert not is_there("engine/nowhere")


def test_each_class_in_the_architecture_is_there() -> None:
    named = set(re.findall(r"`([A-Z][a-z]+[A-Za-z]*)(?:\.\w+)?`", ARCHITECTURE))
    assert {"Engine", "TurnScheduler"} < named
    assert named - CLASSES - {"TaskGroup"} == set()


@pytest.mark.parametrize("package", ["slack", "storage", "engine"])
def test_the_architecture_names_all_that_is_in_a_package(package: str) -> None:
    drawn = re.search(rf"^{package} +(\S.*\n(?: +.*\n)*)", ARCHITECTURE, re.MULTILINE)
    assert drawn
    columns = [
        re.split(r" {2,}", line.strip())[0] for line in drawn[1].splitlines() if len(line) - len(line.lstrip()) < 12
    ]
    assert {name for column in columns for name in re.split(r" [·>] ", column)} == members(package) - {"setup"}


def test_the_architecture_tells_what_each_module_of_the_engine_is_for() -> None:
    rooms = dict(re.findall(r"^\| `(\w+)/` \| (.+) \|$", ARCHITECTURE, re.MULTILINE))
    assert {*rooms} == {name for name in members("engine") if (ROOT / "chathakase" / "engine" / name).is_dir()}
    for room, told in rooms.items():
        modules, named = members(f"engine/{room}"), set(re.findall(r"`(\w+)`", told))
        assert named <= modules
        assert named == modules or "a module for each" in told, modules - named


def test_make_targets_that_are_told_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([\w-]+)", README + CONTRIBUTING):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_what_contributors_are_pointed_at_is_there() -> None:
    paths = [ROOT / path for path in re.findall(r"\b(?:chathakase|tests|docs)/[a-z0-9_./]*", CONTRIBUTING)]
    assert [path for path in paths if not path.exists()] == []
    modules = "\n".join(path.read_text() for path in paths if path.suffix == ".py")
    for name in re.findall(r"`([A-Z_]{4,})`", CONTRIBUTING):
        assert re.search(rf"^{name}\b", modules, re.MULTILINE), name
