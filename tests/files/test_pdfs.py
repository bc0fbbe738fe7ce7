"""What is read of PDFs."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from chathakase.files import pdf
from chathakase.files.extraction import read
from chathakase.files.pdf import DAMAGED, DYNAMIC, EMPTY, ENCRYPTED, SCANNED
from chathakase.files.text import TEXT_MOST
from tests.files import sample_files

pytestmark = pytest.mark.usefixtures("outside")


async def test_pages_are_read_in_their_order() -> None:
    said = await read("a.pdf", "application/pdf", sample_files.pdf(["Hello", "", "World\nagain"]))
    assert said.text == "[page 1]\nHello\n\n[page 2]\n\n\n[page 3]\nWorld\nagain"


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (sample_files.pdf(["Hello"], password="secret"), ENCRYPTED),
        (sample_files.pdf(["", ""]), SCANNED),
        (sample_files.pdf([]), EMPTY),
        (sample_files.pdf(["Hello"])[:300], DAMAGED),
        (b"%PDF-1.7\n" + bytes(2_000), DAMAGED),
    ],
)
async def test_what_has_no_text_is_refused(data: bytes, refusal: str) -> None:
    assert (await read("a.pdf", "application/pdf", data)).refusal == refusal


async def test_one_that_only_may_not_be_changed_is_read() -> None:
    assert (await read("a.pdf", "", sample_files.pdf(["Hello"], password=""))).text == "[page 1]\nHello"


async def test_something_may_stand_before_its_head() -> None:
    assert (await read("a.pdf", "", b"a word before\n" + sample_files.pdf(["Hello"]))).text == "[page 1]\nHello"


def field(**told: PdfObject) -> DictionaryObject:
    """A field of a form, with its box on the first page."""
    made = DictionaryObject({NameObject(f"/{name}"): value for name, value in told.items()})
    made |= {
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/Rect"): ArrayObject([NumberObject(each) for each in (0, 0, 9, 9)]),
    }
    return made


def form(*, pages: Sequence[str] = ("Application",), **extra: PdfObject) -> bytes:
    """A PDF form in which things are filled in."""
    writer = PdfWriter(clone_from=BytesIO(sample_files.pdf(pages)))
    states = DictionaryObject(
        {NameObject("/N"): DictionaryObject({NameObject("/Yes"): NullObject(), NameObject("/Off"): NullObject()})}
    )
    options = ArrayObject([ArrayObject([TextStringObject("m"), TextStringObject("Monthly")])])
    sizes = ArrayObject([TextStringObject("small"), TextStringObject("large")])
    fields = [
        field(FT=NameObject("/Tx"), T=TextStringObject("family"), V=TextStringObject("山田")),
        field(
            FT=NameObject("/Tx"),
            T=TextStringObject("x1"),
            TU=TextStringObject("Given name"),
            V=TextStringObject("Hanako"),
        ),
        field(FT=NameObject("/Tx"), T=TextStringObject("empty")),
        field(
            FT=NameObject("/Tx"), T=TextStringObject("key"), V=TextStringObject("swordfish"), Ff=NumberObject(1 << 13)
        ),
        field(FT=NameObject("/Btn"), T=TextStringObject("agree"), V=NameObject("/Yes"), AP=states),
        field(FT=NameObject("/Btn"), T=TextStringObject("news"), V=NameObject("/Off"), AP=states),
        field(FT=NameObject("/Btn"), T=TextStringObject("size"), V=NameObject("/1"), Opt=sizes),
        field(FT=NameObject("/Ch"), T=TextStringObject("plan"), V=TextStringObject("m"), Opt=options),
    ]
    references = ArrayObject([writer._add_object(each) for each in fields])
    writer.pages[0][NameObject("/Annots")] = references
    contents = {NameObject("/Fields"): references} | {NameObject(f"/{name}"): value for name, value in extra.items()}
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(contents)
    return saved(writer)


def saved(writer: PdfWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


async def test_what_is_filled_in_is_read() -> None:
    assert (await read("form.pdf", "", form())).text.splitlines()[2:] == [
        "",
        "[filled in]",
        "family: 山田",
        "Given name: Hanako",
        "agree: checked",
        "news: not checked",
        "size: large",
        "plan: Monthly",
    ]


async def test_a_form_on_pages_that_are_scanned_is_read() -> None:
    text = (await read("form.pdf", "", form(pages=[""]))).text
    assert text.startswith(f"[{SCANNED}]\n\n[filled in]\nfamily: 山田")


async def test_a_form_that_only_adobe_shows_says_so() -> None:
    waiting = form(pages=["Please wait... If this message is not eventually replaced"], XFA=ArrayObject())
    assert (await read("form.pdf", "", waiting)).refusal == DYNAMIC
    assert "family: 山田" in (await read("form.pdf", "", form(XFA=ArrayObject()))).text


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256", "AES-256-R5"])
async def test_one_that_anybody_may_open_is_read_however_it_is_protected(algorithm: str) -> None:
    assert (
        await read("a.pdf", "", sample_files.pdf(["Hello"], password="", algorithm=algorithm))
    ).text == "[page 1]\nHello"
    locked = sample_files.pdf(["Hello"], password="secret", algorithm=algorithm)
    assert (await read("a.pdf", "", locked)).refusal == ENCRYPTED


async def test_what_is_attached_and_written_onto_pages_is_mentioned() -> None:
    writer = PdfWriter(clone_from=BytesIO(sample_files.pdf(["Hello"])))
    writer.add_attachment("data.csv", b"a,b")
    writer.add_annotation(0, FreeText(text="by hand", rect=(0, 0, 9, 9)))
    assert (await read("a.pdf", "", saved(writer))).text.splitlines() == [
        "[page 1]",
        "Hello",
        "[comment] by hand",
        "",
        "[attached to this PDF, and not read: data.csv]",
    ]


def test_a_long_one_is_cut() -> None:
    page = "\n".join(["The quick brown fox jumps over the lazy dog"] * 50)
    text = pdf.read(sample_files.pdf([page] * 100))["text"]
    assert TEXT_MOST < len(text) < TEXT_MOST + 100
    assert text.endswith("\n\n[what follows of its 100 pages is left out here]")


def test_many_pages_are_not_read_to_the_end() -> None:
    text = pdf.read(sample_files.pdf(["short"] * 400))["text"]
    assert "[page 300]" in text
    assert text.endswith("\n\n[what follows of its 400 pages is left out here]")
