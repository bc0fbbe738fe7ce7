"""What is read of Word, Excel, PowerPoint and other documents."""

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from io import BytesIO

import docx
import pptx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from openpyxl import Workbook
from openpyxl.comments import Comment
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from chathakase.files import extra
from chathakase.files.extraction import read
from chathakase.files.gathering import LEFT_OUT
from chathakase.files.library_diagnostics import check_files
from chathakase.files.office.formats import shown
from chathakase.files.text import TEXT_MOST
from chathakase.findings import Level
from tests.files.sample_files import picture, zipped

pytestmark = pytest.mark.usefixtures("outside")

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: object) -> bytes:
    output = BytesIO()
    document.save(output)  # type: ignore[attr-defined]
    return output.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A zip archive with each of its files changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return zipped({name: change(name, archive.read(name)) for name in archive.namelist()})


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Launch plan", 1)
    paragraph = document.add_paragraph("We launch on ")
    paragraph.add_run("12 May").bold = True
    document.add_comment(paragraph.runs, text="Really?", author="Bob", initials="B")
    document.add_paragraph("first", style="List Bullet")
    table = document.add_table(2, 3)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcdef", strict=True):
        cell.text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.sections[0].footer.paragraphs[0].text = "page"
    for xml in (
        f"<w:p {W}><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:r><w:t>words</w:t><w:tab/><w:t>tab</w:t></w:r></w:p>",
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:p {W}><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:pict>"
        "</w:r></w:p>",
        f"<w:p {W}><w:r><w:fldChar><w:ffData><w:checkBox><w:default w:val='1'/></w:checkBox></w:ffData></w:fldChar>"
        "<w:t>agreed</w:t></w:r></w:p>",
    ):
        document.element.body.insert(-1, parse_xml(xml))
    return saved(document)


async def test_a_word_document_is_read_in_its_order() -> None:
    reading = await read("plan.docx", "", word())
    assert reading.text.splitlines() == [
        "# Launch plan",
        "We launch on 12 May [comment 0]",
        "- first",
        "a d | b | c",
        " | e | f",
        "new words\ttab",
        "in a control",
        "in a box",
        "[x] agreed",
        "[comment 0 by Bob] Really?",
        "[header] Confidential",
        "[footer] page",
    ]
    assert not reading.refusal


@pytest.mark.parametrize(
    "kind", ["ms-word.document.macroEnabled", "openxmlformats-officedocument.wordprocessingml.template"]
)
async def test_templates_and_documents_with_macros_are_read(kind: str) -> None:
    plain = b"openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = changed(word(), lambda _, content: content.replace(plain, f"{kind}.main+xml".encode()))
    assert (await read("a", "", data)).text.startswith("# Launch plan")


NOTES = (
    f'<w:footnotes {W}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote>'
    '<w:footnote w:id="2"><w:p><w:r><w:t>as of May</w:t></w:r></w:p></w:footnote></w:footnotes>'
)


async def test_notes_and_links_are_read() -> None:
    document = docx.Document()
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = document.part.relate_to("https://a.example/x", f"{kinds}/hyperlink", is_external=True)
    notes = Part(PackURI("/word/footnotes.xml"), "application/xml", NOTES.encode(), document.part.package)
    document.part.relate_to(notes, f"{kinds}/footnotes")
    paragraph = (
        f'<w:p {W} xmlns:r="{kinds}"><w:r><w:t>Costs</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        f'<w:hyperlink r:id="{link}"><w:r><w:t xml:space="preserve"> the sheet</w:t></w:r></w:hyperlink></w:p>'
    )
    document.element.body.insert(0, parse_xml(paragraph))
    assert (await read("a.docx", "", saved(document))).text.splitlines() == [
        "Costs [note 2] the sheet (https://a.example/x)",
        "[note 2] as of May",
    ]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t> agreed</w:t></w:r>', "☒ agreed"),
        (
            '<w:r><w:fldChar><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="red"/>'
            '<w:listEntry w:val="green"/></w:ddList></w:ffData></w:fldChar></w:r>',
            "green",
        ),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby><w:t>に行く</w:t></w:r>",
            "東京(とうきょう)に行く",
        ),
    ],
    ids=["symbol", "choice", "ruby"],
)
async def test_what_stands_in_the_place_of_words_is_read(xml: str, text: str) -> None:
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {W}>{xml}</w:p>"))
    assert (await read("a.docx", "", saved(document))).text == text


async def test_a_long_document_is_cut() -> None:
    document = docx.Document()
    for _ in range(1_300):
        document.add_paragraph("The quick brown fox jumps over the lazy dog. " * 2)
    text = (await read("a.docx", "", saved(document))).text
    assert text.endswith(LEFT_OUT)
    assert len(text) <= TEXT_MOST


async def test_documents_without_text_say_so() -> None:
    assert (await read("a.docx", "", saved(docx.Document()))).refusal == "it is a Word document without text"
    assert (await read("a.pptx", "", saved(pptx.Presentation()))).refusal == (
        "it is a PowerPoint presentation without text"
    )


