"""One growing answer in a thread: as many messages as its text needs, edited until the text is whole."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from chathakase.core.errors import ChatHakaseError, DeliveryError, trace
from chathakase.core.types import Place
from chathakase.slack.outbox import Outbox, Page
from chathakase.slack.pages import pages

INTERVAL = 1.0
"""Seconds between two interim texts of one reply."""

log = logging.getLogger(__name__)


class SlackReply:
    """A growing answer (a Reply)."""

    def __init__(
        self,
        outbox: Outbox,
        place: Place,
        *,
        turn: str,
        refs: Sequence[str],
        posted: Callable[[Sequence[str]], Awaitable[None]] | None,
    ) -> None:
        self._outbox = outbox
        self._place = place
        self._turn = turn
        self._refs = list(refs)
        self._posted = posted
        self._texts: list[str | None] = [None] * len(refs)
        """What each message shows; None when that is not known."""
        self._doubtful = False
        """The next message may have been posted already, though Slack's answer was lost."""
        self._next = 0.0

    @property
    def begun(self) -> bool:
        """Whether people can see something of it already."""
        return bool(self._refs)

    async def ready(self) -> None:
        """Wait until Slack can take the next interim text; the first may go at once."""
        while (delay := self._delay()) > 0:
            await asyncio.sleep(delay)

    def _delay(self) -> float:
        return max(self._next - monotonic(), self._outbox.delay(self._place, update=self.begun))

    async def show(self, text: str) -> None:
        """Show the whole text so far; a failure is repaired by the next call, so it raises nothing."""
        try:
            await self._write(text, final=False)
        except ChatHakaseError as error:
            log.info("An interim text in %s was not shown: %s", self._place.session_id, error)
        except Exception as error:  # noqa: BLE001 - an interim text is never worth a turn
            log.error("An interim text in %s was not shown: %s", self._place.session_id, trace(error))
        self._next = monotonic() + INTERVAL

    async def finish(self, text: str) -> None:
        """Deliver the whole final text. Raises DeliveryError when Slack refuses for good."""
        await self._write(text, final=True)
        while len(self._refs) > len(self._texts_of(text)):
            await self._outbox.delete(self._place, self._refs.pop())
            self._texts.pop()

    def _texts_of(self, text: str) -> list[str]:
        return pages(text) or [" "]

    async def _write(self, text: str, *, final: bool) -> None:
        for number, markdown in enumerate(self._texts_of(text)):
            page = Page(self._place, self._turn, number, markdown)
            if number == len(self._refs):
                await self._post(page, final=final)
            if self._texts[number] != markdown:
                await self._update(page, final=final)

    async def _post(self, page: Page, *, final: bool) -> None:
        ts = await self._outbox.find(page) if self._doubtful else None
        shown = None
        if ts is None:
            try:
                ts, shown = await self._outbox.post(page, final=final), page.markdown
            except DeliveryError as error:
                self._doubtful = error.unsure
                raise
        self._doubtful = False
        self._refs.append(ts)
        self._texts.append(shown)
        await self._tell()

    async def _update(self, page: Page, *, final: bool) -> None:
        self._texts[page.number] = None
        await self._outbox.update(page, self._refs[page.number], final=final)
        self._texts[page.number] = page.markdown

    async def _tell(self) -> None:
        if self._posted is None:
            return
        try:
            await self._posted(tuple(self._refs))
        except ChatHakaseError as error:
            # Without the note only a crash right now would post a second message; the answer goes on.
            log.error("The messages of a reply in %s were not noted: %s", self._place.session_id, error)
