"""The text of a PowerPoint presentation; run as a process of its own by ``chathakase.files.child``."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from lxml import etree
from pptx.opc.constants import CONTENT_TYPE
from pptx.opc.package import PartFactory
from pptx.package import Package
from pptx.parts.presentation import PresentationPart

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered, row

EMPTY = "it is a PowerPoint presentation without text"
ALSO_PRESENTATIONS = (CONTENT_TYPE.PML_SLIDESHOW_MAIN, CONTENT_TYPE.PML_TEMPLATE_MAIN, CONTENT_TYPE.PML_PRES_MACRO_MAIN)
BESIDE = {"diagramData": "diagram", "comments": "comment"}
"""Parts of a slide that no shape holds, by the end of their relationship's type."""
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)


def read(data: bytes) -> Answer:
    """The text of each slide with its notes and comments, or why there is none."""
    for content_type in ALSO_PRESENTATIONS:
        PartFactory.part_type_for[content_type] = PresentationPart
    main = Package.open(BytesIO(data)).main_document_part
    assert isinstance(main, PresentationPart)
    return gathered(_with_heads(main.presentation.slides), nothing=EMPTY)


def _with_heads(slides: Iterable[Any]) -> Iterator[str]:
    """Each slide that says something, with its number."""
    for number, slide in enumerate(slides, 1):
        lines = [line for line in _slide(slide) if line.strip()]
        if lines:
            hidden = ", hidden" if slide.element.get("show") in ("0", "false") else ""
            yield f"[slide {number}{hidden}]"
            yield from lines


def _slide(slide: Any) -> Iterator[str]:
    yield from _shapes(slide.shapes)
    for each in slide.part.rels.values():
        kind = each.reltype.rpartition("/")[2]
        if kind in BESIDE and not each.is_external:
            texts = " ".join(_texts(each.target_part.blob))
            yield f"[{BESIDE[kind]}] {texts}" if texts else ""
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
        yield f"[notes] {frame.text}"


def _shapes(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif getattr(shape, "has_table", False):
            yield from (row(cell.text for cell in each.cells if not cell.is_spanned) for each in shape.table.rows)
        elif getattr(shape, "has_chart", False):
            yield from _chart(shape.chart)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif alt := shape.element.xpath("string(*/p:cNvPr/@descr)"):
            yield f"[picture: {alt}]"


def _chart(chart: Any) -> Iterator[str]:
    title = chart.chart_title.text_frame.text if chart.has_title and chart.chart_title.has_text_frame else ""
    yield f"[chart] {title}".strip()
    for plot in chart.plots:
        yield row(["", *map(str, plot.categories)])
        yield from (row([series.name, *map(_shown, series.values)]) for series in plot.series)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _texts(blob: bytes) -> Iterator[str]:
    """What stands in the text elements of a part."""
    for element in etree.fromstring(blob, SAFE).iter():
        if isinstance(element.tag, str) and etree.QName(element).localname in ("t", "text") and element.text:
            yield element.text


if __name__ == "__main__":
    answer(read)
