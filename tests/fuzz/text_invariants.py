"""What must hold of whatever people say, once it is read: it forges nothing, and no work on it takes long."""

import re
import unicodedata
from collections.abc import Callable
from time import thread_time

import regex

from chathakase.core.mentions import by_name, mentioned
from chathakase.core.quoting import MARKS, escaped, one_line, quoted
from chathakase.core.title_cleaning import title_of
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import Incoming
from chathakase.core.wording import plainly
from chathakase.engine.commands.parsing import parse
from chathakase.storage.sqlite.matching import query

A_CHARACTER = 5e-6
"""Seconds of a processor for each character, on the slowest machine that we know; what is quadratic takes far more."""
LOOKED_AT = 100_000
"""Characters on which all is tried; what takes too long for more of them, takes longer than it should for these."""
AT_ONCE = 0.2
"""Seconds that any text may take, be it only for a page of memory that is not there yet."""
BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = regex.compile(r"[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]+")
TAG = re.compile(rf"</?(?:{'|'.join(MARKS)})\b", re.IGNORECASE)
WORK: tuple[Callable[[str], object], ...] = (
    title_of,
    parse,
    one_line,
    plainly,
    Estimator().count,
    lambda text: by_name(text, dict.fromkeys(mentioned([text]), "Bob")),
    lambda text: query(text[:4_000]).match,
)


def judge(said: Incoming) -> None:
    """See that a message forges nothing, and that all that is done with such a text is done soon."""
    began = thread_time()
    shown = quoted(said.text[:LOOKED_AT]), escaped(said.text[:LOOKED_AT])
    for work in WORK:
        work(said.text[:LOOKED_AT])
    taken = thread_time() - began
    assert taken < AT_ONCE + A_CHARACTER * min(len(said.text), LOOKED_AT) * (len(WORK) + 2), (
        f"{taken} s, {len(said.text)} characters"
    )
    for text in shown:
        assert not forged(text)
    for file in said.files:
        assert not (file.remote and file.url)


def forged(text: str) -> list[str]:
    """The lines that a reader could take for the beginning of a message, and our own tags, in what a model sees."""
    lines = [line for line in BREAK.split(text) if line and line[0] not in " \\"]
    labels = [line for line in lines if UNSEEN.sub("", line[:200]).startswith("[")]
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", text)) if "<" in text else ""
    return labels + TAG.findall(plain)
