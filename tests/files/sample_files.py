"""Files as people share them, made by hand."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

import pillow_heif
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

LOGIN = b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Slack</body></html>"


def pdf(pages: Sequence[str], *, password: str | None = None, algorithm: str = "RC4-128") -> bytes:
    """A PDF with a line of text on each page; a page without a text is drawn on."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(600, 800)
        lines = " T* ".join(f"({line}) Tj" for line in text.split("\n"))
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 14 TL 50 700 Td {lines} ET".encode() if text else b"0 0 m 100 100 l S")
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password is not None:
        writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def picture(form: str = "PNG", *, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    """A picture with a red left half and a blue right half."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    output = BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(image).save(output)
    else:
        image.convert(mode).save(output, form, **options)
    return output.getvalue()


def noise(size: tuple[int, int], form: str = "PNG") -> bytes:
    """A picture that no compression makes small."""
    output = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(output, form)
    return output.getvalue()


def archive(*names: str) -> bytes:
    """A zip archive with files of these names."""
    return zipped(dict.fromkeys(names, "some content"))


def zipped(contents: Mapping[str, str | bytes]) -> bytes:
    """A zip archive with these files."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in contents.items():
            opened.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return output.getvalue()
