"""What a model gets of a picture."""

import random
from io import BytesIO

import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin

from chathakase.core.files import Reading
from chathakase.files.extraction import read
from chathakase.files.picture import BYTES_MOST, DAMAGED, LONG_SIDE, TOO_MANY_PIXELS
from tests.files.sample_files import noise, picture

pytestmark = pytest.mark.usefixtures("outside")

RED, BLUE = (255, 0, 0), (0, 0, 255)


def opened(reading: Reading) -> Pillow.Image:
    assert reading.image, reading.refusal
    assert len(reading.image.data) <= BYTES_MOST
    image = Pillow.open(BytesIO(reading.image.data))
    assert image.get_format_mimetype() == reading.image.kind
    return image


def is_near(image: Pillow.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    seen = image.convert("RGB").getpixel((int(at[0] * image.width), int(at[1] * image.height)))
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 60 for one, other in zip(seen, colour, strict=True))


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("MPO", "RGB"),
        ("GIF", "P"),
        ("WEBP", "RGB"),
        ("BMP", "RGB"),
        ("TIFF", "RGB"),
        ("TIFF", "CMYK"),
        ("AVIF", "RGB"),
        ("HEIF", "RGB"),
    ],
)
async def test_every_usual_kind_is_read(form: str, mode: str) -> None:
    image = opened(await read("picture", "", picture(form, mode=mode)))
    assert image.format in ("PNG", "JPEG")
    assert image.mode in ("L", "RGB", "RGBA")
    assert image.size == (40, 30)
    assert is_near(image, (0.2, 0.5), RED)
    assert is_near(image, (0.8, 0.5), BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
async def test_pictures_without_colours_are_read(mode: str) -> None:
    image = Pillow.new("L", (40, 30), 255)
    image.paste(0, (0, 0, 20, 30))
    output = BytesIO()
    shades = image.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else None
    (shades or image.convert(mode)).save(output, "PNG")
    seen = opened(await read("a.png", "", output.getvalue()))
    assert is_near(seen, (0.2, 0.5), (0, 0, 0))
    assert is_near(seen, (0.8, 0.5), (255, 255, 255))


async def test_a_large_picture_is_scaled() -> None:
    for form, size in (("JPEG", (4000, 3000)), ("PNG", (1000, 4000))):
        image = opened(await read("a", "", picture(form, size=size)))
        assert max(image.size) == LONG_SIDE
        assert abs(image.width / image.height - size[0] / size[1]) < 0.01


async def test_what_cannot_be_packed_without_loss_is_packed_with_it() -> None:
    assert opened(await read("a.png", "", noise((1400, 1400)))).format == "JPEG"


async def test_a_picture_is_turned_upright_and_tells_nothing_else() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "A Camera"
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        image = opened(await read("a", "", picture(form, exif=exif, icc_profile=b"a profile")))
        assert image.size == (30, 40)
        assert is_near(image, (0.5, 0.2), RED)
        assert is_near(image, (0.5, 0.8), BLUE)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


async def test_comments_are_dropped() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "where it was taken")
    assert "Comment" not in opened(await read("a.png", "", picture(pnginfo=notes))).info
    assert "comment" not in opened(await read("a.jpg", "", picture("JPEG", comment=b"where it was taken"))).info


async def test_what_can_be_seen_through_stands_on_white_in_a_jpeg() -> None:
    image = Pillow.frombytes("RGB", (1000, 1000), random.Random(1).randbytes(3_000_000)).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 500, 1000))
    output = BytesIO()
    image.save(output, "PNG")
    seen = opened(await read("a.png", "", output.getvalue()))
    assert seen.format == "JPEG"
    assert is_near(seen, (0.2, 0.5), (255, 255, 255))


async def test_a_moving_picture_shows_its_first_frame() -> None:
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    output = BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])
    assert is_near(opened(await read("a.gif", "", output.getvalue())), (0.5, 0.5), RED)


async def test_a_bomb_is_not_decoded() -> None:
    output = BytesIO()
    Pillow.new("1", (9_000, 9_000)).save(output, "PNG")
    assert len(output.getvalue()) < 20_000
    assert await read("a.png", "", output.getvalue()) == Reading(refusal=TOO_MANY_PIXELS)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
async def test_a_damaged_picture_is_refused(form: str) -> None:
    data = noise((200, 200), form)
    assert await read("a.png", "", data[: len(data) // 2]) == Reading(refusal=DAMAGED)
    assert (await read("a.png", "", data[:30])).refusal
