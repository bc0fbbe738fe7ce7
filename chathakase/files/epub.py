"""The text of an e-book (EPUB); run as a process of its own by ``chathakase.files.child``.

See https://www.w3.org/TR/epub-33/.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from defusedxml.ElementTree import fromstring

from chathakase.files.canvas import text_of_page
from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered

EMPTY = "it is an e-book without text"
CHAPTER_MOST = 4_000_000
"""Bytes of a chapter that are read."""


def read(data: bytes) -> Answer:
    """Its chapters in the order of reading, or why there are none."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return gathered(_chapters(archive), nothing=EMPTY)


def _chapters(archive: zipfile.ZipFile) -> Iterator[str]:
    container = fromstring(archive.read("META-INF/container.xml"))
    root = next(each.attrib["full-path"] for each in container.iter() if each.tag.endswith("rootfile"))
    package = fromstring(archive.read(root))
    places = {each.get("id"): each.get("href") or "" for each in package.iter() if each.tag.endswith("}item")}
    for each in package.iter():
        if each.tag.endswith("}itemref") and (place := places.get(each.get("idref"))):
            with archive.open(normpath(join(dirname(root), unquote(place)))) as chapter:
                yield text_of_page(chapter.read(CHAPTER_MOST).decode("utf-8", "replace"))


if __name__ == "__main__":
    answer(read)
