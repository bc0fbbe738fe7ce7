"""Text that can be stored and sent: no half characters. Pure."""


def mend(text: str) -> str:
    """Join surrogate pairs that came apart, and replace halves without a partner by U+FFFD.

    JSON may carry either (``"\\ud83d"``), and neither SQLite nor HTTP takes them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Mender:
    """Mends a text that comes in pieces, between which a pair may be torn."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        """What can be told of the text so far; the first half of a pair is kept for the next piece."""
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return mend(text[: len(text) - len(self._half)])
