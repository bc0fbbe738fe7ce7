"""The text of an OpenDocument file; run as a process of its own by ``chathakase.files.child``.

Its elements are those of OASIS OpenDocument 1.3, part 3; they are told apart by their local names.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from defusedxml.ElementTree import fromstring

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered, row

EMPTY = "it is an OpenDocument file without text"
LOCKED = "it is an OpenDocument file protected by a password"
UNSEEN = frozenset({"tracked-changes", "annotation-end", "scripts", "automatic-styles", "forms", "shapes"})
MOST_REPEATED = 50
"""How often a cell that is told once is shown; tables are filled up to their edge in that way."""


def read(data: bytes) -> Answer:
    """What a text, a table or a presentation says, or why there is nothing."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return {"refusal": LOCKED}
        content = fromstring(archive.read("content.xml"))
    return gathered(_blocks(content), nothing=EMPTY)


def _blocks(element: Any) -> Iterator[str]:
    for child in element:
        match _name(child):
            case "h":
                level = int(_value(child, "outline-level") or 1)
                yield f"{'#' * min(level, 6)} {_text(child)}"
            case "p":
                yield _text(child)
            case "table":
                yield f"[table {_value(child, 'name')}]"
                yield from _rows(child)
            case "page":
                yield f"[slide {_value(child, 'name')}]"
                yield from _blocks(child)
            case "notes":
                yield from (f"[notes] {line}" for line in _blocks(child) if line.strip())
            case name if name not in UNSEEN:
                yield from _blocks(child)


def _rows(table: Any) -> Iterator[str]:
    for child in table:
        if _name(child) == "table-row":
            yield row(_cells(child))
        elif _name(child).startswith("table-") and len(child):
            yield from _rows(child)


def _cells(cells: Any) -> Iterator[str]:
    for cell in cells:
        text = " ".join(_blocks(cell))
        for _ in range(min(int(_value(cell, "number-columns-repeated") or 1), MOST_REPEATED)):
            yield text


def _text(element: Any) -> str:
    """A paragraph's words; notes and comments stand in brackets where they belong."""
    parts = [element.text or ""]
    for child in element:
        name = _name(child)
        if name == "s":
            parts.append(" " * min(int(_value(child, "c") or 1), MOST_REPEATED))
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name in ("note", "annotation"):
            parts.append(f" [{name}: {' '.join(_blocks(child))}]")
        elif name not in UNSEEN:
            parts.append(" ".join(_blocks(child)) if _holds_blocks(child) else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _holds_blocks(element: Any) -> bool:
    return any(_name(child) in ("p", "h", "text-box") for child in element)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


if __name__ == "__main__":
    answer(read)
