"""What a Jupyter notebook says; run as a process of its own by ``chathakase.files.child``.

See https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered

EMPTY = "it is a notebook without content"


def read(data: bytes) -> Answer:
    """Its cells with what they put out in words; pictures are named."""
    return gathered(_lines(json.loads(data)), nothing=EMPTY)


def _lines(notebook: Mapping[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        source = _joined(cell.get("source"))
        yield f"```\n{source}\n```" if cell.get("cell_type") == "code" and source else source
        for output in cell.get("outputs") or ():
            yield _output(output)


def _output(output: Mapping[str, Any]) -> str:
    data = output.get("data") or {}
    text = _joined(output.get("text") or data.get("text/plain") or output.get("evalue"))
    picture = next((kind for kind in data if kind.startswith("image/")), None)
    return "[output: a picture]" if picture else f"[output]\n{text}" if text.strip() else ""


def _joined(lines: object) -> str:
    return "".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")


if __name__ == "__main__":
    answer(read)
