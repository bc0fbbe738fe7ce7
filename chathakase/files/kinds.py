"""What kind of file some bytes are, told by the bytes first: names and media types may be wrong. Pure.

Beginnings are those of https://en.wikipedia.org/wiki/List_of_file_signatures.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import PurePath


class Way(Enum):
    """How a file is read."""

    TEXT = auto()
    PDF = auto()
    PICTURE = auto()
    HEIC = auto()
    WORD = auto()
    EXCEL = auto()
    SLIDES = auto()
    OPEN_DOCUMENT = auto()
    BOOK = auto()
    RICH_TEXT = auto()
    MAIL = auto()
    NOTEBOOK = auto()
    ARCHIVE = auto()
    """Only the names of what is in it are read."""
    NONE = auto()


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file; its name has an article, as in “it is a zip archive”."""

    way: Way
    name: str


PDF = FileKind(Way.PDF, "a PDF")
TEXT = FileKind(Way.TEXT, "a text")
PICTURE = FileKind(Way.PICTURE, "a picture")
ZIP = FileKind(Way.ARCHIVE, "a zip archive")
TAR = FileKind(Way.ARCHIVE, "a tar archive")
RICH_TEXT = FileKind(Way.RICH_TEXT, "a rich text document")
MAIL = FileKind(Way.MAIL, "an e-mail")
NOTEBOOK = FileKind(Way.NOTEBOOK, "a Jupyter notebook")
SOUND = FileKind(Way.NONE, "an audio file")
FILM = FileKind(Way.NONE, "a video")
HEIC = FileKind(Way.HEIC, "a HEIC picture")
AVIF = FileKind(Way.PICTURE, "an AVIF picture")
PROGRAM = FileKind(Way.NONE, "a program")
FONT = FileKind(Way.NONE, "a font")

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF87a", PICTURE),
    (b"GIF89a", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"8BPS\0\x01", FileKind(Way.NONE, "a Photoshop file")),
    (b"\x1f\x8b", FileKind(Way.ARCHIVE, "a gzip archive")),
    (b"\xfd7zXZ\0", FileKind(Way.ARCHIVE, "an xz archive")),
    (b"7z\xbc\xaf\x27\x1c", FileKind(Way.NONE, "a 7z archive")),
    (b"Rar!\x1a\x07", FileKind(Way.NONE, "a rar archive")),
    (b"\x28\xb5\x2f\xfd", FileKind(Way.NONE, "a Zstandard archive")),
    (b"PK\x05\x06", ZIP),
    (b"{\\rtf", RICH_TEXT),
    (b"ID3\x02", SOUND),
    (b"ID3\x03", SOUND),
    (b"ID3\x04", SOUND),
    (b"OggS\0", SOUND),
    (b"fLaC\0", SOUND),
    (b"MThd\0", SOUND),
    (b"#!AMR", SOUND),
    (b"\xff\xfb", SOUND),
    (b"\xff\xf3", SOUND),
    (b"\xff\xf2", SOUND),
    (b"\xff\xf1", SOUND),
    (b"\xff\xf9", SOUND),
    (b"\x1aE\xdf\xa3", FILM),
    (b"FLV\x01", FILM),
    (b"\0\0\x01\xba", FILM),
    (b"\x7fELF", PROGRAM),
    (b"\0asm", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"SQLite format 3\0", FileKind(Way.NONE, "an SQLite database")),
    (b"wOFF\0\x01", FONT),
    (b"wOF2", FONT),
    (b"OTTO\0", FONT),
    (b"\0\x01\0\0\0", FONT),
)
RIFF = {b"WEBP": PICTURE, b"WAVE": SOUND, b"AVI ": FILM}
BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), SOUND),
}
"""What the brand in the head of an ISO media file says; any other is that of a video."""
ZIPPED = (
    (b"xl/workbook.bin", FileKind(Way.NONE, "an Excel workbook in binary form; saved as .xlsx it can be read")),
    (b"word/document", FileKind(Way.WORD, "a Word document")),
    (b"xl/workbook", FileKind(Way.EXCEL, "an Excel workbook")),
    (b"ppt/presentation", FileKind(Way.SLIDES, "a PowerPoint presentation")),
    (b"application/vnd.oasis.opendocument", FileKind(Way.OPEN_DOCUMENT, "an OpenDocument file")),
    (b"application/epub+zip", FileKind(Way.BOOK, "an e-book")),
    (b"Index/Document.iwa", FileKind(Way.NONE, "an iWork document")),
    (b"META-INF/MANIFEST.MF", FileKind(Way.NONE, "a Java archive")),
)
"""What a zip archive holds when it is more than that."""
LISTED = 2**19
"""Bytes at the beginning and at the end of an archive in which its names are looked for where its list is missing."""
FIRST = 128
"""Bytes at the beginning of an archive in which it says itself what it is, as an e-book does."""
END = b"PK\x05\x06"
"""What stands behind the list of an archive, with how long that is."""
OLD = FileKind(Way.NONE, "an old Office document")
LOCKED = FileKind(Way.NONE, "an Office document protected by a password")
OLE = (
    ("EncryptedPackage", LOCKED),
    ("WordDocument", FileKind(Way.NONE, "a Word document in the old format; saved as .docx it can be read")),
    ("Workbook", FileKind(Way.NONE, "an Excel workbook in the old format; saved as .xlsx it can be read")),
    (
        "PowerPoint Document",
        FileKind(Way.NONE, "a PowerPoint presentation in the old format; saved as .pptx it can be read"),
    ),
    ("__properties_version1.0", FileKind(Way.NONE, "an Outlook message; saved as .eml it can be read")),
)
"""Old Office files, which begin alike, by the name of the stream that each kind has; names there are in UTF-16."""
CLAIMS = {
    **dict.fromkeys(("docx", "doc"), FileKind(Way.NONE, "a Word document that is damaged")),
    **dict.fromkeys(("xlsx", "xls"), FileKind(Way.NONE, "an Excel workbook that is damaged")),
    **dict.fromkeys(("pptx", "ppt"), FileKind(Way.NONE, "a PowerPoint presentation that is damaged")),
    "msg": FileKind(Way.NONE, "an Outlook message that is damaged"),
    "zip": FileKind(Way.NONE, "a zip archive that is damaged"),
    **dict.fromkeys(("heic", "heif"), FileKind(Way.NONE, "a HEIC picture that is damaged")),
    "pdf": FileKind(Way.NONE, "a PDF that is damaged"),
}
"""What names say whose bytes do not."""
FAMILIES = {
    "audio": SOUND,
    "video": FILM,
    "font": FONT,
    "image": FileKind(Way.NONE, "a picture of a kind that cannot be read"),
}
"""The same of media types."""
MAIL_HEAD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]*\r?\n(?:[A-Za-z][A-Za-z0-9-]{0,60}:|[ \t])")
"""How a message of RFC 5322 begins: a field, and either more of it or another one."""
MAIL_SIGN = re.compile(rb"^(?:MIME-Version: ?1|Received: |Message-ID: ?<)", re.IGNORECASE | re.MULTILINE)
"""What a message has and hardly another text that begins with fields."""
BITMAP_HEADS = frozenset({12, 40, 52, 56, 64, 108, 124})
"""How long the second head of a bitmap is: “BM” alone may begin a text."""
BEFORE_A_PAGE = re.compile(rb"\s+|<\?xml[^>]*>|<!--.*?-->", re.DOTALL)
PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def kind_of(name: str, data: bytes) -> FileKind:
    """What kind of file this is. What no beginning tells is a text until it is shown that nobody can read it."""
    for beginning, kind in BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if _is_pdf(data):
        return PDF
    return _by_head(name, data) or TEXT


