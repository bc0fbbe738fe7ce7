"""One growing answer in a thread: as many messages as its text needs, edited until the text is whole."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Self

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError, trace
from chathakase.core.types import Outcome, TurnAction
from chathakase.slack.markdown.pages import Page, Paginator
from chathakase.slack.markdown.text_limits import PAGE
from chathakase.slack.own_messages import PLACEHOLDER
from chathakase.slack.replies.attachment import Attachments
from chathakase.slack.replies.messages import NOTHING, Footer
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.replies.page_writer import Origin, PageWriter
from chathakase.slack.replies.refusals import UNREACHABLE
from chathakase.slack.replies.status import Statuses, Thinking, finished
from chathakase.slack.timestamps import time_of
from chathakase.slack.web.rate_limiter import Priority
from chathakase.slack.web.rate_limits import POST

SILENCE = 0.4
"""Seconds without a word after which a status is shown; quicker answers need none."""
NO_ROOM = 0.5
"""Seconds between two looks whether there is room for a first text."""
ROUNDING = 1e-6
"""Seconds that are not waited for, since differences of times are seldom exact."""
BLANK = " "
"""A reply without words."""
EDIT = "chat.update"
AT_ONCE = 2 * PAGE
LINES_AT_ONCE = 500
"""Characters and lines that are made into pages at once; more of them leave the loop to others meanwhile."""

STOPPABLE = Footer(TurnAction.STOP)
"""What stands below an answer that grows."""
PRIORITIES = {Outcome.STOPPED: Priority.STOP, Outcome.FAILED: Priority.ERROR}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplyTools:
    """What replies are made with."""

    outbox: Outbox
    attachments: Attachments
    statuses: Statuses
    most_pages: int
    """Pages beyond which an answer is attached as a file."""
    interim: bool
    """Whether people see replies grow."""

    def of(self, whose: str, *, at_best: Priority = Priority.FINAL) -> "ReplyTools":
        """The same for what one person causes, nothing of it more urgent than ``at_best``."""
        outbox = self.outbox.of(whose, at_best=at_best)
        return replace(self, outbox=outbox, attachments=self.attachments.of(outbox))


class SlackReply:
    """A growing answer (a Reply), which grows by edits of its last message."""

    def __init__(self, tools: ReplyTools, origin: Origin) -> None:
        self._tools = tools
        self._origin = origin
        self._place = origin.place
        self._rate_limiter = tools.outbox.rate_limiter
        self._members: set[str] = set()
        self._members_known = False
        self._paginator = Paginator(self._members)
        self._writer = PageWriter(tools.outbox, origin, self._members)
        self._surplus = len(origin.refs) > 1 and not origin.standing
        """There are further pages of an earlier try."""
        self._thinking = Thinking(tools.statuses, self._place, self._hold_the_place)
        self._writing = asyncio.Lock()
        self._next = 0.0
        self._hopeless = False
        """Slack refuses to take anything here, so nothing more is shown before the end."""
        self._reserved = ""
        """The method of which a call is reserved for the end of this reply."""
        self._wanting = False
        """Whether it waits for such a reservation."""

    @property
    def begun(self) -> bool:
        """Whether people can see something of it already."""
        return bool(self._writer.refs)

    async def __aenter__(self) -> Self:
        if self.begun:
            self._reserve(EDIT)
        self._thinking.begin(after=SILENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        # Even who is cancelled meanwhile leaves no call reserved for nobody.
        await finished(self._leave_nothing())

    async def _leave_nothing(self) -> None:
        await self._thinking.end()
        if self._origin.resumed:
            # An earlier try may have left one, and an edit does not take it back.
            await self._tools.statuses.clear(self._place)
        self._release()

    async def ready(self) -> None:
        """Wait until Slack can take the next interim text; the first may go as soon as there is room for its end."""
        if not self._grows:
            await asyncio.Event().wait()
        while (delay := max(self._next - monotonic(), self._delay())) > ROUNDING:
            await asyncio.sleep(delay)

    @property
    def _grows(self) -> bool:
        return self._tools.interim and self._writer.is_editable and not self._hopeless

    def _delay(self) -> float:
        if self.begun:
            return self._rate_limiter.delay(EDIT, priority=Priority.INTERIM)
        delay = self._rate_limiter.delay(POST, self._place.channel, priority=Priority.INTERIM)
        # Better posted whole once than posted now and edited late.
        return delay if delay > 0 or self._try_reserve(EDIT) else NO_ROOM

    def _try_reserve(self, method: str) -> bool:
        """Keep a call, so that a message which is written before its end can be ended when that comes."""
        if self._reserved != method and self._rate_limiter.try_reserve(method):
            self._release()
            self._reserved = method
        self._want(method != self._reserved)
        return self._reserved == method

    def _want(self, wanting: bool) -> None:
        if wanting != self._wanting:
            self._wanting = wanting
            self._rate_limiter.want(EDIT, 1 if wanting else -1)

    def _reserve(self, method: str) -> None:
        self._release()
        self._rate_limiter.reserve(method)
        self._reserved = method

    def _release(self) -> None:
        self._want(False)
        if self._reserved:
            self._rate_limiter.release(self._reserved)
            self._reserved = ""

    async def show(self, text: str) -> bool:
        """Show the whole text so far; False when not all of it is there now, which the next call repairs."""
        try:
            async with self._writing:
                await self._show(text)
        except DeliveryError as error:
            log.debug("An interim text in %s was not shown: %s", self._place.name, error)
            self._hopeless |= error.code in UNREACHABLE
            return False
        except Exception as error:  # noqa: BLE001 - an interim text is never worth a turn
            log.error("An interim text in %s was not shown: %s", self._place.name, trace(error))
            return False
        finally:
            self._next = monotonic() + self._interval()
        if self.begun:
            self._thinking.over()
        return True

    def _interval(self) -> float:
        return self._rate_limiter.interval(EDIT)

    async def _show(self, text: str) -> None:
        pages = await self._pages(text, growing=True)
        if pages:
            await self._write(pages, STOPPABLE, Priority.INTERIM)
        elif self.begun:
            await self._writer.write(self._writer.post_of(0, PLACEHOLDER, STOPPABLE), Priority.INTERIM)
        # There are fewer than before where a text was taken back.
        await self._writer.keep(max(len(pages), 1))

    async def finish(
        self,
        text: str,
        *,
        outcome: Outcome = Outcome.ANSWERED,
        offer: TurnAction | None = None,
        footnotes: Sequence[str] = (),
    ) -> None:
        """Deliver the whole final text and what stands below it. Raises DeliveryError when Slack refuses for good."""
        self._thinking.over()
        async with self._writing:
            # The call that was reserved for it is the one that is made now.
            self._release()
            await self._finish(text, Footer(offer, tuple(footnotes)), PRIORITIES.get(outcome, Priority.FINAL))

    @property
    def posted_at(self) -> int:
        """When its newest message was posted, in epoch microseconds; 0: not known."""
        return max(map(time_of, self._writer.refs), default=0)

    async def settled(self) -> bool:
        """Wait until nothing of it is on its way any more; whether people can see something of it."""
        await self._thinking.end()
        async with self._writing:
            try:
                await self._writer.recover()
            except DeliveryError as error:
                log.info("An earlier post in %s could not be looked for: %s", self._place.name, error)
            return self.begun

    async def _finish(self, text: str, footer: Footer, priority: Priority) -> None:
        pages, most = await self._pages(text, growing=False), self._tools.most_pages
        written = pages[:most]
        await self._write(written, footer, priority)
        if len(pages) > most and not await self._attach(text):
            written = pages
            await self._write(written, footer, priority)
        await self._writer.keep(max(len(written), 1))
        await self._writer.sweep()

    async def _pages(self, text: str, *, growing: bool) -> Sequence[Page]:
        """The pages of a text that have something to show; while it grows, no more than may stand in the thread."""
        if "<@" in text and not self._members_known and self._origin.members is not None:
            self._members |= await self._origin.members()
            self._members_known = True
        make = partial(self._paginator.pages, text, growing=growing, most=self._tools.most_pages if growing else None)
        # It is waited for even by who is cancelled, lest the next call meet it at work.
        behind = self._paginator.behind(text)
        long = behind > AT_ONCE or text.count("\n", len(text) - behind) > LINES_AT_ONCE
        pages = await finished(asyncio.to_thread(make)) if long else make()
        return [page for page in pages if page.markdown.strip()]

    async def _attach(self, text: str) -> bool:
        """Attach an answer that is too long for messages; False when this workspace does not take files from us."""
        origin = self._origin
        try:
            await self._tools.attachments.attach(self._place, origin.run_id, text, doubtful=origin.resumed)
        except DeliveryError as error:
            log.warning("A long answer in %s continues in messages: no file (%s)", self._place.name, error)
            return False
        return True

    async def _write(self, pages: Sequence[Page], footer: Footer, priority: Priority) -> None:
        if self._surplus:
            self._surplus = False
            await self._writer.keep(1)
        texts = [page.markdown for page in pages] or [BLANK]
        for number, markdown in enumerate(texts):
            post = self._writer.post_of(number, markdown, footer if number == len(texts) - 1 else NOTHING)
            await self._writer.write(post, priority)

    async def _hold_the_place(self) -> None:
        """Post something to be replaced by the first words, where no status tells that they are on their way."""
        async with self._writing:
            if self.begun or not self._grows or not self._try_reserve(EDIT):
                return
            try:
                await self._writer.write(self._writer.post_of(0, PLACEHOLDER, STOPPABLE), Priority.INTERIM)
            except DeliveryError as error:
                log.debug("No placeholder in %s: %s", self._place.name, error)
