"""Bytes to a text that a model can read, whatever they are encoded in, or nothing where they are no text. Pure."""

import codecs
import re

from chathakase.files.text_encodings import CHUNK, encoding_of

TEXT_MOST = 100_000
"""Characters of a file that are kept: about 25,000 tokens of English."""
TAIL = 20_000
"""How many of them are the end of a longer file."""
LINE = 2_000
"""Characters that are given up on either side so that a cut falls between lines."""
SAMPLE = 2**16
"""Characters by which it is told whether a text is one."""
STRANGE = 0.05
"""The share of characters with no meaning in a text above which it is none."""

ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""What colours the lines of logs: ECMA-48's control sequences."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def text_of(data: bytes) -> str | None:
    """The text that these bytes are, its middle left out where it is long; None if they are none."""
    encoding = encoding_of(data)
    if encoding is None:
        return None
    head, tail, missing = _ends(data, encoding)
    if _is_strange(head[:SAMPLE]):
        return None
    return clean(joined(head, tail, missing))


def clean(text: str) -> str:
    """A text without what only steers terminals, and with one kind of line end."""
    text = ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return CONTROLS.sub("", text).strip("\n")


def joined(head: str, tail: str, missing: int) -> str:
    """A beginning and an end with a mark in between, cut between lines if there are any near by."""
    if not missing:
        return head + tail
    end, begin = head.rfind("\n", -LINE), tail.find("\n", 0, LINE)
    kept_head, kept_tail = head[: end if end >= 0 else None], tail[begin + 1 :]
    missing += len(head) - len(kept_head) + len(tail) - len(kept_tail)
    return f"{kept_head}\n[… {missing:,} characters are left out here …]\n{kept_tail}"


def _ends(data: bytes, encoding: str) -> tuple[str, str, int]:
    """The beginning and the end of a text, and how many characters are between them."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    head, tail, total = "", "", 0
    for start in range(0, len(data), CHUNK):
        piece = decoder.decode(data[start : start + CHUNK], start + CHUNK >= len(data))
        total += len(piece)
        room = TEXT_MOST - TAIL - len(head)
        head += piece[:room]
        tail = (tail + piece[room:])[-TAIL:]
    return head, tail, total - len(head) - len(tail)


def _is_strange(text: str) -> bool:
    """Whether a text has more characters without a meaning than a text can have."""
    strange = text.count("\ufffd") + len(CONTROLS.findall(ESCAPES.sub("", text)))
    return strange > STRANGE * len(text)
