"""Cuts a growing Markdown text into pages that Slack takes. Pure.

Cuts are prefix-stable: a page that is full never changes again, however the text goes on. So while a reply
grows, only its last message is edited.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import count

from chathakase.slack.markdown.blocks import State
from chathakase.slack.markdown.crowding import crowded
from chathakase.slack.markdown.cuts import LOOKAHEAD, cut
from chathakase.slack.markdown.inline import TextEnd
from chathakase.slack.markdown.page_rendering import PageRendering, render
from chathakase.slack.markdown.text_limits import CLOSING, PAGE, characters, excess, fitting

BLANK = re.compile(r"\s*+")
TRIES = 3
"""How often as much is taken from a page as it is too long, at most half of it; then half is, lest it never end."""


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
    """A part of the text that is full, where it ends, and what is open there."""

    page: Page | None
    """None if there is nothing to show of it; it belongs to the page that follows."""
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
        """The text of the last call."""
        self._kept = 0
        self._cuts: list[int] = []

    def pages(self, text: str, *, growing: bool, most: int | None = None) -> list[Page]:
        """Make the pages of the text so far, the first ``most`` of them; a text without anything to show has none.

        While it grows, the last page is shown as if its half Markdown were whole.
        """
        self._forget(text)
        self._text = text
        while most is None or len(self._pages) < most:
            rendering, end = self._fill(text, self._end, self._state, growing=growing)
            if rendering is None or end is None:
                return self._with_last(text, rendering or self._growing(text))
            self._add(text, rendering, end)
        return self._pages[:most]

    def _add(self, text: str, rendering: PageRendering, end: int) -> None:
        """Take note of a full part of the text."""
        page = None
        if written := rendering.markdown:
            start = self._shown
            page = Page(text[start:end], written, written, end - start)
            self._settle_members(page.source)
        self._full.append(_Full(page, end, rendering.state.carried()))

    def behind(self, text: str) -> int:
        """How many characters of a text are on no full page yet, of which each call makes pages again."""
        self._forget(text)
        return len(text) - self._end

    def keep(self, length: int) -> None:
        """So much of the text stands in Slack beyond recall: the last page's cut comes no earlier."""
        self._kept = max(self._kept, length)
        self._settle_members(self._text[:length])

    def continues(self, text: str) -> bool:
        """Whether a text begins with what stands in Slack beyond recall."""
        return text.startswith(self._text[: self._kept])

    def cut(self, length: int) -> None:
        """End the last page at this offset of the text, whatever comes; no earlier than where it is steady."""
        self._cuts = sorted({*self._cuts, length})

    def _settle_members(self, source: str) -> None:
        """Once a mention is beyond recall, nobody joins any more."""
        if "<@" in source:
            self._members = frozenset(self._members)

    def _forget(self, text: str) -> None:
        """Drop the pages of another text."""
        if not self.continues(text):
            self._kept, self._cuts = 0, []
        while self._full and not text.startswith(self._text[: self._end]):
            self._full.pop()

    @property
    def _pages(self) -> list[Page]:
        return [full.page for full in self._full if full.page]

    @property
    def _end(self) -> int:
        """Where the last full part ends."""
        return self._full[-1].end if self._full else 0

    @property
    def _shown(self) -> int:
        """Where the last full page ends."""
        return next((full.end for full in reversed(self._full) if full.page), 0)

    @property
    def _state(self) -> State:
        return self._full[-1].state if self._full else State()

    def _fill(self, text: str, start: int, state: State, *, growing: bool) -> tuple[PageRendering | None, int | None]:
        """Fill a page; without an end if the text fits on it, and nothing if it is not known where to cut it."""
        budget = PAGE - CLOSING - characters(state.head)
        solid, kept = _solid(text, start), min(self._kept, len(text))
        for tries in count():
            limit = self._limit(text, start, solid, budget, state)
            end = self._stop(text, start, limit, state, growing=growing)
            if end is None and growing:
                return None, None
            stop, ending = (len(text), TextEnd.DONE) if end is None else (end, TextEnd.CUT)
            rendering = self._render(text, start, stop, state, ending, ahead=limit + LOOKAHEAD)
            over = excess(rendering.markdown)
            if not over or stop <= max(kept, solid + 1):
                break
            budget = _less(min(budget, characters(text[solid:stop])), over, tries)
        return rendering, end

    def _limit(self, text: str, start: int, solid: int, budget: int, state: State) -> int:
        """Up to where the text fits on a page, or stands in Slack beyond recall."""
        fits = fitting(text, solid, budget)
        ahead = min(fits + LOOKAHEAD, len(text))
        return max(min(fits, crowded(text, start, ahead, state)), min(self._kept, len(text)))

    def _stop(self, text: str, start: int, limit: int, state: State, *, growing: bool) -> int | None:
        """Where a page ends on which the text fits up to the limit."""
        solid = _solid(text, start)
        forced = next((offset for offset in self._cuts if solid < offset < len(text)), None)
        if forced is not None and forced <= limit:
            return forced
        if limit >= len(text) or (growing and len(text) < limit + LOOKAHEAD):
            return None
        return cut(text, start, solid, self._kept, max(limit, solid + 1), state)

    def _render(self, text: str, start: int, end: int, state: State, ending: TextEnd, ahead: int = 0) -> PageRendering:
        ahead = min(ahead, len(text))
        return render(text, start, end, state, ending=ending, members=self._members, ahead=ahead)

    def _with_last(self, text: str, last: PageRendering) -> list[Page]:
        pages, start = self._pages, self._shown
        if last.markdown:
            pages.append(Page(text[start:], last.markdown, last.steady, last.steady_end - start))
        elif pages and start < len(text):
            pages[-1] = replace(pages[-1], source=pages[-1].source + text[start:])
        return pages

    def _growing(self, text: str) -> PageRendering:
        """What can be shown of the end of a growing text."""
        start, state = self._end, self._state
        budget = PAGE - CLOSING - characters(state.head)
        solid, kept = _solid(text, start), min(self._kept, len(text))
        for tries in count():
            end = self._limit(text, start, solid, budget, state)
            rendering = self._render(text, start, end, state, TextEnd.GROWING)
            over = excess(rendering.markdown)
            if not over or end <= max(kept, solid + 1):
                break
            budget = _less(min(budget, characters(text[solid:end])), over, tries)
        return rendering


def _less(budget: int, over: int, tries: int) -> int:
    """How much to try next, after a page was so much too long."""
    half = budget // 2
    return max(budget - over, half) if tries < TRIES else half


def _solid(text: str, start: int) -> int:
    """Where the first line begins that is not blank."""
    found = BLANK.match(text, start, start + PAGE + 1)
    assert found
    if found.end() - start > PAGE:
        # Blanks that fill a page are a part of the text for themselves.
        return start
    return max(text.rfind("\n", start, found.end()) + 1, start)
