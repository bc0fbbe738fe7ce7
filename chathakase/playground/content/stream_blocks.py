"""How a streamed message grows: chunks become blocks.

Slack turns the Markdown into rich text; here it stays `markdown` blocks. Tasks are `task_card` blocks where they came
("timeline"), or stand together in one `plan` block (docs: chat.startStream, `task_display_mode`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chathakase.playground.content.block_checks import checked_blocks
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.streams import TaskMode
from chathakase.playground.world.values import Json

FIELD_MOST = 256
"""Characters of a task's or plan's field."""
STATUSES = ("pending", "in_progress", "complete", "error")

Blocks = tuple[Json, ...]


def grown(blocks: Blocks, chunks: Sequence[Json], mode: TaskMode) -> Blocks:
    """The blocks with further chunks; `invalid_chunks` for one that is none."""
    for chunk in chunks:
        blocks = _with(blocks, chunk, mode)
    return blocks


def length_of(chunks: Sequence[Json]) -> tuple[int, int]:
    """The characters in chunks that count towards a stream's total, and their bytes."""
    texts = [value for chunk in chunks for name, value in chunk.items() if name != "type" and _is_text(value)]
    return sum(map(len, texts)), sum(len(text.encode(errors="surrogatepass")) for text in texts)


def text_of(blocks: Blocks) -> str:
    """The Markdown in the blocks, as the message's `text`."""
    return "\n\n".join(block["text"] for block in blocks if block["type"] == "markdown")


def _with(blocks: Blocks, chunk: Json, mode: TaskMode) -> Blocks:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            return _with_markdown(blocks, text)
        case {"type": "task_update", "id": str(), "title": str(), **rest} if _is_task(chunk, rest):
            return _with_task(blocks, _task(chunk), mode)
        case {"type": "plan_update", "title": str(title)} if len(title) <= FIELD_MOST:
            return _with_plan(blocks, title)
        case {"type": "blocks", "blocks": list(more)}:
            return (*blocks, *checked_blocks(more))
    raise SlackError("invalid_chunks")


def _with_markdown(blocks: Blocks, text: str) -> Blocks:
    if blocks and blocks[-1]["type"] == "markdown":
        whole = blocks[-1] | {"text": blocks[-1]["text"] + text}
        checked_blocks([whole])
        return (*blocks[:-1], whole)
    return (*blocks, *checked_blocks([{"type": "markdown", "text": text}])) if text else blocks


def _is_task(chunk: Json, rest: Json) -> bool:
    texts = [chunk["id"], chunk["title"], rest.get("details") or "", rest.get("output") or ""]
    known = rest.get("status", "pending") in STATUSES
    return known and all(_is_text(text) and len(text) <= FIELD_MOST for text in texts)


def _task(chunk: Json) -> Json:
    task = {
        "type": "task_card",
        "task_id": chunk["id"],
        "title": chunk["title"],
        "status": chunk.get("status", "pending"),
    }
    for name in ("details", "output"):
        if chunk.get(name):
            task[name] = _rich_text(chunk[name])
    return task | {"sources": chunk["sources"]} if chunk.get("sources") else task


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _with_task(blocks: Blocks, task: Json, mode: TaskMode) -> Blocks:
    if mode == "timeline":
        return _put(blocks, task, lambda block: block.get("task_id") == task["task_id"])
    plan = next((block for block in blocks if block["type"] == "plan"), None)
    if plan is None:
        return (*blocks, *checked_blocks([{"type": "plan", "title": "", "tasks": [task]}]))
    tasks = _put(tuple(plan.get("tasks", ())), task, lambda known: known["task_id"] == task["task_id"])
    return _put(blocks, plan | {"tasks": list(tasks)}, lambda block: block is plan)


def _with_plan(blocks: Blocks, title: str) -> Blocks:
    plan = next((block for block in blocks if block["type"] == "plan"), None)
    if plan is None:
        return (*blocks, *checked_blocks([{"type": "plan", "title": title, "tasks": []}]))
    return _put(blocks, plan | {"title": title}, lambda block: block is plan)


def _put(blocks: Blocks, block: Json, is_it: Any) -> Blocks:
    """The block in the place of the one that it is a version of, or at the end; what it leaves out stays."""
    if any(is_it(each) for each in blocks):
        return tuple(each | block if is_it(each) else each for each in blocks)
    return (*blocks, block)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
