"""One growing answer in a thread: as many messages as its text needs, edited until the text is whole."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from chathakase.core.errors import ChatHakaseError, DeliveryError, trace
from chathakase.core.types import Place
from chathakase.slack.delivery.outbox import Outbox, Page, Written
from chathakase.slack.markdown.pages import pages

INTERVAL = 1.0
"""Seconds between two interim texts of one reply."""
BLANK = " "
"""A reply without words."""

EDIT_REFUSED = ("message_not_found", "cant_update_message", "edit_window_closed", "unknown_method", "http_4")
"""How errors begin after which a message can only be written anew."""

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
        resumed: bool,
        posted: Callable[[Sequence[str]], Awaitable[None]] | None,
    ) -> None:
        self._outbox = outbox
        self._place = place
        self._turn = turn
        self._refs = list(refs)
        self._texts: list[str | None] = [None] * len(refs)
        """What each message shows; None when that is not known."""
        self._doubtful = resumed
        """The next message may have been posted already, though nobody heard of it."""
        self._surplus = len(refs) > 1
        """There are further pages of an earlier try."""
        self._blocks = True
        self._posted = posted
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

    async def show(self, text: str) -> bool:
        """Show the whole text so far; False when not all of it is there now, which the next call repairs."""
        try:
            await self._write(text, final=False)
        except DeliveryError as error:
            log.debug("An interim text in %s was not shown: %s", self._place.session_id, error)
            return False
        except Exception as error:  # noqa: BLE001 - an interim text is never worth a turn
            log.error("An interim text in %s was not shown: %s", self._place.session_id, trace(error))
            return False
        finally:
            self._next = monotonic() + INTERVAL
        return True

    async def finish(self, text: str) -> None:
        """Deliver the whole final text. Raises DeliveryError when Slack refuses for good."""
        await self._write(text, final=True)

    async def _write(self, text: str, *, final: bool) -> None:
        if self._surplus:
            self._surplus = False
            await self._keep_first()
        for number, markdown in enumerate(pages(text) or [BLANK]):
            page = Page(self._place, self._turn, number, markdown, self._blocks)
            if number == len(self._refs):
                await self._append(page, final=final)
            if self._texts[number] != markdown:
                await self._update(page, final=final)

    async def _append(self, page: Page, *, final: bool) -> None:
        found = await self._find(page, final=final)
        if found is not None:
            self._refs.append(found)
            self._texts.append(None)
        else:
            written = await self._post(page, final=final)
            self._refs.append(written.ts)
            self._texts.append(page.markdown)
            self._blocks = written.blocks
        await self._tell()

    async def _find(self, page: Page, *, final: bool) -> str | None:
        if not self._doubtful:
            return None
        found = await self._outbox.find(page, final=final)
        # Of an earlier try there may be more messages; of a post in this one there is at most this.
        self._doubtful = False
        return found

    async def _post(self, page: Page, *, final: bool) -> Written:
        while True:
            try:
                return await self._outbox.post(page, final=final)
            except DeliveryError as error:
                self._doubtful = error.unsure
                if not (final and error.unsure and error.passes):
                    raise
            if (ts := await self._find(page, final=final)) is not None:
                return await self._outbox.update(page, ts, final=final)

    async def _update(self, page: Page, *, final: bool) -> None:
        self._texts[page.number] = None
        try:
            written = await self._outbox.update(page, self._refs[page.number], final=final)
        except DeliveryError as error:
            if not final or not error.code.startswith(EDIT_REFUSED):
                raise
            written = await self._post(page, final=final)
            self._refs[page.number] = written.ts
            await self._tell()
        self._texts[page.number] = page.markdown
        self._blocks = written.blocks

    async def _keep_first(self) -> None:
        """Remove the further pages of an earlier try, whose text goes on from another beginning."""
        for ts in self._refs[1:]:
            try:
                await self._outbox.delete(self._place, ts)
            except DeliveryError as error:
                log.warning("A superfluous message in %s stays: %s", self._place.session_id, error)
        del self._refs[1:]
        del self._texts[1:]
        await self._tell()

    async def _tell(self) -> None:
        if self._posted is None:
            return
        try:
            await self._posted(tuple(self._refs))
        except ChatHakaseError as error:
            # A later try then looks for the message in the thread; the answer goes on.
            log.error("The messages of a reply in %s were not noted: %s", self._place.session_id, error)