def entities(name: str, content: bytes) -> bytes:
    """A document that becomes a billion words when it is read as XML has it, and reads a file of the machine."""
    if name not in ("word/document.xml", "xl/sharedStrings.xml", "ppt/slides/slide1.xml", "content.xml"):
        return content
    bomb = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<!DOCTYPE x [<!ENTITY a0 "lol"><!ENTITY file SYSTEM "file:///etc/hostname">' + bomb + b"]>"
    declaration, _, rest = content.partition(b"?>")
    return declaration + b"?>" + head + rest.replace(b"secret", b"&a9;&file;")


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx", "odt"])
async def test_what_swells_or_reaches_out_does_no_harm(kind: str) -> None:
    reading = await read(f"a.{kind}", "", changed(with_word(kind, "secret"), entities))
    assert "lollol" not in reading.text
    assert "root" not in reading.text
    assert reading.refusal or reading.text


def with_word(kind: str, said: str) -> bytes:
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph(said)
        return saved(document)
    if kind == "pptx":
        presentation = pptx.Presentation()
        presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = said
        return saved(presentation)
    if kind == "odt":
        return open_document(f"<text:p>{said}</text:p>")
    book = Workbook()
    book.active.append([said])
    return saved(book)


@pytest.mark.long
async def test_a_bomb_of_a_workbook_is_refused() -> None:
    """A hundred megabytes of one cell after another, in a file of a hundred kilobytes."""
    row = b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * 4_000_000 + b"</row>"

    def swell(name: str, content: bytes) -> bytes:
        return content.replace(b"<sheetData>", b"<sheetData>" + row) if name.endswith("sheet1.xml") else content

    reading = await read("a.xlsx", "", changed(with_word("xlsx", "x"), swell))
    assert reading.refusal or LEFT_OUT in reading.text


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Prices"
    sheet.append(["Name", "Price", "Share", "Since", None])
    sheet.append(["Käse", 1234.5, 0.256, date(2026, 5, 12)])
    sheet.append([])
    sheet.append(["Sum", "=SUM(B2:B2)", True, datetime(2026, 5, 12, 14, 30)])
    sheet["B2"].number_format = '#,##0.00\\ "€"'
    sheet["C2"].number_format = "0.0%"
    sheet["A2"].comment = Comment("from the dairy", "Bob")
    sheet.merge_cells("A6:B6")
    sheet["A6"] = "merged"
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("Secret").append(["hidden words"])
    book["Secret"].sheet_state = "hidden"
    return saved(book)


async def test_a_workbook_is_read_as_people_see_it() -> None:
    assert (await read("prices.xlsx", "", workbook())).text.splitlines() == [
        "[sheet Prices]",
        "Name | Price | Share | Since",
        "Käse | 1,234.50 € | 25.6% | 2026-05-12",
        "[hidden row] Sum | =SUM(B2:B2) | TRUE | 2026-05-12 14:30",
        "merged",
        "[comment on A2 by Bob] from the dairy",
        "[sheet Secret, hidden]",
        "hidden words",
    ]


async def test_a_formula_shows_what_it_came_to() -> None:
    def reckoned(name: str, content: bytes) -> bytes:
        return content.replace(b"</f><v />", b"</f><v>1234.5</v>").replace(b"</f><v></v>", b"</f><v>1234.5</v>")

    assert "Sum | 1234.5 | TRUE" in (await read("a.xlsx", "", changed(workbook(), reckoned))).text


async def test_a_large_workbook_is_read_from_its_beginning() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    for number in range(20_000):
        sheet.append([number, "some words", number / 4])
    text = (await read("a.xlsx", "", saved(book))).text
    assert text.startswith("[sheet Numbers]\n0 | some words | 0\n1 | some words | 0.25")
    assert text.endswith(LEFT_OUT)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (None, "General", ""),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567.891, "#,##0", "1,234,568"),
        (1234567.891, '0.0,,\\ "M"', "1.2 M"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (-5, '"$"#,##0.00', "-$5.00"),
        (5, "[$€-407]\\ #,##0.00", "€ 5.00"),
        (5, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$5.00"),
        (0.5, "0%", "50%"),
        (12, '0" kg"', "12 kg"),
        (0.0012, "0.00E+00", "0.0012"),
        ("text", "0.00", "text"),
        (7, "00000", "00007"),
        (1234.5, "#.##", "1234.5"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (0, '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "-"),
        (3, '[=1]"yes";[=3]"three";0', "three"),
        (-1234567.5, "# ##0.00", "-1234 567.50"),
        (42, r"000\-00\-0000", "000-00-0042"),
        (5551234567, r"[<=9999999]###\-####;\(###\)\ ###\-####", "(555) 123-4567"),
        (5551234, r"[<=9999999]###\-####;\(###\)\ ###\-####", "555-1234"),
        (0.5, ";;;", "0.5"),
        (time(14, 30), "h:mm", "14:30"),
        (timedelta(hours=26, minutes=5), "[h]:mm", "26:05:00"),
        (datetime(2026, 5, 12), "yyyy-mm-dd hh:mm", "2026-05-12 00:00"),
        (datetime(2026, 5, 12), "dd.mm.yyyy", "2026-05-12"),
        ("#DIV/0!", "General", "#DIV/0!"),
    ],
)
def test_values_are_written_as_their_formats_have_them(value: object, form: str, text: str) -> None:
    assert shown(value, form) == text


def presentation() -> bytes:
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[5])
    first.shapes.title.text = "Results"
    table = first.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "May", "120"
    group = first.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 1, 1).text_frame.text = "in a group"
    first.notes_slide.notes_text_frame.text = "say it slowly"
    second = deck.slides.add_slide(deck.slide_layouts[6])
    figures = CategoryChartData()  # type: ignore[no-untyped-call]
    figures.categories = ["Q1", "Q2"]
    figures.add_series("Sales", (1.5, None))  # type: ignore[no-untyped-call]
    second.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, Inches(3), Inches(3), figures)
    second.shapes.add_picture(BytesIO(picture()), 0, 0)._element.nvPicPr.cNvPr.set("descr", "a bridge")
    second.element.set("show", "0")
    return saved(deck)


