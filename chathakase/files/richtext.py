"""The text of an RTF document; run as a process of its own by ``chathakase.files.child``."""

from striprtf.striprtf import rtf_to_text

from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered

EMPTY = "it is a rich text document without text"


def read(data: bytes) -> Answer:
    """Its text, or why there is none."""
    # The format is in ASCII; whatever else stands there in other bytes is in the code page that it names.
    return gathered([rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")], nothing=EMPTY)


if __name__ == "__main__":
    answer(read)
