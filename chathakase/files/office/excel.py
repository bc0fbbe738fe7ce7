"""What an Excel workbook shows; run as a process of its own by ``chathakase.files.child``."""

import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered, row
from chathakase.files.office.formats import shown

EMPTY = "it is an Excel workbook without content"
SMALL = 2_000_000
"""Bytes of all sheets up to which a workbook is read whole, which takes some fifty times as much memory."""
CELLS = 500_000
"""Cells that a sheet spans at most, empty ones included, to be read whole."""


def read(data: bytes) -> Answer:
    """The sheets of a workbook, row by row as people see them, or why there is nothing."""
    warnings.simplefilter("ignore")
    return gathered(_small(data) if _sheets_size(data) <= SMALL else _large(data), nothing=EMPTY)


def _sheets_size(data: bytes) -> int:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return sum(each.file_size for each in archive.infolist() if each.filename.startswith("xl/worksheets/"))


def _large(data: bytes) -> Iterator[str]:
    """As they come, since more would find no room: without comments, and with formulas as they were last reckoned."""
    # Sheets may claim to have any number of cells; those that claim none would be read once just to count them.
    ReadOnlyWorksheet._get_size = lambda _: None  # noqa: SLF001 - no option of the library's leaves it out
    book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield _head(sheet)
        for cells in sheet.iter_rows():
            yield row(shown(cell.value, cell.number_format) for cell in cells)


def _small(data: bytes) -> Iterator[str]:
    book, formulas = load_workbook(BytesIO(data), data_only=True), load_workbook(BytesIO(data))
    stale = bool(formulas.calculation and formulas.calculation.fullCalcOnLoad)
    for sheet in book.worksheets:
        yield _head(sheet)
        if sheet.max_row * sheet.max_column > CELLS:
            yield "[its cells are too far apart to be read]"
            continue
        pairs = zip_longest(sheet.iter_rows(), formulas[sheet.title].iter_rows(), fillvalue=())
        for cells, written in pairs:
            yield _row(sheet, cells, written, stale=stale)
        yield from _comments(sheet)


def _head(sheet: Any) -> str:
    hidden = "" if sheet.sheet_state == "visible" else ", hidden"
    return f"[sheet {sheet.title}{hidden}]"


def _row(sheet: Any, cells: Any, written: Any, *, stale: bool) -> str:
    texts = row(_cell(cell, formula, stale=stale) for cell, formula in zip(cells, written, strict=False))
    hidden = texts and sheet.row_dimensions[cells[0].row].hidden
    return f"[hidden row] {texts}" if hidden else texts


def _cell(cell: Any, formula: Any, *, stale: bool) -> str:
    """What a cell shows; its formula where that was never reckoned, as in workbooks that programs write."""
    never = cell.value is None or (stale and cell.value == 0)
    if never and formula.data_type == "f":
        return str(getattr(formula.value, "text", formula.value))
    return shown(cell.value, cell.number_format)


def _comments(sheet: Any) -> Iterator[str]:
    commented = (cell for cells in sheet.iter_rows() for cell in cells if getattr(cell, "comment", None))
    for cell in commented:
        by = f" by {cell.comment.author}" if cell.comment.author else ""
        yield f"[comment on {cell.coordinate}{by}] {' '.join(cell.comment.text.split())}"


if __name__ == "__main__":
    answer(read)
