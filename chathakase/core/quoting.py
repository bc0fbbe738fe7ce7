"""How other people's words are quoted to a model, so that they can be taken for nothing else. Pure."""

import unicodedata

import regex

from chathakase.core.invisible import BREAKS, JOINED, UNSEEN, legible
from chathakase.core.wording import shortened

NAME = 80
"""The longest name, title or topic, in characters."""
CLAMP = 16_000
"""How many characters of an oversized text a model sees at most."""

MARKS = ("thread", "beginning", "summary", "left_out", "file")
"""The names of the tags with which we mark what stands in a prompt."""

_BEGINNING = rf"(?:\A|(?<=[{BREAKS}]))"
_SQUARE = "[［﹇【〔﹝〖〘〚⁅⟦⟬❲⦋⦍⦏⦗⸢⸤⌈⌊︗︹︻"
_DIGIT, _DASH = r"[\p{Nd}\p{No}]", r"[\p{Pd}−⁻₋]"
_TIME = rf"{_DIGIT}{{4}}{UNSEEN}*+{_DASH}{UNSEEN}*+{_DIGIT}{_DIGIT}{UNSEEN}*+{_DASH}"

_SLASH, _LETTER = "/／⁄∕⧸", r"[\w\p{So}--\p{M}]"
_OWN_TAG = regex.compile(
    rf"[<＜﹤](?=[\s{UNSEEN}]*+(?:[{_SLASH}][\s{UNSEEN}]*+)?+((?:{_LETTER}{JOINED}*+){{1,12}}+)(?!-))", regex.V1
)
"""What may begin a tag of ours, whatever stands unseen between its letters; each letter is looked at a few times."""
_DATE = regex.compile(_TIME, regex.V1)
_PARTING = regex.compile(r"[\p{Pd}−⁻₋,，﹐、﹑،︐︑]+")
"""What is between the parts of a date, and in front of one."""
_BRACKET_LINE = regex.compile(rf"{_BEGINNING}(?={UNSEEN}*+[\{_SQUARE}])", regex.V1)
_LABEL = regex.compile(
    rf"{_BEGINNING}(?={UNSEEN}*+(?:[\{_SQUARE}]|\p{{Ps}}(?=[^{BREAKS}]*:))[^{BREAKS}\]］]*?{_TIME})", regex.V1
)
"""Behind a bracket a date, and behind one that is not square also what may be a time."""
_BRACKET = regex.compile(rf"[\{_SQUARE}]|\p{{Ps}}", regex.V1)
_UNSEEN = regex.compile(UNSEEN, regex.V1)
_OURS = regex.compile(rf"(?:{'|'.join(MARKS)})\b")
_CLOSING = "]］﹈】〕﹞〗〙〛⁆⟧⟭❳⦌⦎⦐⦘⸣⸥⌉⌋︘︺︼"
_BRACKETS = str.maketrans(
    dict.fromkeys(_SQUARE, "(")
    | dict.fromkeys(_CLOSING, ")")
    | dict.fromkeys("<＜﹤", "‹")
    | dict.fromkeys(">＞﹥", "›")
    | {"＂": '"'}
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def one_line(text: str) -> str:
    """A name, title or topic on one line, without brackets, and not longer than names are."""
    line = legible(text).translate(_BRACKETS)
    return shortened(line, NAME)


def called(name: str) -> str:
    """What somebody is called, behind whose name a time stands: no part of the name can be taken for it."""
    line = one_line(name)
    return " ".join(_PARTING.sub(" ", line).split()) if _DATE.search(line) else line


def attribute(text: str) -> str:
    """A name, title or topic as it stands between the quotes of a tag."""
    return one_line(text).translate(_ENTITIES).replace('"', "&quot;")


def quoted(text: str) -> str:
    """What somebody wrote, so that no line of it can be read as the beginning of somebody else's message.

    Lines that begin like one get a backslash, others with a bracket a space, and our own tags lose their ``<``. All
    else stays as it is, so that code and tables stay what they are.
    """
    if "<" in text or "＜" in text or "﹤" in text:
        text = _OWN_TAG.sub(_tag, text)
    if _BRACKET.search(text):
        text = _BRACKET_LINE.sub(" ", _LABEL.sub(r"\\", text))
    return text


def _tag(found: "regex.Match[str]") -> str:
    """What stands for a bracket behind which there is a name: an entity if it is that of one of our tags."""
    name = unicodedata.normalize("NFKC", _UNSEEN.sub("", found[1])).casefold()
    return "&lt;" if _OURS.match(name) else found[0]


def escaped(text: str) -> str:
    """What somebody wrote, as it stands inside a tag of ours that tells of the thread."""
    return quoted(inside(text))


def inside(text: str) -> str:
    """Words of ours with names in them, as they stand inside a tag."""
    return text.translate(_ENTITIES)


def clamp(text: str, room: int = CLAMP, *, length: int = 0) -> str:
    """Leave out the middle of an oversized text, with a mark that says so; three quarters of what stays is its head.

    What is shorter than the mark is not left out. ``length`` is the whole text's, where a middle is missing already.
    """
    left_out = max(len(text), length) - room
    mark = f"\n\n[… {left_out:,} characters left out …]\n\n"
    if left_out <= len(mark):
        return text
    tail = room // 4
    return f"{text[: room - tail]}{mark}{text[len(text) - tail :]}"
