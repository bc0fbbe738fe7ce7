"""Which encoding a text is in, by all of it. Pure.

Only lines that are not in ASCII tell anything, wherever in a file they stand: they are gathered from all its parts.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence

import chardet

CHUNK = 2**18
"""Bytes that are looked at at once, so that nobody waits long for a thread that does it."""
EVIDENCE = 2**18
"""Bytes of lines that are not in ASCII by which an encoding is told."""
LEAST = 200
"""Bytes of them that each part of a file gives at least."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""What has bytes of zero, and is sometimes written without a mark."""
ESCAPED = (
    (re.compile(rb"\x1b\$[@B]|\x1b\([JI]"), "iso2022_jp_ext"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
)
"""What has only bytes of ASCII."""
LATIN = ("cp1252", "cp1250", "cp1254", "mac-roman", "cp850")
OTHER_LETTERS = ("cp1251", "koi8-r", "cp1253", "cp1255", "cp1256", "cp874")
ASIAN = ("cp932", "gb18030", "big5hkscs", "cp949", "euc_jis_2004")
"""What people's files are in where they are not in Unicode."""
OTHERWISE = "cp1252"
BIAS = {OTHERWISE: 1.15}
"""How much likelier an encoding is than a few words of it show."""
FLAWS = 1_000
"""Of so many characters one may be a flaw in an encoding that is not ruled out by it."""
ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
TOGETHER = re.compile(rb"[\x80-\xff]{2,}")
MEANINGLESS = frozenset({"Cc", "Cn", "Co", "Cs"})
LINE_ENDS = "\t\n\r\f\x1b"


def encoding_of(data: bytes) -> str | None:
    """The encoding of a text; None if it is none."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data:
        return next((encoding for encoding in WIDE if _is_wide(data, encoding)), None)
    if _is_utf8(data):
        return _escaped(data) or "utf-8"
    return _guess(_evidence(data))


def _parts(data: bytes) -> Iterator[bytes]:
    """A file in parts that end with a line, where lines are not too long."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + CHUNK, start + 2 * CHUNK) + 1 or start + CHUNK
        yield data[start:end]
        start = end


def _is_wide(data: bytes, encoding: str) -> bool:
    """Whether each of the first characters means something when it is read so, and all can be read."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), CHUNK):
            text = decoder.decode(data[start : start + CHUNK], start + CHUNK >= len(data))
            if not start and not _means_something(text):
                return False
    except UnicodeDecodeError:
        return False
    return True


def _means_something(text: str) -> bool:
    strange = any(unicodedata.category(each) in MEANINGLESS and each not in LINE_ENDS for each in set(text))
    # Nothing is written without spaces, line ends or ASCII's commas; words of other bytes hardly make any of these.
    return not strange and any(each in text for each in " ,\n\u3000。、")


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, perhaps with a flaw here and there."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    flaws = foreign = 0
    for start in range(0, len(data), CHUNK):
        text = decoder.decode(data[start : start + CHUNK], start + CHUNK >= len(data))
        if not text.isascii():
            flaws += text.count("\ufffd")
            foreign += len(text) - len(text.encode("ascii", "ignore"))
    return flaws * 10 <= foreign - flaws


def _escaped(data: bytes) -> str | None:
    """The encoding that switches between its parts by escapes, if it is one of these."""
    for mark, encoding in ESCAPED:
        if mark.search(data) and _flaws(data, encoding) == 0:
            return encoding
    return None


def _evidence(data: bytes) -> bytes:
    """Lines that are not in ASCII, from all parts of a file."""
    share = max(EVIDENCE * CHUNK // len(data), LEAST)
    return b"".join(_foreign(part, share) for part in _parts(data))


def _foreign(part: bytes, most: int) -> bytes:
    if part.isascii():
        return b""
    lines = b"\n".join(line for line in part.split(b"\n") if not line.isascii()) + b"\n"
    return lines if len(lines) <= most else lines[: lines.rfind(b"\n", 0, most) + 1 or most]


def _guess(evidence: bytes) -> str:
    fitting = _fitting(evidence, (*ASIAN, *LATIN) if _is_latin(evidence) else (*ASIAN, *LATIN, *OTHER_LETTERS))
    guesses = chardet.detect_all(
        evidence,
        ignore_threshold=True,
        max_bytes=EVIDENCE,
        include_encodings=fitting,
        no_match_encoding=fitting[0],
        compat_names=False,
    )
    sure = {each["encoding"]: each["confidence"] for each in guesses if each["encoding"]}
    likely = {encoding: confidence * BIAS.get(encoding, 1.0) for encoding, confidence in sure.items()}
    return max(likely, key=likely.__getitem__, default=OTHERWISE)


def _is_latin(evidence: bytes) -> bool:
    """Whether most letters beyond ASCII stand alone among those of ASCII, as in Europe's languages but for a few."""
    return len(ALONE.findall(evidence)) > len(TOGETHER.findall(evidence))


def _fitting(evidence: bytes, encodings: Sequence[str]) -> Sequence[str]:
    """Those in which all of it, or nearly all, can be read."""
    flaws = {encoding: _flaws(evidence, encoding) for encoding in encodings}
    bearable = min(flaws.values()) + len(evidence) // FLAWS
    return [encoding for encoding in encodings if flaws[encoding] <= bearable]


def _flaws(data: bytes, encoding: str) -> int:
    """How many characters cannot be read in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return sum(decoder.decode(data[start : start + CHUNK]).count("\ufffd") for start in range(0, len(data), CHUNK))
