"""Text that can be stored, sent and shown: no halves of characters, no NUL, and nothing that a terminal would obey."""

import regex

UNSEEN = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]")
"""Control characters, halves of pairs, ends of lines and paragraphs, and what changes the direction of writing."""
SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def fix_surrogates(text: str) -> str:
    """Join surrogate pairs that came apart, and replace halves without a partner, and NUL, by U+FFFD.

    JSON may carry any of them (``"\\ud83d"``, ``"\\u0000"``). Neither SQLite nor HTTP takes halves; NUL ends a text for
    SQLite's functions, and PostgreSQL refuses it (https://www.postgresql.org/docs/current/functions-string.html).
    """
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def visible(text: str) -> str:
    r"""A text in one line, in which control characters are seen and not obeyed: ``\x1b``, ``\n``, ``\u202e``."""
    return UNSEEN.sub(lambda found: _escaped(found[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    return SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


class SurrogateFixer:
    """Fixes a text that comes in pieces, between which a pair may be torn."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        """What can be told of the text so far; the first half of a pair is kept for the next piece."""
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return fix_surrogates(text[: len(text) - len(self._half)])
