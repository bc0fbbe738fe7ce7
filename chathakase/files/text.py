"""Bytes to a text that a model can read, whatever they are encoded in, or nothing where they are no text. Pure."""

import codecs
import re

from charset_normalizer import from_bytes

TEXT_MOST = 100_000
"""Characters of a file that are kept: about 25,000 tokens of English."""
TAIL = 20_000
"""How many of them are the end of a longer file."""
LINE = 2_000
"""Characters that are given up on either side so that a cut falls between lines."""
CHUNK = 2**18
"""Bytes that are decoded at once, so that nobody waits long for a thread that does it."""
SAMPLE = 2**16
"""Bytes from which an encoding is guessed."""

GUESSES = ["cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1251", "cp1252"]
"""What people's files are encoded in where they are not in Unicode; the last is taken when no guess fits better."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
STRANGE = 0.05
"""The share of characters with no meaning in a text above which it is none."""

ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""What colours the lines of logs: ECMA-48's control sequences."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def text_of(data: bytes) -> str | None:
    """The text that these bytes are, its middle left out where it is long; None if they are none."""
    encoding = _encoding(data)
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


def _encoding(data: bytes) -> str | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data:
        return None
    sample = _whole_lines(data)
    return "utf-8" if _is_utf8(sample) else _guess(sample)


def _whole_lines(data: bytes) -> bytes:
    """The beginning of a file, cut between lines, so that no character is torn."""
    return data if len(data) <= SAMPLE else data[: data.rfind(b"\n", 0, SAMPLE) + 1 or SAMPLE]


def _is_utf8(sample: bytes) -> bool:
    """Whether bytes are UTF-8, perhaps with a flaw here and there."""
    # Not told that this is the end, the decoder takes no character that is cut there for a flaw.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    flaws = text.count("\ufffd")
    foreign = sum(not character.isascii() for character in text) - flaws
    return flaws * 10 <= foreign


def _guess(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=GUESSES, enable_fallback=False).best()
    return GUESSES[-1] if best is None else best.encoding


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
