"""A view as far as Slack checks it (docs: reference/views; the limits are those of the SDK's view models)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from chathakase.playground.content.block_checks import problems
from chathakase.playground.content.block_ids import with_ids
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json

ViewType: TypeAlias = Literal["modal", "home"]

VIEW_BYTES_MOST = 250_000
BLOCKS_MOST = 100
METADATA_MOST = 3_000
ID_MOST = 255
TITLE_MOST = 24
"""Characters of a title and of the captions of the two buttons."""


def checked_view(view: Json, kind: ViewType) -> Json:
    """The view with all ids; SlackError if Slack would not take it."""
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES_MOST:
        raise SlackError("view_too_large")
    wrong = list(_problems(view, kind))
    if wrong:
        raise SlackError.invalid("invalid_arguments", *wrong)
    return view | {"blocks": list(with_ids(view["blocks"]))}


def _problems(view: Json, kind: ViewType) -> Iterator[str]:
    if view.get("type") != kind:
        yield f"invalid type, must be {kind} [json-pointer:/view/type]"
        return
    if kind == "modal":
        yield from _captions(view)
    for name, most in (("private_metadata", METADATA_MOST), ("callback_id", ID_MOST), ("external_id", ID_MOST)):
        if len(str(view.get(name) or "")) > most:
            yield f"must be less than {most + 1} characters [json-pointer:/view/{name}]"
    if not isinstance(view.get("blocks"), list):
        yield "missing required field: blocks [json-pointer:/view]"
        return
    yield from problems(view["blocks"], "/view/blocks", most=BLOCKS_MOST, modal=kind == "modal")


def _captions(view: Json) -> Iterator[str]:
    if "title" not in view:
        yield "missing required field: title [json-pointer:/view]"
    for name in ("title", "submit", "close"):
        if view.get(name) is not None:
            yield from _caption(view[name], f"/view/{name}")
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(_is_input(block) for block in blocks)
    if has_input and not view.get("submit"):
        yield "must define `submit` to use an `input` block in modals [json-pointer:/view]"


def _caption(text: Any, where: str) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") != "plain_text" or not isinstance(text.get("text"), str):
        yield f"must provide a plain_text object [json-pointer:{where}]"
    elif not text["text"]:
        yield f"must be more than 0 characters [json-pointer:{where}/text]"
    elif len(text["text"]) > TITLE_MOST:
        yield f"must be less than {TITLE_MOST + 1} characters [json-pointer:{where}/text]"


def _is_input(block: object) -> bool:
    return isinstance(block, dict) and block.get("type") == "input"
