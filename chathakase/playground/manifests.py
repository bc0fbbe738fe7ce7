"""Reading an app's manifest from a file, in YAML or in JSON (docs.slack.dev/reference/app-manifest)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from chathakase.playground.world.app_manifest import MENU_SCOPE, Features, Manifest
from chathakase.playground.world.values import Json

_Place: TypeAlias = tuple[str | int, ...]
"""Where something stands: the keys and positions that lead to it."""


class ManifestError(Exception):
    """A manifest cannot be used; the message is for people, and names the file and the line."""


def read_manifests(paths: Sequence[Path]) -> Sequence[Manifest]:
    """The apps of these files; ManifestError also if two have the same name."""
    found: dict[str, Path] = {}
    manifests = []
    for path in paths:
        manifest = read_manifest(path)
        if manifest.name in found:
            raise ManifestError(f"{path} and {found[manifest.name]} both describe an app called {manifest.name}.")
        found[manifest.name] = path
        manifests.append(manifest)
    return manifests


def read_manifest(path: Path) -> Manifest:
    """The app of one file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path} is not UTF-8 text.") from error
    try:
        document = _parsed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise ManifestError(f"{path}{where}: {error.problem or error.context}.") from error
    except json.JSONDecodeError as error:
        raise ManifestError(f"{path}, line {error.lineno}: {error.msg}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ManifestError(f"{path} is neither YAML nor JSON.") from error
    return _Reader(path, document).manifest()


@dataclass(frozen=True, slots=True)
class _Document:
    value: Any
    lines: Mapping[_Place, int]


def _parsed(text: str) -> _Document:
    """JSON is read as such, since YAML takes no tabs; where its parts stand, YAML's reader tells for both."""
    is_json = text.lstrip().startswith("{")
    value = json.loads(text) if is_json else yaml.safe_load(text)
    node = yaml.compose(text.replace("\t", " ") if is_json else text, Loader=yaml.SafeLoader)
    return _Document(value, dict(_lines(node, ())) if node else {})


def _lines(node: yaml.Node, place: _Place) -> Iterator[tuple[_Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*place, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*place, index))


class _Reader:
    """Takes out of a document what a workspace needs to know of an app."""

    def __init__(self, path: Path, document: _Document) -> None:
        self._path = path
        self._document = document

    def manifest(self) -> Manifest:
        if not isinstance(self._document.value, dict):
            raise self._wrong((), "a manifest must be a mapping with display_information, features and settings")
        name = self._text("display_information", "name")
        if not name:
            raise self._wrong(("display_information",), "display_information.name is missing")
        features = Features(
            commands=self._commands(),
            shortcuts=self._shortcuts(),
            home_tab=bool(self._at("features", "app_home", "home_tab_enabled")),
            scopes=self._texts("oauth_config", "scopes", "bot"),
            events=self._texts("settings", "event_subscriptions", "bot_events"),
            given=self._document.value,
        )
        if (features.commands or features.shortcuts) and not features.has_menus:
            raise self._wrong(("oauth_config", "scopes", "bot"), f"commands and shortcuts need the scope {MENU_SCOPE}")
        return Manifest(name, self._text("features", "bot_user", "display_name") or name, features)

    def _commands(self) -> Sequence[Json]:
        place = ("features", "slash_commands")
        commands = self._objects(*place)
        for index, each in enumerate(commands):
            command = each.get("command")
            if not isinstance(command, str) or not command.startswith("/") or len(command.split()) != 1:
                raise self._wrong((*place, index), 'a slash command needs a command such as "/weather"')
        return commands

    def _shortcuts(self) -> Sequence[Json]:
        place = ("features", "shortcuts")
        shortcuts = self._objects(*place)
        for index, each in enumerate(shortcuts):
            if not all(isinstance(each.get(key), str) and each[key] for key in ("name", "callback_id")):
                raise self._wrong((*place, index), "a shortcut needs a name and a callback_id")
            if each.get("type") not in ("global", "message"):
                raise self._wrong((*place, index), "the type of a shortcut must be global or message")
        return shortcuts

    def _at(self, *place: str) -> Any:
        """What stands at a place; None if nothing does."""
        value = self._document.value
        for depth, key in enumerate(place):
            if value is None:
                return None
            if not isinstance(value, dict):
                raise self._wrong(place[:depth], f"{'.'.join(place[:depth])} must be a mapping")
            value = value.get(key)
        return value

    def _text(self, *place: str) -> str:
        value = self._at(*place)
        if value is not None and not isinstance(value, str):
            raise self._wrong(place, f"{'.'.join(place)} must be text")
        return value or ""

    def _texts(self, *place: str) -> Sequence[str]:
        values = self._list(*place)
        for index, each in enumerate(values):
            if not isinstance(each, str):
                raise self._wrong((*place, index), f"{'.'.join(place)} must be a list of names")
        return values

    def _objects(self, *place: str) -> Sequence[Json]:
        values = self._list(*place)
        for index, each in enumerate(values):
            if not isinstance(each, dict):
                raise self._wrong((*place, index), f"{'.'.join(place)} must be a list of mappings")
        return values

    def _list(self, *place: str) -> list[Any]:
        value = self._at(*place)
        if value is not None and not isinstance(value, list):
            raise self._wrong(place, f"{'.'.join(place)} must be a list")
        return value or []

    def _wrong(self, place: _Place, problem: str) -> ManifestError:
        """The error for something that is wrong at a place, or nearest above it."""
        lines = self._document.lines
        above = (lines[place[:depth]] for depth in range(len(place), -1, -1) if place[:depth] in lines)
        line = next(above, 1)
        return ManifestError(f"{self._path}, line {line}: {problem}.")
