"""Block Kit as far as Slack checks it in a message.

Limits are those of docs.slack.dev/reference/block-kit/blocks; the errors look as measured:
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chathakase.playground.content.block_ids import with_ids
from chathakase.playground.content.dividers import dividers
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json

BLOCKS_MOST = 50
TEXT_SUM_MOST = 13_200
"""Characters in all blocks of a message together; undocumented, measured in slackapi/bolt-js#2509."""
MARKDOWN_SUM_MOST = 12_000
"""Characters in all `markdown` blocks of a message together (the markdown block's page)."""

_TYPES = frozenset(
    {
        "actions",
        "card",
        "carousel",
        "container",
        "context",
        "context_actions",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "plan",
        "rich_text",
        "section",
        "table",
        "task_card",
        "video",
    }
)


_MODAL_TYPES = frozenset({"alert"})


def checked_blocks(blocks: Sequence[Json]) -> tuple[Json, ...]:
    """The blocks, each with a `block_id`; SlackError if Slack would not take them."""
    wrong = list(problems(blocks, "/blocks"))
    if wrong:
        raise SlackError(
            "invalid_blocks",
            errors=wrong,
            response_metadata={"messages": [f"[ERROR] {problem}" for problem in wrong]},
        )
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_SUM_MOST or _text_length(blocks) > TEXT_SUM_MOST:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def _text_length(node: object) -> int:
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_text_length(value) for value in node.values())
    if isinstance(node, list | tuple):
        return sum(_text_length(value) for value in node)
    return 0


def problems(blocks: Sequence[Json], pointer: str, *, most: int = BLOCKS_MOST, modal: bool = False) -> Iterator[str]:
    """What is wrong with the blocks at a JSON pointer; some types are for modals only."""
    if len(blocks) > most:
        yield _at(f"no more than {most} items allowed", pointer)
        return
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        where = f"{pointer}/{index}"
        if not isinstance(block, dict):
            yield _at("must provide an object", where)
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                yield _at(f"block_id `{block_id}` already exists", where)
            seen.add(block_id)
        kind = block.get("type")
        if not isinstance(kind, str) or (kind not in _TYPES and not (modal and kind in _MODAL_TYPES)):
            yield _at(f"unsupported type: {kind}" if kind else "missing required field: type", where)
            continue
        yield from _CHECKS.get(kind, _nothing)(block, where)


def _at(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def _nothing(_block: Json, _where: str) -> Iterator[str]:
    yield from ()


def _section(block: Json, where: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield _at("missing required field: text", where)
    if "text" in block:
        yield from _text_object(block["text"], f"{where}/text", 3_000)
    if "fields" in block:
        yield from _list(block["fields"], f"{where}/fields", 10)
        for index, field in enumerate(_items(block["fields"])):
            yield from _text_object(field, f"{where}/fields/{index}", 2_000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{where}/accessory")


def _header(block: Json, where: str) -> Iterator[str]:
    yield from _text_object(block.get("text"), f"{where}/text", 150, plain=True)


def _markdown(block: Json, where: str) -> Iterator[str]:
    yield from _string(block.get("text"), f"{where}/text", 12_000)
    # It is translated to several blocks, and a message has no more than these (the markdown block's page).
    if isinstance(block.get("text"), str) and dividers(block["text"]) > BLOCKS_MOST:
        yield _at(f"no more than {BLOCKS_MOST} items allowed", where)


def _context(block: Json, where: str) -> Iterator[str]:
    yield from _list(block.get("elements"), f"{where}/elements", 10)
    for index, element in enumerate(_items(block.get("elements"))):
        if element.get("type") != "image":
            yield from _text_object(element, f"{where}/elements/{index}", 3_000)


def _actions(block: Json, where: str) -> Iterator[str]:
    yield from _elements(block, where, 25)


def _context_actions(block: Json, where: str) -> Iterator[str]:
    yield from _elements(block, where, 5)


def _elements(block: Json, where: str, most: int) -> Iterator[str]:
    yield from _list(block.get("elements"), f"{where}/elements", most)
    for index, element in enumerate(_items(block.get("elements"))):
        yield from _element(element, f"{where}/elements/{index}")


def _image(block: Json, where: str) -> Iterator[str]:
    if not ("image_url" in block or "slack_file" in block):
        yield _at("missing required field: image_url", where)
    yield from _string(block.get("alt_text"), f"{where}/alt_text", 2_000)


def _input(block: Json, where: str) -> Iterator[str]:
    yield from _text_object(block.get("label"), f"{where}/label", 2_000, plain=True)
    yield from _element(block.get("element"), f"{where}/element")


def _rich_text(block: Json, where: str) -> Iterator[str]:
    if not isinstance(block.get("elements"), list):
        yield _at("missing required field: elements", where)


_TABLE_ROWS, _TABLE_COLUMNS, _TABLE_TEXT = 100, 20, 10_000


def _table(block: Json, where: str) -> Iterator[str]:
    yield from _list(block.get("rows"), f"{where}/rows", _TABLE_ROWS)
    rows = block.get("rows")
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        yield from _list(row, f"{where}/rows/{index}", _TABLE_COLUMNS)
    if _text_length(rows) > _TABLE_TEXT:
        yield _at(f"must be less than {_TABLE_TEXT + 1} characters", f"{where}/rows")


def _element(element: Any, where: str) -> Iterator[str]:
    if not isinstance(element, dict) or not element.get("type"):
        yield _at("missing required field: type", where)
        return
    kind = element["type"]
    if kind == "button":
        yield from _text_object(element.get("text"), f"{where}/text", 75, plain=True)
        if "value" in element:
            yield from _string(element["value"], f"{where}/value", 2_000)
    if kind == "overflow":
        yield from _options(element, where, 5)
    if kind == "static_select" and "option_groups" not in element:
        yield from _options(element, where, 100)


def _options(element: Json, where: str, most: int) -> Iterator[str]:
    yield from _list(element.get("options"), f"{where}/options", most)
    for index, option in enumerate(_items(element.get("options"))):
        yield from _text_object(option.get("text"), f"{where}/options/{index}/text", 75)
        if "value" in option:
            yield from _string(option["value"], f"{where}/options/{index}/value", 150)


def _text_object(text: Any, where: str, most: int, *, plain: bool = False) -> Iterator[str]:
    allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if not isinstance(text, dict):
        yield _at("must provide an object", where)
    elif text.get("type") not in allowed:
        yield _at("failed to match all allowed schemas", where)
    else:
        yield from _string(text.get("text"), f"{where}/text", most)


def _string(text: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(text, str):
        yield _at("must provide a string", where)
    elif not text:
        yield _at("must be more than 0 characters", where)
    elif len(text) > most:
        yield _at(f"must be less than {most + 1} characters", where)


def _list(items: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(items, list):
        yield _at("must provide an array", where)
    elif not items:
        yield _at("no less than 1 items allowed", where)
    elif len(items) > most:
        yield _at(f"no more than {most} items allowed", where)


def _items(items: Any) -> Sequence[Json]:
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


_CHECKS = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
}
