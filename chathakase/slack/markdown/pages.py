"""Cuts a growing Markdown text into pages that Slack takes. Pure.

Cuts are prefix-stable: a page that is full never changes again, however the text goes on. So while a reply
grows, only its last message is edited.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from chathakase.slack.markdown.blocks import State
from chathakase.slack.markdown.cuts import LOOKAHEAD, cut
from chathakase.slack.markdown.inline import Ending
from chathakase.slack.markdown.limits import CLOSING, PAGE, characters, excess, fitting
from chathakase.slack.markdown.rendering import Rendering, render


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in one message."""

    source: str
    """The part of the model's text that is on this page; all of them together are the text."""
    markdown: str
    """What Slack gets in a ``markdown`` block."""
    steady: str
    """The beginning of ``markdown`` that nothing can change that may still come, for streams that only append."""
    steady_length: int
    """How many characters of ``source`` that covers."""


@dataclass(frozen=True, slots=True)
class _Full:
    """A page that is full, where it ends, and what is open there."""

    page: Page
    end: int
    state: State


class Paginator:
    """Makes pages of one text, which grows from call to call.

    ``members`` are the ids of those who may be mentioned; it may grow until the first mention is beyond recall.
    """

    def __init__(self, members: Collection[str] = ()) -> None:
        self._members = members
        self._full: list[_Full] = []
        self._text = ""
        """The text up to the end of the last full page."""
        self._seen = ""
        """The text of the last call."""
        self._kept = 0
        self._cuts: list[int] = []

    def pages(self, text: str, *, growing: bool) -> list[Page]:
        """Make the pages of the text so far; a text without anything to show has none.

        While it grows, the last page is shown as if its half Markdown were whole.
        """
        self._seen = text
        self._forget(text)
        while (full := self._next(text, growing=growing)) is not None:
            self._full.append(full)
            self._text = text[: full.end]
            self._settle_members(full.page.source)
        return self._with_last(text, growing=growing)

    def keep(self, length: int) -> None:
        """So much of the text stands in Slack beyond recall: the last page's cut comes no earlier."""
        self._kept = max(self._kept, length)
        self._settle_members(self._seen[:length])

    def cut(self, length: int) -> None:
        """End the last page at this offset of the text, whatever comes; no earlier than where it is steady."""
        self._cuts = sorted({*self._cuts, length})

    def _settle_members(self, source: str) -> None:
        """Once a mention is beyond recall, nobody joins any more."""
        if "<@" in source:
            self._members = frozenset(self._members)

    def _forget(self, text: str) -> None:
        """Drop the pages of another text."""
        while self._full and not text.startswith(self._text):
            self._full.pop()
            self._text = self._text[: self._full[-1].end] if self._full else ""

    @property
    def _state(self) -> State:
        return self._full[-1].state if self._full else State()

    def _next(self, text: str, *, growing: bool) -> _Full | None:
        """The next full page, if there is so much text."""
        start = body = len(self._text)
        state = self._state
        while True:
            rendering, end = self._fill(text, body, state, growing=growing)
            if end is None:
                return None
            if rendering.markdown:
                page = Page(text[start:end], rendering.markdown, rendering.markdown, end - start)
                return _Full(page, end, rendering.state.carried())
            body, state = end, rendering.state.carried()

    def _fill(self, text: str, start: int, state: State, *, growing: bool) -> tuple[Rendering, int | None]:
        """Fill a page; None instead of its end if the text fits on it, or if it is not known yet where to cut it."""
        budget = PAGE - CLOSING - characters(state.head)
        solid, kept = _solid(text, start), min(self._kept, len(text))
        while True:
            limit = max(fitting(text, solid, budget), kept)
            end = self._end(text, start, limit, state, growing=growing)
            if end is None and growing:
                return Rendering("", state, "", start), None
            stop, ending = (len(text), Ending.DONE) if end is None else (end, Ending.CUT)
            rendering = self._render(text, start, stop, state, ending, ahead=limit + LOOKAHEAD)
            over = excess(rendering.markdown)
            if not over or stop <= max(kept, solid + 1):
                return rendering, end
            budget = min(budget, characters(text[solid:stop])) - over

    def _end(self, text: str, start: int, limit: int, state: State, *, growing: bool) -> int | None:
        """Where a page ends on which the text fits up to the limit."""
        solid = _solid(text, start)
        forced = next((offset for offset in self._cuts if solid < offset < len(text)), None)
        if forced is not None and forced <= limit:
            return forced
        if limit >= len(text) or (growing and len(text) < limit + LOOKAHEAD):
            return None
        return cut(text, start, solid, self._kept, max(limit, solid + 1), state)

    def _render(self, text: str, start: int, end: int, state: State, ending: Ending, ahead: int = 0) -> Rendering:
        ahead = min(ahead, len(text))
        return render(text, start, end, state, ending=ending, members=self._members, ahead=ahead)

    def _with_last(self, text: str, *, growing: bool) -> list[Page]:
        pages = [full.page for full in self._full]
        start = len(self._text)
        if start == len(text):
            return pages
        last = self._last(text, start, growing=growing)
        if last.markdown:
            pages.append(last)
        elif pages:
            pages[-1] = replace(pages[-1], source=pages[-1].source + last.source)
        return pages

    def _last(self, text: str, start: int, *, growing: bool) -> Page:
        ending = Ending.GROWING if growing else Ending.DONE
        state = self._state
        budget = PAGE - CLOSING - characters(state.head)
        solid, kept = _solid(text, start), min(self._kept, len(text))
        while True:
            end = max(fitting(text, solid, budget), kept)
            rendering = self._render(text, start, end, state, ending)
            over = excess(rendering.markdown)
            if not over or end <= max(kept, solid + 1):
                break
            budget = min(budget, characters(text[solid:end])) - over
        return Page(text[start:], rendering.markdown, rendering.steady, rendering.steady_end - start)


def _solid(text: str, start: int) -> int:
    """Where the first line begins that is not blank."""
    length = len(text)
    position = start
    while position < length and text[position].isspace():
        position += 1
    return max(text.rfind("\n", start, position) + 1, start)
