"""What people filled in where a PDF is a form.

Fields are those of ISO 32000-2, 12.7: their values stand beside the pages, not in their text.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pypdf import PdfReader

CHECKED, NOT_CHECKED = "checked", "not checked"
PUSHBUTTON, PASSWORD = 1 << 16, 1 << 13
"""Bits of a field's flags."""
WAITING = "please wait"
"""What begins the page that other programs show in place of a form of Adobe's own."""


def filled_in(document: PdfReader) -> Iterator[tuple[str, str]]:
    """The name and the value of each field that has one."""
    for name, field in (document.get_fields() or {}).items():
        said = _value(field)
        if said:
            yield str(field.get("/TU") or name), said


def is_dynamic(document: PdfReader) -> bool:
    """Whether it is a form (XFA) that is laid out only when it is opened, so that its pages say nothing of it."""
    form = document.root_object.get("/AcroForm")
    if form is None or "/XFA" not in form.get_object():
        return False
    if document.root_object.get("/NeedsRendering"):
        return True
    return len(document.pages) == 1 and WAITING in document.pages[0].extract_text()[:200].lower()


def _value(field: Mapping[str, Any]) -> str:
    kind, flags, value = field.get("/FT"), int(field.get("/Ff") or 0), field.get("/V")
    if kind == "/Btn":
        return "" if flags & PUSHBUTTON else _button(field, value)
    if kind == "/Sig":
        return "signed" if value is not None else ""
    if value is None or flags & PASSWORD:
        return ""
    return ", ".join(_shown(field, each) for each in (value if isinstance(value, list) else [value]))


def _button(field: Mapping[str, Any], value: object) -> str:
    """Whether a box is checked, or which of several is chosen."""
    state = str(value or "/Off").removeprefix("/")
    if state == "Off":
        return NOT_CHECKED
    options = field.get("/Opt") or ()
    if state.isdecimal() and int(state) < len(options):
        return str(options[int(state)])
    choices = {str(each).removeprefix("/") for each in field.get("/_States_") or ()} - {"Off"}
    return state if len(choices) > 1 else CHECKED


def _shown(field: Mapping[str, Any], value: object) -> str:
    """What people see of a value: of a choice its label."""
    options = field.get("/Opt") or ()
    labels = {str(each[0]): str(each[1]) for each in options if isinstance(each, list) and len(each) > 1}
    return labels.get(str(value), str(value))
