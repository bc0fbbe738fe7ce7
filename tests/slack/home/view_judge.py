"""Says whether Slack would take a view, and whether it pings anybody."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from slack_sdk.models import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View as SdkView

from chathakase.playground.content.block_ids import elements_of
from chathakase.playground.content.view_checks import checked_view
from chathakase.slack.home.home_views import View
from chathakase.slack.markdown.disguises import look

OURS = ("section", "session_")
"""The blocks in which we mention somebody: admins see whose sessions are whose."""


def judge(view: View) -> View:
    """The view, if it is all right."""
    checked_view(view, view["type"])
    assert len(view["blocks"]) <= 100
    assert len(json.dumps(view).encode()) <= 250_000
    assert len(view["private_metadata"]) <= 3_000
    _has_unique_ids(view)
    _fits_the_sdk(view)
    for block in view["blocks"]:
        _pings_nobody(block)
    return view


def _has_unique_ids(view: View) -> None:
    blocks = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert max(Counter(blocks).values(), default=1) == 1
    assert max(map(len, blocks), default=0) <= 255
    acting = Counter((block.get("block_id"), element["action_id"]) for block, element in elements_of(view["blocks"]))
    assert all(block and number == 1 for (block, _), number in acting.items())


def _fits_the_sdk(view: View) -> None:
    SdkView(**view).validate_json()
    for block in view["blocks"]:
        made = Block.parse(block)
        assert made is not None
        assert json.loads(json.dumps(made.to_dict())) == json.loads(json.dumps(block))
        for part in _objects(vars(made)):
            part.validate_json()


def _objects(value: Any) -> Iterator[JsonObject]:
    """All that the SDK makes of a block, which it judges one by one."""
    if isinstance(value, JsonObject):
        yield value
        yield from _objects(vars(value))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _objects(each)


def _pings_nobody(block: Any) -> None:
    kind, prefix = OURS
    if block["type"] == kind and block["block_id"].startswith(prefix):
        return
    for text in texts(block):
        assert not look(text).places, text


def texts(node: Any) -> Iterator[str]:
    """Everything that people see of something, but for what they may edit."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            if name not in ("initial_value", "value", "url"):
                yield from texts(value)
    elif isinstance(node, list):
        for each in node:
            yield from texts(each)


def seen(view: View) -> str:
    """What people read of a view, one block a line."""
    return "\n".join("".join(_read(block)) for block in view["blocks"])


def _read(node: Any) -> Iterator[str]:
    match node:
        case {"type": "channel", "channel_id": id_}:
            yield f"<#{id_}>"
        case {"type": "user", "user_id": id_}:
            yield f"<@{id_}>"
        case {"type": "date", "fallback": told}:
            yield told
        case {"text": str(text)}:
            yield text
        case {"confirm": _}:
            yield from _read({name: value for name, value in node.items() if name != "confirm"})
        case dict():
            for value in node.values():
                yield from _read(value)
        case list():
            for each in node:
                yield from _read(each)


def buttons(view: View) -> list[str]:
    """What stands on the buttons of a view."""
    found = (element for _, element in elements_of(view["blocks"]))
    return [element["text"]["text"] for element in found if element["type"] == "button"]
