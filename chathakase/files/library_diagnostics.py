"""Whether everything is installed with which files are read."""

from collections.abc import Iterator

from chathakase.files.extra import HOW, missing
from chathakase.findings import Finding, Level


def check_files() -> Iterator[Finding]:
    """What of people's files is only named, and how to have it read; nothing where all is there."""
    if lacking := missing():
        text = f"some kinds cannot be read, such as Word documents, because {', '.join(lacking)} is not installed"
        yield Finding("files", Level.NOTE, text, f"Run {HOW}.")
