"""Which libraries of the extra ``files`` are installed; what is read with others is only named."""

from collections.abc import Mapping
from importlib.util import find_spec

from chathakase.files.kinds import Way

NEEDS: Mapping[Way, tuple[str, ...]] = {
    Way.WORD: ("docx",),
    Way.EXCEL: ("openpyxl", "defusedxml"),
    Way.SLIDES: ("pptx",),
    Way.OPEN_DOCUMENT: ("defusedxml",),
    Way.BOOK: ("defusedxml",),
    Way.RICH_TEXT: ("striprtf",),
    Way.HEIC: ("pi_heif",),
}
"""What must be installed for a kind of file to be read."""
DECRYPTION = "cryptography"
"""With what a PDF is read that anybody may open and not everybody may change."""
HOW = "pip install 'chathakase[files]'"
"""How to install all of them."""


def is_readable(way: Way) -> bool:
    """Whether files of a kind can be read here."""
    return all(map(_is_there, NEEDS.get(way, ())))


def missing() -> list[str]:
    """What of the extra is not installed, by the names of its modules."""
    needed = dict.fromkeys([*(name for names in NEEDS.values() for name in names), DECRYPTION])
    return [name for name in needed if not _is_there(name)]


def _is_there(module: str) -> bool:
    return find_spec(module) is not None
