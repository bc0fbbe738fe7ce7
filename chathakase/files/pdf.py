"""What a PDF says; run as a process of its own by ``chathakase.files.child``."""

import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from chathakase.files.child import Answer, answer
from chathakase.files.forms import filled_in, is_dynamic
from chathakase.files.text import TEXT_MOST, clean

PAGES = 300
"""Pages that are read of one document."""
TIMEOUT = 8.0
"""Seconds after which no further page is begun."""
BESIDE_MOST = TEXT_MOST // 4
"""Characters of what stands beside the pages."""
COMMENT_MOST = 2_000
"""Characters of a comment."""

ENCRYPTED = "it is a PDF that is encrypted"
NOT_DECRYPTED = "it is a PDF that is encrypted in a way that cannot be read here"
SCANNED = "it is a PDF without text; its pages may be scanned"
EMPTY = "it is a PDF without pages"
DAMAGED = "it is a PDF that is damaged"
DYNAMIC = "it is an XFA form, which only Adobe's programs can show"


def read(data: bytes) -> Answer:
    """The text of a PDF, page by page, with what is filled in and attached; or why there is none."""
    try:
        document = PdfReader(BytesIO(data))
        return _document(document, len(document.pages))
    except FileNotDecryptedError:
        return {"refusal": ENCRYPTED}
    except DependencyError:
        return {"refusal": NOT_DECRYPTED}
    except Exception:  # noqa: BLE001 - pypdf fails in any way on what is no PDF
        return {"refusal": DAMAGED}


def _document(document: PdfReader, count: int) -> Answer:
    if is_dynamic(document):
        return {"refusal": DYNAMIC}
    beside = _beside(document)
    pages, words = _pages(document, count, TEXT_MOST - len(beside))
    if not words and not beside:
        return {"refusal": SCANNED if count else EMPTY}
    return {"text": "\n\n".join(filter(None, (pages if words else f"[{SCANNED}]", beside)))}


def _pages(document: PdfReader, count: int, room: int) -> tuple[str, int]:
    """The text of the pages, and how many of them have any."""
    until = time.monotonic() + TIMEOUT
    parts: list[str] = []
    length = number = words = 0
    while number < min(count, PAGES) and length < room and time.monotonic() < until:
        text = _page(document, number)
        number += 1
        words += bool(text)
        parts.append(f"[page {number}]\n{text}")
        length += len(parts[-1])
    whole = "\n\n".join(parts)
    left_out = number < count or len(whole) > room
    mark = f"\n\n[what follows of its {count:,} pages is left out here]" if left_out else ""
    return whole[:room] + mark, words


def _page(document: PdfReader, number: int) -> str:
    """The text of one page with its comments, nothing where that one is damaged."""
    try:
        page = document.pages[number]
        text = clean(page.extract_text()).strip()
        return "\n".join(filter(None, (text, *_comments(page))))
    except (FileNotDecryptedError, DependencyError):
        raise
    except Exception:  # noqa: BLE001 - the other pages may be whole
        return ""


def _comments(page: object) -> Iterator[str]:
    """What people wrote onto a page or beside it, as far as that can be read."""
    with suppress(Exception):
        for reference in getattr(page, "annotations", None) or ():
            note = reference.get_object()
            said = clean(str(note.get("/Contents") or "")[:COMMENT_MOST]).strip()
            if said and note.get("/Subtype") not in ("/Link", "/Widget", "/Popup"):
                by = clean(str(note.get("/T") or "")[:COMMENT_MOST]).strip()
                yield f"[comment{f' by {by}' if by else ''}] {said}"


def _beside(document: PdfReader) -> str:
    """What is filled in where it is a form, and the names of what is attached."""
    lines: list[str] = []
    with suppress(Exception):
        lines += [f"{name}: {value}" for name, value in filled_in(document)]
    if lines:
        lines.insert(0, "[filled in]")
    with suppress(Exception):
        lines += [f"[attached to this PDF, and not read: {name}]" for name in document.attachments]
    return clean("\n".join(lines))[:BESIDE_MOST]


if __name__ == "__main__":
    answer(read)
