"""What is said of files that cannot be read."""

import gzip
import io
import tarfile
import zipfile

import pytest

from chathakase.files.extraction import read
from tests.files.sample_files import archive, pdf, picture


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100) + stream.encode("utf-16-le") + bytes(100)


def media(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + bytes(20)


def tar(mode: str = "w") -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode=mode) as opened:  # type: ignore[call-overload]
        entry = tarfile.TarInfo("notes/a.txt")
        entry.size = 5
        opened.addfile(entry, io.BytesIO(b"hello"))
    return output.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.xlsb", archive("[Content_Types].xml", "xl/workbook.bin"), "an Excel workbook in binary form"),
        ("a.docx", ole("EncryptedPackage"), "an Office document protected by a password"),
        ("a.doc", ole("WordDocument"), "a Word document in the old format; saved as .docx it can be read"),
        ("a.xls", ole("Workbook"), "an Excel workbook in the old format"),
        ("a.ppt", ole("PowerPoint Document"), "a PowerPoint presentation in the old format"),
        ("a.msg", ole("__properties_version1.0"), "an Outlook message"),
        ("a", ole(""), "an old Office document"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7z archive"),
        ("a.mp3", b"ID3\x04\0\0" + bytes(20), "an audio file"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "an audio file"),
        ("a.m4a", media(b"M4A "), "an audio file"),
        ("a.mp4", media(b"isom"), "a video"),
        ("a.webm", b"\x1aE\xdf\xa3" + bytes(20), "a video"),
        ("a.exe", b"MZ\x90\0" + bytes(60), "a program"),
        ("a.db", b"SQLite format 3\0" + bytes(60), "an SQLite database"),
    ],
)
async def test_a_kind_is_named_whatever_the_name_says(name: str, data: bytes, kind: str) -> None:
    for called, told in ((name, ""), (name, "image/png"), ("a.txt", "text/plain")):
        reading = await read(called, told, data)
        assert reading.refusal.startswith(f"it is {kind}")
        assert not reading.text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (archive("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation"),
        (archive("mimetype", "application/vnd.oasis.opendocument.text"), "an OpenDocument file"),
        (archive("application/epub+zip"), "an e-book"),
        (media(b"heic"), "a picture"),
        (media(b"avif"), "a picture"),
        (b"PK\x05\x06" + bytes(5), "a zip archive"),
    ],
)
@pytest.mark.usefixtures("outside")
async def test_what_is_damaged_is_named(data: bytes, kind: str) -> None:
    assert (await read("a.txt", "", data)).refusal.startswith(f"it is {kind} that is damaged")


def stored(name: str, content: bytes) -> bytes:
    """An archive that holds one file as it is."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as opened:
        opened.writestr(name, content)
    return output.getvalue()


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (archive("a.txt", "b/c.docx"), ["a.txt (12 bytes)", "b/c.docx (12 bytes)"]),
        (stored("plan.docx", archive("[Content_Types].xml", "word/document.xml")), ["plan.docx (274 bytes)"]),
        (tar(), ["notes/a.txt (5 bytes)"]),
        (tar("w:gz"), ["notes/a.txt (5 bytes)"]),
        (tar("w:bz2"), ["notes/a.txt (5 bytes)"]),
        (tar("w:xz"), ["notes/a.txt (5 bytes)"]),
    ],
)
@pytest.mark.usefixtures("outside")
async def test_of_an_archive_the_names_are_read_and_it_is_told_that_the_rest_is_not(
    data: bytes, names: list[str]
) -> None:
    reading = await read("a", "", data)
    assert reading.text.splitlines() == ["[of this archive only the names are read]", *names]
    assert reading.refusal == "it is an archive, so I can see only the names of its files"


@pytest.mark.usefixtures("outside")
async def test_a_text_that_is_only_packed_is_read() -> None:
    assert (await read("a.log.gz", "", gzip.compress(b"one line"))).text == "one line"
    assert (await read("a.gz", "", gzip.compress(bytes(99)))).refusal == "it is a compressed file without text"
    assert (await read("a.gz", "", gzip.compress(b"a" * 50_000_000))).text


@pytest.mark.usefixtures("outside")
async def test_a_lie_about_the_type_does_not_matter() -> None:
    assert (await read("a.pdf", "application/pdf", picture())).image
    assert (await read("a.png", "image/png", pdf(["Hello"]))).text == "[page 1]\nHello"
    assert (await read("a.png", "image/png", b"just words")).text == "just words"


@pytest.mark.parametrize("text", ["BM is a brand", "ID3 is a tag", "PK", "RIFFRAFF", "MZ", "%PDF is a head", "GIF87"])
async def test_texts_may_begin_like_something_else(text: str) -> None:
    assert (await read("a.txt", "text/plain", text.encode())).text == text


@pytest.mark.parametrize("text", ["From: me\nTo: you\nhello", "Key: value\nOther: value", '{"cells": 1}'])
async def test_texts_that_look_like_mails_or_notebooks_are_read_as_they_are(text: str) -> None:
    assert (await read("a.txt", "text/plain", text.encode())).text == text
