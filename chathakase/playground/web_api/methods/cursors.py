"""Slack's cursors: opaque text that carries where the next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api_error import SlackError

_Item = TypeVar("_Item")


def cursor_for(kind: str, position: str) -> str:
    """The cursor that stands for a position; `kind` is Slack's word for it, as in `next_ts:…`."""
    return base64.b64encode(f"{kind}:{position}".encode()).decode()


def position_of(cursor: str, kind: str) -> str:
    """The position in a cursor; `invalid_cursor` for one that was made for something else or is none."""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    found, _, position = text.partition(":")
    if found != kind or not position:
        raise SlackError("invalid_cursor")
    return position


def page_of(
    call: Call, items: Sequence[_Item], ids: Sequence[str], kind: str
) -> tuple[Sequence[_Item], dict[str, str]]:
    """One page of a list, by `limit` (100, at most 1,000) and `cursor`, and the answer's `response_metadata`."""
    limit = call.arguments.whole("limit", 100, most=1_000)
    start = 0
    if cursor := call.arguments.text("cursor"):
        position = position_of(cursor, kind)
        if position not in ids:
            raise SlackError("invalid_cursor")
        start = ids.index(position)
    stop = start + limit
    return items[start:stop], {"next_cursor": cursor_for(kind, ids[stop]) if stop < len(ids) else ""}