def claimed(name: str, media: str) -> FileKind | None:
    """What kind of file it says that it is, where that is no text; for what is binary in no way that we know."""
    return CLAIMS.get(_ending(name)) or FAMILIES.get(media.partition("/")[0].lower())


def has_ending(name: str) -> bool:
    """Whether a name says what kind of file it is."""
    return bool(_ending(name))


def is_page(data: bytes) -> bool:
    """Whether it is a web page."""
    head, at = data[:4096].removeprefix(b"\xef\xbb\xbf"), 0
    while before := BEFORE_A_PAGE.match(head, at):
        at = before.end()
    return PAGE.match(head, at) is not None


def _is_pdf(data: bytes) -> bool:
    """Whether it begins as a PDF, or has the head of one after something else, and its end."""
    before, head, _ = data[:1024].partition(b"%PDF-")
    return bool(head) and (not before.strip(b"\xef\xbb\xbf \t\r\n\0") or b"%%EOF" in data[-1024:])


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def _by_head(name: str, data: bytes) -> FileKind | None:
    if data.startswith(b"RIFF"):
        return RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12], FILM)
    if data.startswith(b"BM") and data[6:10] == bytes(4) and int.from_bytes(data[14:18], "little") in BITMAP_HEADS:
        return PICTURE
    if data.startswith(b"PK\x03\x04"):
        listed = _listed(data)
        return next((kind for part, kind in ZIPPED if part in listed), ZIP)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((kind for part, kind in OLE if part.encode("utf-16-le") in data), OLD)
    if data.startswith(b"MZ") and b"\0" in data[:256]:
        return PROGRAM
    if data[257:262] == b"ustar":
        return TAR
    if data.startswith(b"BZh") and data[4:10] == b"1AY&SY":
        return FileKind(Way.ARCHIVE, "a bzip2 archive")
    return _by_words(name, data)


def _listed(data: bytes) -> bytes:
    """The list of an archive's names: what it holds may be an archive in turn, with names of its own."""
    end = data.rfind(END)
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    return data[:FIRST] + data[end - size : end] if 0 < size <= end else data[:LISTED] + data[-LISTED:]


def _by_words(name: str, data: bytes) -> FileKind | None:
    """What kind of text it is, of those that say little to who reads them as they are."""
    if MAIL_HEAD.match(data, 0, 2**16) and (
        _ending(name) in ("eml", "mht", "mhtml") or MAIL_SIGN.search(data, 0, 2**16)
    ):
        return MAIL
    head = data[:4096]
    if data[:100].lstrip().startswith(b"{") and (
        b'"cell_type"' in head or (_ending(name) == "ipynb" and b'"cells"' in data)
    ):
        return NOTEBOOK
    return None
