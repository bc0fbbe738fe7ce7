"""The text of a Word document; run as a process of its own by ``chathakase.files.child``.

Its elements are those of ECMA-376, part 1, section 17; they are told apart by their local names.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any

from docx.opc.constants import CONTENT_TYPE
from docx.opc.part import Part, PartFactory
from docx.oxml.parser import parse_xml
from docx.package import Package
from docx.parts.document import DocumentPart

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered, row

EMPTY = "it is a Word document without text"
ALSO_DOCUMENTS = (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
"""What templates and documents with macros are; macros are never run, nor read."""
UNSEEN = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr"})
"""What is no longer there, is there a second time, or says nothing."""
CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
NOTES = {"footnoteReference": "note", "endnoteReference": "endnote", "commentReference": "comment"}
"""What refers to something that stands at the end of the text, and what it is called there."""
SYMBOLS = {"F0FC": "✓", "F0FB": "✗", "F0FE": "☒", "F052": "☑", "F0A8": "☐", "F06F": "☐", "F0E0": "→", "F0B7": "•"}
"""What stands for these in the fonts Wingdings and Symbol, by which people check boxes and draw arrows."""
BESIDE = {"footnotes": "note", "endnotes": "endnote", "comments": "comment"}
"""Parts beside the text, by the end of their relationship's type."""
RUNNING = ("header", "footer")


def read(data: bytes) -> Answer:
    """The text of a document with its tables, notes, comments, headers and footers, or why there is none."""
    for content_type in ALSO_DOCUMENTS:
        PartFactory.part_type_for[content_type] = PartFactory.part_type_for[CONTENT_TYPE.WML_DOCUMENT_MAIN]
    document = Package.open(BytesIO(data)).main_document_part
    assert isinstance(document, DocumentPart)
    return gathered(_lines(document), nothing=EMPTY)


def _lines(document: DocumentPart) -> Iterator[str]:
    body = _WordBody(_headings(document), _lists(document), _links(document))
    yield from body.blocks(document.element.body)
    for part, kind in _parts(document):
        element = _element(part)
        if kind in RUNNING:
            yield from (f"[{kind}] {line}" for line in dict.fromkeys(_WordBody().blocks(element)))
        else:
            yield from _beside(element, BESIDE[kind])


def _parts(document: DocumentPart) -> Iterator[tuple[Part, str]]:
    """Headers, footers, notes and comments, each with the last word of its relationship's type."""
    told = ((each, each.reltype.rpartition("/")[2]) for each in document.rels.values() if not each.is_external)
    yield from ((each.target_part, kind) for each, kind in told if kind in (*RUNNING, *BESIDE))


def _element(part: Part) -> Any:
    return getattr(part, "element", None) if hasattr(part, "element") else parse_xml(part.blob)


def _beside(element: Any, what: str) -> Iterator[str]:
    """Notes or comments, each with the number by which the text refers to it."""
    for each in element:
        if _name(each) not in ("footnote", "endnote", "comment") or _value(each, "type"):
            continue
        author = _value(each, "author")
        said = " ".join(_WordBody().blocks(each)).strip()
        if said:
            yield f"[{what} {_value(each, 'id')}{f' by {author}' if author else ''}] {said}"


def _headings(document: DocumentPart) -> Mapping[str, int]:
    """The levels of headings, by the ids of their styles, which are in the language of who wrote it."""
    levels = {f"heading {level}": level for level in range(1, 10)} | {"title": 1}
    names = ((style.style_id, (style.name or "").lower()) for style in document.styles)
    return {id_: levels[name] for id_, name in names if name in levels}


def _lists(document: DocumentPart) -> Collection[str]:
    """The ids of the styles whose paragraphs are items of lists."""
    return {style.style_id for style in document.styles if _property(style.element, "pPr", "numPr") is not None}


def _links(document: DocumentPart) -> Mapping[str, str]:
    return {id_: each.target_ref for id_, each in document.rels.items() if each.is_external}


