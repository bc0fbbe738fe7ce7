"""What people share besides words: files, and what became of reading them."""

from dataclasses import dataclass, field

WEB_PAGE = "a web page came instead"
"""Why a file could not be read: what was sent is none of its kind, but a page for people, such as one to sign in."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file as a surface tells of it."""

    id: str
    name: str
    kind: str
    """Its media type as the surface has it, for instance ``image/png``; may be empty or wrong."""
    size: int
    """Bytes; 0 when the surface does not tell."""
    url: str
    """Where it can be fetched with the bot's own rights."""
    remote: bool = False
    """Somebody else than the surface keeps it, at an address of their own choice: it is never fetched."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a model gets it."""

    kind: str
    """Its media type."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of reading a file: a text, a picture, or one line that says why there is neither.

    Where such a line comes with a text, there is more to the file than that tells.
    """

    text: str = ""
    image: Image | None = None
    refusal: str = ""
    pixels: int = field(default=0, compare=False)
    """How many pixels were decoded for it, which is what a picture costs."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a stored message."""

    id: int
    """The store's own number of it."""
    file: SharedFile
    read: bool = False
    """Whether somebody has tried to read it."""
    text: str = ""
    """What it says, if it could be read as text; of a long one maybe only the two ends that ``clamp`` leaves of it."""
    is_image: bool = False
    """Whether the store holds it as a picture."""
    refusal: str = ""
    """Why it could not be read, in one line."""
    length: int = 0
    """How many characters the whole text has; 0: as many as ``text``."""
