"""What somebody said or changed as text, so that it can wait in a job. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chathakase.core.files import SharedFile
from chathakase.core.memory import Change
from chathakase.core.types import Incoming, Place, SaidTo


def deferred(said: Incoming | Change) -> str:
    """A message or a change as text."""
    return json.dumps(asdict(said))


def incoming_of(text: str) -> Incoming:
    """The message that a text holds. Raises ValueError, KeyError and TypeError."""
    return _incoming(json.loads(text))


def change_of(text: str) -> Change:
    """The change that a text holds. Raises ValueError, KeyError and TypeError."""
    known = json.loads(text)
    now = _incoming(known["now"]) if known["now"] is not None else None
    return Change(**known | {"place": Place(**known["place"]), "now": now})


def _incoming(known: Mapping[str, Any]) -> Incoming:
    files = tuple(SharedFile(**file) for file in known["files"])
    return Incoming(**{**known, "place": Place(**known["place"]), "files": files, "said_to": SaidTo(known["said_to"])})
