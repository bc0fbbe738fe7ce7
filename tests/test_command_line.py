"""What the command line says of itself, and of what it is called with by mistake."""

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from chathakase.cli.commands import carry_out
from chathakase.cli.process import BAD_SETTINGS
from chathakase.slack import manifest

PROJECT = Path(__file__).parents[1]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())


def called(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["chathakase", *arguments])
    return carry_out()


def test_it_tells_its_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"chathakase {version('chathakase')}\n"


def test_its_version_is_written_in_one_place() -> None:
    declared = DECLARED["project"]["version"]
    assert version("chathakase") == declared
    written = re.compile(rf"(?<![\d.]){re.escape(declared)}(?![\d.])")
    patterns = ("*.toml", "*.md", "*.yml", "docs/*.md", "chathakase/**/*.py", "benchmarks/**/*.py")
    texts = [path for pattern in patterns for path in PROJECT.glob(pattern)]
    assert [path.name for path in texts if written.search(path.read_text())] == ["pyproject.toml"]


def test_it_prints_the_manifest(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(monkeypatch, "manifest") == 0
    said = capsys.readouterr().out
    assert said == (PROJECT / "manifest.yml").read_text()
    assert yaml.safe_load(said)["display_information"]["name"] == "ChatHakase"


def test_a_built_package_has_the_manifest_where_it_is_looked_for() -> None:
    packed = DECLARED["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"][manifest.NAME]
    assert PROJECT / packed == manifest.PLACES[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("playground", "--port", "99999"),
        ("playground", "--port", "-1"),
        ("playground", "--port", "http"),
        ("playground", "--bogus"),
        ("bogus",),
        ("--bogus",),
        ("search",),
        ("search", "--limit", "0", "x"),
        ("audit", "--limit", "0"),
        ("threads", "--limit", "0"),
        ("manifest", "x"),
        ("doctor", "x"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_told_in_a_sentence(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, *arguments) == BAD_SETTINGS
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 2
    assert "Traceback" not in said.err
