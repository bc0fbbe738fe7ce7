"""The fields of Slack's payloads, which may hold anything. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Of anything that has one: no words, whoever made up the payload, since ids are logged and asked about."""
REF = re.compile(r"[!-~]{1,100}")


class Malformed(ValueError):
    """A payload that claims to be something that it is not shaped like; the text names the field."""


def field(payload: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    """A field that must be a text of a certain shape. Raises Malformed with its name."""
    value = payload.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Malformed(name)
    return value


def part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A field that should be an object; empty where it is none."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def words(payload: Mapping[str, Any], name: str) -> str:
    """A field that should be a text; empty where it is none."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def objects(payload: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A field that should be a list of objects; what is none is left out."""
    value = payload.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def ref_of(*names: object) -> str:
    """What an interaction is known by; where a server names none, it is taken for a new one."""
    return next((name for name in names if isinstance(name, str) and REF.fullmatch(name)), uuid4().hex)


def first_of(actions: object) -> Mapping[str, Any]:
    """The action of a press; Slack sends one at a time. Raises Malformed."""
    if isinstance(actions, list) and actions and isinstance(actions[0], Mapping):
        return actions[0]
    raise Malformed("actions")
