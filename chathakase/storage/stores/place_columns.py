"""Where sessions are: the columns that tell of a place, which are all empty where there is none."""

import json
from collections.abc import Collection, Sequence

from chathakase.core.types import Place, WorkspaceKey
from chathakase.storage.database import Value

COLUMNS = ("surface", "workspace", "channel", "thread")

PLACE = ", ".join(COLUMNS)
"""Of a row: what ``place_of`` wants."""

IN_PLACE = "surface = $1 AND workspace = $2 AND channel = $3 AND thread = $4"
"""Of a row: it tells of the place that the first four parameters tell."""

SOMEWHERE = "surface <> ''"
"""Of a row of ``sessions``: it has a place. (Named beside the place, it lets the index of places serve.)"""

HERE = f"{IN_PLACE} AND {SOMEWHERE}"
"""Of a row of ``sessions``: it is at the place that the first four parameters tell."""

IN_ONE_OF = "surface || ' ' || workspace IN (SELECT value FROM json_items($1))"
"""Of a row: it is in one of the workspaces that the first parameter tells, as ``workspaces_as_json`` does."""

NOWHERE = ("", "", "", "")
"""The columns of no place."""


def where_is(row: str) -> str:
    """The columns of a place in a row that has a name of its own."""
    return ", ".join(f"{row}.{column}" for column in COLUMNS)


def place_of(columns: Sequence[Value]) -> Place:
    """Make a place of its columns."""
    surface, workspace, channel, thread = map(str, columns)
    return Place(surface, workspace, channel, thread)


def place_if_any(columns: Sequence[Value]) -> Place | None:
    """Make a place of its columns; None of those of no place."""
    return place_of(columns) if columns[0] else None


def columns_of(place: Place) -> tuple[str, str, str, str]:
    """A place as its columns."""
    return place.surface, place.workspace, place.channel, place.thread


def workspaces_as_json(workspaces: Collection[WorkspaceKey]) -> str:
    """Workspaces as one value."""
    return json.dumps([" ".join(home) for home in workspaces])
