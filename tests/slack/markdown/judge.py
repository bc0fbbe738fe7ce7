"""Another reader of Markdown, which judges what ours makes."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
"""Like Slack, it takes HTML for text."""
OF_HTML = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""This one shows nothing of what it takes for HTML."""
WITHOUT_TABLES = MarkdownIt("commonmark", {"html": False})
"""The other takes the first line of a fence for the head of a table if the second one looks like it."""


def tokens(markdown: str, *kinds: str) -> list[Token]:
    """The blocks and inline parts of some kinds."""
    blocks = READER.parse(markdown)
    found = [part for block in blocks for part in (block, *(block.children or ()))]
    return [token for token in found if token.type in kinds]


def seen(markdown: str, reader: MarkdownIt = READER) -> list[str]:
    """What people read of each paragraph, heading, cell and code block; bold in ``【】``, other spans in ``〔〕``."""
    found = [
        _inline(block.children) if block.children is not None else block.content for block in reader.parse(markdown)
    ]
    return [text.replace("\u200b", "") for text in found if text]


SPANS = {"strong_open": "【", "strong_close": "】"} | dict.fromkeys(("em_open", "s_open"), "〔")
SPANS |= dict.fromkeys(("em_close", "s_close"), "〕") | dict.fromkeys(("softbreak", "hardbreak"), "\n")


def _inline(parts: Sequence[Token]) -> str:
    return "".join(SPANS.get(part.type, "" if part.type == "html_inline" else part.content) for part in parts)


def words(markdown: str) -> str:
    """What people read as text, without code."""
    return " ".join(token.content for token in tokens(markdown, "text"))


def open_fences(markdown: str) -> list[str]:
    """The fences that nothing closes, but for the end."""
    lines = markdown.split("\n")
    found = []
    for fence in WITHOUT_TABLES.parse(markdown):
        if fence.type != "fence":
            continue
        assert fence.map is not None
        first, behind = fence.map
        last = lines[behind - 1].strip("> \t")
        if behind - 1 == first or last.strip(fence.markup[0]) or not last.startswith(fence.markup):
            found.append(fence.content)
    return found


def rows(markdown: str) -> list[list[str]]:
    """The cells of all rows of all tables, heads included."""
    found: list[list[str]] = []
    blocks = READER.parse(markdown)
    for index, token in enumerate(blocks):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("th_open", "td_open"):
            found[-1].append(blocks[index + 1].content)
    return found
