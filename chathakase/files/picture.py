"""A picture made fit for a model; run as a process of its own by ``chathakase.files.child``.

Models scale what is larger down themselves, at the price of time and tokens, and take no more than a few megabytes.
"""

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO

from PIL import AvifImagePlugin, ExifTags, Image, ImageOps

from chathakase.files.child import Answer, answer

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
"""What is decoded; pictures of several parts that begin as a JPEG are among them."""
LONG_SIDE = 1_568
"""Pixels of the longer side of what a model gets."""
PIXELS_MOST = 40_000_000
"""Pixels that are decoded, in up to four bytes each; what a JPEG skips by its own scaling does not count."""
MOST_BY_FORMAT = {"WEBP": PIXELS_MOST // 3, "AVIF": PIXELS_MOST * 5 // 8, "HEIF": PIXELS_MOST * 5 // 8}
"""The same where a library keeps a picture several times over."""
STRIP = 1_000_000
"""Pixels that are converted and scaled at once."""
BYTES_MOST = 1_000_000
QUALITIES = (85, 70, 50)
"""How well a JPEG is kept, until it is small enough."""

DAMAGED = "it is a picture that is damaged"
TOO_MANY_PIXELS = "it is a picture with too many pixels"


def read(data: bytes) -> Answer:
    """A picture, upright, scaled and without what else its file tells, or why there is none."""
    try:
        # What counts is what is decoded, which is looked at below.
        Image.MAX_IMAGE_PIXELS = None
        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
        if data[4:8] == b"ftyp":
            with suppress(ImportError):
                _open_heic()
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            # A progressive JPEG is kept whole until its last scan, whatever it is scaled to then.
            whole = image.width * image.height if image.info.get("progressive") else 0
            image.draft(None, (LONG_SIDE, LONG_SIDE))
            pixels = max(whole, image.width * image.height)
            if pixels > MOST_BY_FORMAT.get(image.format or "", PIXELS_MOST):
                return {"refusal": TOO_MANY_PIXELS}
            lossless = image.format in ("PNG", "GIF", "BMP")
            return {**_encoded(_fitting(image), lossless=lossless), "pixels": str(pixels)}
    except MemoryError:
        return {"refusal": TOO_MANY_PIXELS}
    except Exception:  # noqa: BLE001 - Pillow fails in any way on what is damaged
        return {"refusal": DAMAGED}


def _open_heic() -> None:
    """Know HEIC as well, where its library is installed. Raises ImportError where it is not."""
    import pi_heif

    # Each thread takes memory of its own.
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)


def _fitting(image: Image.Image) -> Image.Image:
    small = _reduced(image)
    small.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2.0)
    small.getexif()[ExifTags.Base.Orientation] = image.getexif().get(ExifTags.Base.Orientation, 1)
    upright = ImageOps.exif_transpose(small)
    # What a file tells of its picture, where it was taken for instance, is nobody's business.
    upright.info = {}
    return upright


def _reduced(image: Image.Image) -> Image.Image:
    """A picture in a plain mode, less than twice as large as it is to be; strip by strip, so that none is a copy."""
    factor = max(image.size) // LONG_SIDE
    if factor < 2:
        return _plain(image)
    height = max(STRIP // image.width // factor, 1) * factor
    strips = (
        _plain(image.crop((0, top, image.width, min(top + height, image.height)))).reduce(factor)
        for top in range(0, image.height, height)
    )
    return _stacked(strips, (-(-image.width // factor), -(-image.height // factor)))


def _stacked(strips: Iterable[Image.Image], size: tuple[int, int]) -> Image.Image:
    whole, top = None, 0
    for strip in strips:
        whole = whole or Image.new(strip.mode, size)
        whole.paste(strip, (0, top))
        top += strip.height
    assert whole
    return whole


def _plain(image: Image.Image) -> Image.Image:
    """A picture in one of the three modes that every reader knows: L, RGB and RGBA."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256)
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L", "I", "F") else "RGB")


def _encoded(image: Image.Image, *, lossless: bool) -> Answer:
    if lossless and len(whole := _saved(image, "PNG")) <= BYTES_MOST:
        return _picture("image/png", whole)
    flat = _flattened(image)
    while True:
        for quality in QUALITIES:
            if len(whole := _saved(flat, "JPEG", quality=quality, optimize=True)) <= BYTES_MOST:
                return _picture("image/jpeg", whole)
        flat = flat.reduce(2)


def _flattened(image: Image.Image) -> Image.Image:
    """A picture on white where it could be seen through."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    output = BytesIO()
    image.save(output, form, **options)
    return output.getvalue()


def _picture(kind: str, data: bytes) -> Answer:
    return {"kind": kind, "data": b64encode(data).decode()}


if __name__ == "__main__":
    answer(read)
