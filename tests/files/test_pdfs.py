"""What is read of PDFs."""

import pytest

from chathakase.files import pdf
from chathakase.files.pdf import DAMAGED, EMPTY, ENCRYPTED, SCANNED
from chathakase.files.reading import read
from chathakase.files.text import TEXT_MOST
from tests.files import samples


async def test_pages_are_read_in_their_order() -> None:
    said = await read("a.pdf", "application/pdf", samples.pdf(["Hello", "", "World\nagain"]))
    assert said.text == "[page 1]\nHello\n\n[page 2]\n\n\n[page 3]\nWorld\nagain"


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (samples.pdf(["Hello"], password="secret"), ENCRYPTED),
        (samples.pdf(["", ""]), SCANNED),
        (samples.pdf([]), EMPTY),
        (samples.pdf(["Hello"])[:300], DAMAGED),
        (b"%PDF-1.7\n" + bytes(2_000), DAMAGED),
    ],
)
async def test_what_has_no_text_is_refused(data: bytes, refusal: str) -> None:
    assert (await read("a.pdf", "application/pdf", data)).refusal == refusal


async def test_one_that_only_may_not_be_changed_is_read() -> None:
    assert (await read("a.pdf", "", samples.pdf(["Hello"], password=""))).text == "[page 1]\nHello"


async def test_something_may_stand_before_its_head() -> None:
    assert (await read("a.pdf", "", b"a word before\n" + samples.pdf(["Hello"]))).text == "[page 1]\nHello"


def test_a_long_one_is_cut() -> None:
    page = "\n".join(["The quick brown fox jumps over the lazy dog"] * 50)
    text = pdf.read(samples.pdf([page] * 100))["text"]
    assert TEXT_MOST < len(text) < TEXT_MOST + 100
    assert text.endswith("\n\n[what follows of its 100 pages is left out here]")


def test_many_pages_are_not_read_to_the_end() -> None:
    text = pdf.read(samples.pdf(["short"] * 400))["text"]
    assert "[page 300]" in text
    assert text.endswith("\n\n[what follows of its 400 pages is left out here]")