@dataclass(slots=True)
class _WordBody:
    """Walks through paragraphs and tables in their order."""

    headings: Mapping[str, int] = field(default_factory=dict)
    lists: Collection[str] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    boxes: list[Any] = field(default_factory=list)
    """Text boxes of the paragraph at hand, which are read after it."""

    def blocks(self, container: Any) -> Iterator[str]:
        """The lines of what a body, a cell, a note or a text box holds."""
        for child in container:
            match _name(child):
                case "p":
                    yield self._paragraph(child)
                    boxes, self.boxes = self.boxes, []
                    yield from chain.from_iterable(map(self.blocks, boxes))
                case "tbl":
                    yield from self._rows(child)
                case name if name not in UNSEEN:
                    yield from self.blocks(child)

    def _rows(self, table: Any) -> Iterator[str]:
        for each in _within(table, "tr"):
            yield row(self._cell(cell) for cell in _within(each, "tc"))

    def _cell(self, cell: Any) -> str:
        merged = _property(cell, "tcPr", "vMerge")
        if merged is not None and _value(merged, "val") != "restart":
            return ""
        return " ".join(self.blocks(cell))

    def _paragraph(self, paragraph: Any) -> str:
        text = "".join(self._inline(paragraph))
        named = _property(paragraph, "pPr", "pStyle")
        style = _value(named, "val") if named is not None else ""
        listed = style in self.lists or _property(paragraph, "pPr", "numPr") is not None
        level = self.headings.get(style, 0)
        mark = f"{'#' * level} " if level else "- " if listed else ""
        return mark + text if text.strip() else ""

    def _inline(self, part: Any) -> Iterator[str]:
        for child in part:
            match _name(child):
                case "t":
                    yield child.text or ""
                case "txbxContent":
                    self.boxes.append(child)
                case "ruby":
                    yield self._ruby(child)
                case "hyperlink":
                    yield self._link(child)
                case name if name in STAND_INS:
                    yield STAND_INS[name](child)
                case name if name in CHARACTERS:
                    yield CHARACTERS[name]
                case name if name in NOTES:
                    yield f" [{NOTES[name]} {_value(child, 'id')}]"
                case name if name not in UNSEEN:
                    yield from self._inline(child)

    def _ruby(self, ruby: Any) -> str:
        """Words with how they are read, which East Asian documents have in small above them."""
        base, read = ("".join(map("".join, map(self._inline, _within(ruby, part)))) for part in ("rubyBase", "rt"))
        return f"{base}({read})" if read else base

    def _link(self, link: Any) -> str:
        text, address = "".join(self._inline(link)), self.links.get(_value(link, "id"), "")
        return f"{text} ({address})" if address and address != text else text


def _box(element: Any) -> str:
    """A check box of an old form."""
    state = next((each for name in ("checked", "default") for each in _within(element, name)), None)
    checked = state is not None and _value(state, "val") not in ("0", "false")
    return "[x] " if checked else "[ ] "


def _choice(element: Any) -> str:
    """What is chosen from a list of an old form."""
    chosen = next((_value(each, "val") for name in ("result", "default") for each in _within(element, name)), "0")
    entries = [_value(each, "val") for each in _within(element, "listEntry")]
    return entries[int(chosen)] if chosen.isdigit() and int(chosen) < len(entries) else ""


def _symbol(element: Any) -> str:
    return SYMBOLS.get(_value(element, "char").upper(), "")


def _picture(element: Any) -> str:
    alt = element.get("descr")
    return f"[picture: {alt}]" if alt else ""


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment of XML"


def _value(element: Any, name: str) -> str:
    """An attribute by its local name; empty where there is none."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _within(element: Any, name: str) -> Iterator[Any]:
    """What has a name in an element, also in the wrappers of content controls and changes."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(child, name)


def _property(element: Any, properties: str, name: str) -> Any:
    """A property of a paragraph or a cell; None where it has none."""
    return next((each for found in _within(element, properties) for each in _within(found, name)), None)


STAND_INS: Mapping[str, Callable[[Any], str]] = {
    "checkBox": _box,
    "ddList": _choice,
    "sym": _symbol,
    "docPr": _picture,
}
"""What stands in the place of words, and what it says."""


if __name__ == "__main__":
    answer(read)
