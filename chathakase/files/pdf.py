"""The text of a PDF; run as a process of its own by ``chathakase.files.child``."""

import time
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from chathakase.files.child import Answer, answer
from chathakase.files.text import TEXT_MOST, clean

PAGES = 300
"""Pages that are read of one document."""
PATIENCE = 8.0
"""Seconds after which no further page is begun."""

ENCRYPTED = "it is a PDF that is encrypted"
SCANNED = "it is a PDF without text; its pages may be scanned"
EMPTY = "it is a PDF without pages"
DAMAGED = "it is a PDF that is damaged"


def read(data: bytes) -> Answer:
    """The text of a PDF, page by page, or why there is none."""
    try:
        document = PdfReader(BytesIO(data))
        return _pages(document, len(document.pages))
    except (DependencyError, FileNotDecryptedError):
        return {"refusal": ENCRYPTED}
    except Exception:  # noqa: BLE001 - pypdf fails in any way on what is no PDF
        return {"refusal": DAMAGED}


def _pages(document: PdfReader, count: int) -> Answer:
    until = time.monotonic() + PATIENCE
    parts: list[str] = []
    length = number = words = 0
    while number < min(count, PAGES) and length < TEXT_MOST and time.monotonic() < until:
        text = _page(document, number)
        number += 1
        words += bool(text)
        parts.append(f"[page {number}]\n{text}")
        length += len(parts[-1])
    if not words:
        return {"refusal": SCANNED if count else EMPTY}
    whole = "\n\n".join(parts)
    left_out = number < count or len(whole) > TEXT_MOST
    mark = f"\n\n[what follows of its {count:,} pages is left out here]" if left_out else ""
    return {"text": whole[:TEXT_MOST] + mark}


def _page(document: PdfReader, number: int) -> str:
    """The text of one page, nothing where that one is damaged."""
    try:
        return clean(document.pages[number].extract_text()).strip()
    except FileNotDecryptedError:
        raise
    except Exception:  # noqa: BLE001 - the other pages may be whole
        return ""


if __name__ == "__main__":
    answer(read)