async def test_a_presentation_is_read_slide_by_slide() -> None:
    assert (await read("deck.pptx", "", presentation())).text.splitlines() == [
        "[slide 1]",
        "Results",
        "May | 120",
        "in a group",
        "[notes] say it slowly",
        "[slide 2, hidden]",
        "[chart]",
        " | Q1 | Q2",
        "Sales | 1.5",
        "[picture: a bridge]",
    ]


def open_document(body: str, *, manifest: str = "<manifest/>", kind: str = "text") -> bytes:
    spaces = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("office", "text", "table", "draw", "presentation"))
    content = f'<?xml version="1.0"?><office:document {spaces}><office:body>{body}</office:body></office:document>'
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


async def test_an_open_document_is_read() -> None:
    body = (
        '<text:h text:outline-level="2">Plan</text:h><text:p>one<text:s text:c="2"/>two<text:line-break/>three'
        "<text:note><text:p>a note</text:p></text:note></text:p>"
        '<table:table table:name="Costs"><table:table-row><table:table-cell><text:p>May</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>'
    )
    assert (await read("a.odt", "", open_document(body))).text.splitlines() == [
        "## Plan",
        "one  two",
        "three [note: a note]",
        "[table Costs]",
        "May",
    ]


async def test_an_open_document_with_a_password_says_so() -> None:
    locked = open_document("", manifest="<manifest><encryption-data/></manifest>")
    assert (await read("a.odt", "", locked)).refusal == "it is an OpenDocument file protected by a password"


async def test_an_e_book_is_read_in_its_order() -> None:
    package = (
        '<package xmlns="urn:p"><manifest><item id="b" href="b.xhtml"/><item id="a" href="a%20a.xhtml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    book = zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<c><rootfile full-path="OEBPS/p.opf"/></c>',
            "OEBPS/p.opf": package,
            "OEBPS/b.xhtml": "<html><body><p>second</p></body></html>",
            "OEBPS/a a.xhtml": "<html><body><h1>First</h1></body></html>",
        }
    )
    assert (await read("a.epub", "", book)).text.splitlines() == ["# First", "second"]


async def test_a_rich_text_is_read() -> None:
    data = rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0 Arial;}\f0 Gr\'f6\'dfe \b bold\b0\par next {\*\hidden x}\u8364?}"
    assert (await read("a.rtf", "", data)).text == "Größe bold\nnext €"


async def test_an_e_mail_is_read() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ana <a@x.example>", "b@x.example", "Größe"
    message.set_content("Hallo Welt, größer\n", cte="base64")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    assert (await read("a.eml", "", message.as_bytes())).text.splitlines() == [
        "From: Ana <a@x.example>",
        "To: b@x.example",
        "Subject: Größe",
        "Hallo Welt, größer",
        "[attached to this e-mail: a.pdf]",
    ]


async def test_a_notebook_is_read_without_its_pictures() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "words"]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [{"data": {"text/plain": ["2"]}}, {"data": {"image/png": "iVBOR" * 999}}, {"text": "x"}],
        },
    ]
    text = (await read("a.ipynb", "", json.dumps({"cells": cells}).encode())).text
    assert text.splitlines() == [
        "# Title", "words", "```", "1 + 1", "```", "[output]", "2", "[output: a picture]", "[output]", "x",
    ]  # fmt: skip


async def test_without_the_extra_documents_are_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    reading = await read("plan.docx", "", word())
    assert reading.refusal == "it is a Word document, which cannot be read here"
    assert "pip install 'chathakase[files]'" in caplog.text
    (finding,) = check_files()
    assert finding.level is Level.NOTE
    assert "chathakase[files]" in finding.advice
    assert set(extra.missing()) == {"docx", "openpyxl", "defusedxml", "pptx", "striprtf", "pi_heif", "cryptography"}
