"""How much room it takes to read files: small ones may be made to need much."""

import asyncio
import struct
import subprocess
import sys
import zlib
from collections import Counter
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image as Pillow

from chathakase.core.files import Image, Reading
from chathakase.files import child
from chathakase.files.extraction import DOCUMENTS, MODULES, PICTURE, Extractor, read
from chathakase.files.kinds import Way
from chathakase.files.picture import MOST_BY_FORMAT, PIXELS_MOST, TOO_MANY_PIXELS
from tests.files.sample_files import pdf, picture

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("outside")]

MEASURED = """
import runpy, sys
runpy.run_module("chathakase.files.picture", run_name="__main__")
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(peak, file=sys.stderr)
"""


def plain(form: str, mode: str, pixels: int, **options: object) -> bytes:
    """A picture of one colour, which is a small file."""
    output, side = BytesIO(), int(pixels**0.5)
    if form == "HEIF":
        pillow_heif.from_pillow(Pillow.new(mode, (side, side))).save(output)
        return output.getvalue()
    Pillow.new(mode, (side, side)).save(output, form, **options)
    return output.getvalue()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("form", "mode", "room", "options"),
    [
        ("PNG", "RGBA", 160, {}),
        ("PNG", "I;16", 130, {}),
        ("WEBP", "RGB", 270, {"method": 0}),
        ("JPEG", "RGB", 170, {"progressive": True, "subsampling": 0}),
        ("AVIF", "RGB", 270, {"speed": 10}),
        ("HEIF", "RGB", 270, {}),
    ],
    ids=["RGBA", "16 bits", "WebP", "progressive", "AVIF", "HEIC"],
)
@pytest.mark.usefixtures("outside")
def test_a_picture_takes_little_more_room_than_its_pixels(
    form: str, mode: str, room: int, options: dict[str, object]
) -> None:
    """In megabytes; 40 of them are Python's, and with four bytes for each pixel it is there once, or as JPEG has it."""
    data = plain(form, mode, 3_600**2 if form == "WEBP" else 4_000**2, **options)
    ran = subprocess.run([sys.executable, "-c", MEASURED], input=data, capture_output=True, check=True)
    assert b'"data"' in ran.stdout, ran.stdout[:100]
    # Whoever measures coverage may say something after that.
    assert int(ran.stderr.split()[0]) // 1024 < room


@pytest.mark.parametrize(
    ("form", "mode", "most", "options"),
    [
        ("PNG", "1", PIXELS_MOST, {}),
        ("WEBP", "L", MOST_BY_FORMAT["WEBP"], {"method": 0}),
        ("JPEG", "L", PIXELS_MOST, {"progressive": True, "quality": 1}),
    ],
    ids=["PNG", "WebP", "progressive"],
)
async def test_what_has_too_many_pixels_is_refused(form: str, mode: str, most: int, options: dict[str, object]) -> None:
    data = plain(form, mode, most + 20_000, **options)
    assert await read("a.png", "", data) == Reading(refusal=TOO_MANY_PIXELS)


async def test_pictures_are_taken_apart_one_at_a_time_and_documents_beside_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask, now, most = child.ask, Counter[str](), Counter[str]()

    async def counted(module: str, data: bytes) -> child.Answer:
        now[module] += 1
        most[module] = max(most[module], now[module])
        try:
            return await ask(module, data)
        finally:
            now[module] -= 1

    monkeypatch.setattr(child, "ask", counted)
    extractor = Extractor()
    pictures = [extractor.read("a.png", "", picture()) for _ in range(3)]
    documents = [extractor.read("a.pdf", "", pdf(["hello"])) for _ in range(4)]
    readings = await asyncio.gather(*pictures, *documents)
    assert [bool(each.image) for each in readings] == [True] * 3 + [False] * 4
    assert [each.pixels for each in readings] == [1_200] * 3 + [0] * 4
    assert most == {PICTURE: 1, MODULES[Way.PDF]: DOCUMENTS}


async def test_who_no_longer_waits_keeps_nobody_waiting() -> None:
    extractor = Extractor()
    waiting = [asyncio.create_task(extractor.read("a.png", "", picture())) for _ in range(3)]
    await asyncio.sleep(0.05)
    for each in waiting:
        each.cancel()
    assert (await extractor.read("a.png", "", picture())).image


def png_with(kind: bytes, body: bytes) -> bytes:
    """A picture with another chunk before its pixels."""
    data = picture()
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:33] + chunk + data[33:]


FLOOD = zlib.compress(bytes(80_000_000), 9)


@pytest.mark.parametrize(
    "data",
    [
        png_with(b"zTXt", b"a\0\0" + FLOOD),
        png_with(b"iTXt", b"a\0\1\0\0\0" + FLOOD),
        png_with(b"iCCP", b"a\0\0" + FLOOD),
        png_with(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + bytes(100_000)),
        picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(60_000)),
        picture("JPEG", icc_profile=bytes(900_000)),
    ],
    ids=["zTXt", "iTXt", "iCCP", "eXIf", "JPEG's EXIF", "JPEG's profile"],
)
async def test_what_is_said_beside_a_picture_does_no_harm(data: bytes) -> None:
    reading = await read("a.png", "", data)
    assert isinstance(reading.image, Image) or reading.refusal


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
async def test_of_many_pictures_in_a_file_the_first_is_decoded(form: str) -> None:
    frames = [Pillow.new("RGB", (300, 300), (number, 0, 0)) for number in range(30)]
    output = BytesIO()
    frames[0].save(output, form, save_all=True, append_images=frames[1:])
    reading = await read("a", "", output.getvalue())
    assert reading.image
    assert reading.pixels == 300 * 300
