"""How other people's words are quoted to a model, so that they can be taken for nothing else. Pure."""

import re

NAME = 80
"""The longest name, title or topic, in characters."""
CLAMP = 16_000
"""How many characters of an oversized text a model sees at most."""

MARKS = ("thread", "beginning", "summary", "left_out", "file")
"""The names of the tags with which we mark what stands in a prompt."""

BREAKS = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
BLANKS = r" \t\xa0\xad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff"

# The blanks behind a slash are looked for only where there is one: else any run of blanks could be split anywhere.
_OWN_TAG = re.compile(rf"<(?=[\s{BLANKS}]*(?:/[\s{BLANKS}]*)?(?:{'|'.join(MARKS)})(?![\w-]))", re.IGNORECASE)
_BRACKET_LINE = re.compile(rf"(?:\A|(?<=[{BREAKS}]))(?=[{BLANKS}]*[\[［【〔])")
_LABEL = re.compile(rf"(?:\A|(?<=[{BREAKS}]))(?=[{BLANKS}]*[\[［【〔][^{BREAKS}\]］]*\d{{4}}-\d\d-\d\d)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_BRACKETS = str.maketrans("[]［］【】〔〕<>＜＞", "()()()()‹›‹›")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def one_line(text: str) -> str:
    """A name, title or topic on one line, without brackets, and not longer than names are."""
    line = " ".join(_UNSEEN.sub(" ", text).translate(_BRACKETS).split())
    return line if len(line) <= NAME else f"{line[: NAME - 1].rstrip()}…"


def attribute(text: str) -> str:
    """A name, title or topic as it stands between the quotes of a tag."""
    return one_line(text).translate(_ENTITIES).replace('"', "&quot;")


def quoted(text: str) -> str:
    """What somebody wrote, so that no line of it can be read as the beginning of somebody else's message.

    Lines that begin like one get a backslash, others with a bracket a space, and our own tags lose their ``<``. All
    else stays as it is, so that code and tables stay what they are.
    """
    if "<" in text:
        text = _OWN_TAG.sub("&lt;", text)
    if "[" in text or "［" in text or "【" in text or "〔" in text:
        text = _BRACKET_LINE.sub(" ", _LABEL.sub(r"\\", text))
    return text


def escaped(text: str) -> str:
    """What somebody wrote, as it stands inside a tag of ours that tells of the thread."""
    return quoted(text.translate(_ENTITIES))


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
