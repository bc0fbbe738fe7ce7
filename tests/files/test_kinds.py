"""What is said of files that cannot be read."""

import pytest

from chathakase.files.reading import read
from tests.files.samples import archive, pdf, picture

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def media(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + bytes(20)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.docx", archive("[Content_Types].xml", "word/document.xml"), "a Word document"),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        ("a.pptx", archive("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation"),
        ("a.zip", archive("a.txt"), "a zip archive"),
        ("a.zip", archive(), "a zip archive"),
        ("a.doc", OLE, "a Word document"),
        ("a", OLE, "an old Office document"),
        ("a.tar.gz", b"\x1f\x8b\x08" + bytes(20), "a gzip archive"),
        ("a.tar", b"a.txt".ljust(257, b"\0") + b"ustar\0" + bytes(200), "a tar archive"),
        ("a.bz2", b"BZh91AY&SY\0\0", "a bzip2 archive"),
        ("a.mp3", b"ID3\x04\0\0" + bytes(20), "an audio file"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "an audio file"),
        ("a.m4a", media(b"M4A "), "an audio file"),
        ("a.mp4", media(b"isom"), "a video"),
        ("a.webm", b"\x1aE\xdf\xa3" + bytes(20), "a video"),
        ("a.heic", media(b"heic"), "a HEIC picture"),
        ("a.avif", media(b"avif"), "an AVIF picture"),
        ("a.exe", b"MZ\x90\0" + bytes(60), "a program"),
        ("a.db", b"SQLite format 3\0" + bytes(60), "an SQLite database"),
    ],
)
async def test_a_kind_is_named_whatever_the_name_says(name: str, data: bytes, kind: str) -> None:
    for called, told in (
        (name, ""),
        (name, "image/png"),
        (name if kind == "a Word document" else "a.txt", "text/plain"),
    ):
        assert (await read(called, told, data)).refusal in (f"it is {kind}", "it is an old Office document")
    assert (await read(name, "", data)).refusal == f"it is {kind}"


async def test_a_lie_about_the_type_does_not_matter() -> None:
    assert (await read("a.pdf", "application/pdf", picture())).image
    assert (await read("a.png", "image/png", pdf(["Hello"]))).text == "[page 1]\nHello"
    assert (await read("a.png", "image/png", b"just words")).text == "just words"


@pytest.mark.parametrize("text", ["BM is a brand", "ID3 is a tag", "PK", "RIFFRAFF", "MZ", "%PDF is a head", "GIF87"])
async def test_texts_may_begin_like_something_else(text: str) -> None:
    assert (await read("a.txt", "text/plain", text.encode())).text == text
