"""Whatever bytes come, a file is read or refused in one line."""

import asyncio
import importlib
from collections.abc import Callable
from functools import partial
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chathakase.files import kinds, pdf, picture
from chathakase.files.child import BROKEN, Answer
from chathakase.files.extraction import MODULES, read
from chathakase.files.kinds import Way
from chathakase.files.text import CONTROLS, TEXT_MOST
from tests.examples import examples
from tests.files import sample_files

QUICK = settings(
    max_examples=examples(150), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

NAMES = st.sampled_from(["a.txt", "a.pdf", "a.png", "a.docx", "", "..", "a/b\0", "é" * 300]) | st.text(max_size=20)
MEDIA = st.sampled_from(["", "image/png", "text/plain", "application/pdf", "/", "audio"]) | st.text(max_size=20)
BEGINNINGS = st.sampled_from([b"", *(beginning for beginning, _ in kinds.BEGINNINGS), b"RIFF", b"BM", b"PK\x03\x04"])
WHOLE = [sample_files.picture(form) for form in picture.FORMATS]


@st.composite
def spoilt(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """A whole file with some bytes changed, and perhaps without its end."""
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(1, len(data)))])


def is_sound(answer: Answer) -> bool:
    return bool(answer.get("refusal") or answer.get("text") or (answer.get("data") and answer.get("kind")))


def taken_apart(module: ModuleType, data: bytes) -> Answer:
    """As a child has it: whatever is raised is a refusal."""
    try:
        answer: Answer = module.read(data)
    except Exception:  # noqa: BLE001 - as in the child
        return {"refusal": BROKEN}
    return answer


def never_fails(take_apart: Callable[[bytes], Answer], data: bytes) -> None:
    assert is_sound(take_apart(data))


@given(data=spoilt(WHOLE))
@QUICK
def test_pictures(data: bytes) -> None:
    never_fails(picture.read, data)


@given(data=spoilt([sample_files.pdf(["Hello", "World"]), sample_files.pdf(["Hello"], password="")]))
@QUICK
def test_pdfs(data: bytes) -> None:
    never_fails(pdf.read, data)


@given(name=NAMES, media=MEDIA, beginning=BEGINNINGS, rest=st.binary(max_size=400))
@QUICK
def test_anything_else(name: str, media: str, beginning: bytes, rest: bytes) -> None:
    data = beginning + rest
    way = kinds.kind_of(name, data).way
    if way not in (Way.TEXT, Way.NONE):
        never_fails(partial(taken_apart, importlib.import_module(MODULES[way])), data)
        return
    reading = asyncio.run(read(name, media, data))
    assert reading.text or reading.refusal or reading.image
    assert "\n" not in reading.refusal


@given(text=st.text(max_size=300), encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
@QUICK
def test_texts(text: str, encoding: str) -> None:
    reading = asyncio.run(read("a.txt", "text/plain", text.encode(encoding, "replace")))
    assert reading.text or reading.refusal
    assert not CONTROLS.search(reading.text)
    assert len(reading.text) <= TEXT_MOST
