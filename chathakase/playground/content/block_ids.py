"""The ids in blocks: those that an app leaves out are made up, as Slack does, and elements are found by them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from chathakase.playground.world.values import Json

_PARTS = ("accessory", "element")


def with_ids(blocks: Iterable[Json]) -> tuple[Json, ...]:
    """The blocks, each with a `block_id`, and every element in them that can act with an `action_id`."""
    return tuple(_with_ids(block) for block in blocks)


def elements_of(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that can act, with its block; also within containers."""
    for block in blocks:
        for name in _PARTS:
            if _acts(block.get(name)):
                yield block, block[name]
        for element in _list(block.get("elements")):
            if _acts(element):
                yield block, element
        for name in ("child_blocks", "blocks"):
            yield from elements_of(_list(block.get(name)))


def element_at(blocks: Iterable[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The element with these ids, and its block."""
    for block, element in elements_of(blocks):
        if (block.get("block_id"), element.get("action_id")) == (block_id, action_id):
            return block, element
    return None


def _with_ids(block: Json) -> Json:
    made = dict(block) if block.get("block_id") else block | {"block_id": secrets.token_urlsafe(4)[:5]}
    for name in _PARTS:
        if _acts(made.get(name)):
            made[name] = _named(made[name])
    if isinstance(made.get("elements"), list):
        made["elements"] = [_named(each) if _acts(each) else each for each in made["elements"]]
    return made


def _named(element: Json) -> Json:
    return element if element.get("action_id") else element | {"action_id": secrets.token_urlsafe(4)[:5]}


def _acts(element: object) -> bool:
    """Whether it is an element that a person acts on: not a text, an image or a part of rich text."""
    if not isinstance(element, dict):
        return False
    kind = str(element.get("type", ""))
    return (kind not in ("", "image", "mrkdwn", "plain_text") and not kind.startswith("rich_text_")) or kind == (
        "rich_text_input"
    )


def _list(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
