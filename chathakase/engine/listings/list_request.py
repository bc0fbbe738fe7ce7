"""What somebody wants listed, from the words behind ``threads`` and back to words. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import date

MOST_WORDS = 100
"""Characters that are looked for: what a button says has a limit of 2,000, and has to say them again, escaped."""

_TALK = (
    "a|am|an|and|are|as|at|be|but|by|can|can't|could|did|do|does|don't|for|from|has|have|how|i|if|in|is|it|like|may"
    "|might|must|not|of|on|or|per|should|that|the|to|was|were|what|when|where|which|who|why|will|with|without|would"
    "|versus|vs|you"
)
"""Words with which a sentence goes on that begins with “threads”, and is said to the model."""
_WORD = r"[^\s?!？！。、，…,;:]+"

PATTERN = re.compile(
    # What a button says, what cannot be meant otherwise, and a few words that make no sentence.
    rf"(?:\S+ )*next:[1-9][0-9]{{0,3}}:\S+|about .{{1,{MOST_WORDS}}}"
    rf"|(?!(?:about|{_TALK})(?: |\Z))(?=.{{1,{MOST_WORDS}}}\Z){_WORD}(?: {_WORD}){{0,5}}",
    re.IGNORECASE,
)
"""All that may stand behind ``threads``, with single spaces."""

_NEXT = re.compile(r"(?:(.*) )?next:([0-9]+):(\S+)")
_ABOUT = re.compile(r"about (.+)", re.IGNORECASE)
_ARCHIVED = re.compile(r"archived(?: (.*)|\Z)", re.IGNORECASE)
_FROM_OR_TO = re.compile(r"(since|until) (\S+)(?: (.*)|\Z)", re.IGNORECASE)
_PAGE = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which threads, and which page of them."""

    words: str = ""
    """What is looked for; empty: all."""
    archived: bool | None = False
    """Those that somebody has put away; None: all."""
    since: date | None = None
    """The first day on which a thread may have been active last, on the clock of whoever asks."""
    until: date | None = None
    """The last such day."""
    page: int = 1
    after: str = ""
    """The cursor behind which the page begins; empty: it is found by counting the threads as they are now."""

    def next(self, cursor: str) -> "ListRequest":
        """The page behind this one."""
        return replace(self, page=self.page + 1, after=cursor)

    def in_words(self) -> str:
        """What stands behind ``threads`` for just this."""
        parts = ["archived"] if self.archived else []
        parts += [f"since {self.since}"] if self.since else []
        parts += [f"until {self.until}"] if self.until else []
        parts += [f"about {self.words}"] if self.words else []
        parts += [f"next:{self.page}:{self.after}"] if self.after else []
        return " ".join(parts)


def read(argument: str) -> ListRequest:
    """What somebody wants who says so behind ``threads``; what means nothing else is looked for."""
    request, rest = ListRequest(), argument
    if found := _NEXT.fullmatch(rest):
        request, rest = ListRequest(page=int(found[2]), after=found[3]), found[1] or ""
    if found := _ARCHIVED.match(rest):
        request, rest = replace(request, archived=True), found[1] or ""
    while (found := _FROM_OR_TO.match(rest)) and (day := _day(found[2])):
        request, rest = _bounded(request, found[1].casefold(), day), found[3] or ""
    if not request.after and _PAGE.fullmatch(rest):
        return replace(request, page=int(rest))
    about = _ABOUT.fullmatch(rest)
    return replace(request, words=about[1] if about else rest)


def _bounded(request: ListRequest, which: str, day: date) -> ListRequest:
    return replace(request, since=day) if which == "since" else replace(request, until=day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
