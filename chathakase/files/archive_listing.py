"""The names of what is in an archive; run as a process of its own by ``chathakase.files.child``.

A single file that is only packed is read as the text that it may be.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from chathakase.core.amounts import size
from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered
from chathakase.files.text import text_of

NAMES = 1_000
"""How many files are named."""
UNPACKED = 2_000_000
"""Bytes of a packed text that are read."""
ONLY_NAMES = "it is an archive, so I can see only the names of its files"
EMPTY = "it is an empty archive"
UNKNOWN = "it is a compressed file without text"
PACKERS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))


def read(data: bytes) -> Answer:
    """What is in an archive, by name; the text of a file that is packed alone."""
    if data.startswith(b"PK"):
        return _named(_in_zip(data))
    with suppress(tarfile.TarError):
        return _named(_in_tar(data))
    for beginning, unpack in PACKERS:
        if data.startswith(beginning):
            with unpack(BytesIO(data)) as packed:
                return _text(packed.read(UNPACKED))
    return {"refusal": UNKNOWN}


def _named(names: Iterator[str]) -> Answer:
    told = gathered(names, nothing=EMPTY)
    return (
        {"text": f"[of this archive only the names are read]\n{told['text']}", "refusal": ONLY_NAMES}
        if "text" in told
        else told
    )


def _in_zip(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for each in archive.infolist()[:NAMES]:
            yield _line(each.filename, each.file_size)


def _in_tar(data: bytes) -> Iterator[str]:
    with tarfile.open(fileobj=BytesIO(data), mode="r:*") as archive:
        for each, _ in zip(archive, range(NAMES), strict=False):
            yield _line(each.name, each.size)


def _line(name: str, length: int) -> str:
    return name if name.endswith("/") else f"{name} ({size(length)})"


def _text(content: bytes) -> Answer:
    text = text_of(content)
    return {"text": text} if text and text.strip() else {"refusal": UNKNOWN}


if __name__ == "__main__":
    answer(read)
