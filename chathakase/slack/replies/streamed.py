"""A reply by Slack's own streams: it grows by what is appended, and goes on by edits when a stream fails.

See https://docs.slack.dev/reference/methods/chat.startStream. Slack ends a stream about five minutes after its start,
whatever is appended, and takes about 11,000 bytes in it (measured, https://github.com/slackapi/python-slack-sdk/issues/1859
and others); pages stay below that.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError
from chathakase.slack.markdown.pages import Page
from chathakase.slack.markdown.plain import plain
from chathakase.slack.replies.held import begins_alike
from chathakase.slack.replies.messages import NOTHING, Footer, Post
from chathakase.slack.replies.native_streams import APPEND, START, STOP
from chathakase.slack.replies.page_writer import Origin
from chathakase.slack.replies.reply import BLANK, EDIT, ReplyTools, SlackReply
from chathakase.slack.web.rate_limiter import Priority

LIFETIME = 240.0
"""Seconds after which a reply goes on in a new stream."""

SETTLING = 1.0
"""Seconds after which a call of which nobody heard will have been carried out, if at all."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Stream:
    """A message that is being streamed."""

    number: int
    """Which page of the reply it is."""
    ts: str
    sent: str
    began: float


class StreamedReply(SlackReply):
    """A growing answer (a Reply), which is streamed as long as Slack lets it."""

    def __init__(self, tools: ReplyTools, origin: Origin) -> None:
        super().__init__(tools, origin)
        self._streams = tools.outbox.streams
        self._stream: Stream | None = None
        self._native = not origin.refs and not origin.resumed
        """Whether it is streamed; for good no longer once something went wrong."""
        self._started = False
        self._unsettled = False
        """A stream ended by another way than its stop, so that Slack may still show the bot at work."""
        self._stood = 0
        """How many characters of the text stand in Slack beyond recall."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, where)
        if self._unsettled:
            await self._tools.statuses.clear(self._place)

    def _delay(self) -> float:
        if self._stream is not None:
            return self._rate_limiter.delay(APPEND, priority=Priority.INTERIM)
        if self._native and not self.begun and not self._may_start():
            self._native = False
        return super()._delay() if not self._native else 0.0

    def _may_start(self) -> bool:
        return self._rate_limiter.delay(START, priority=Priority.INTERIM) <= 0 and self._try_reserve(STOP)

    def _interval(self) -> float:
        return self._rate_limiter.interval(APPEND, ended_by=STOP) if self._native else super()._interval()

    async def _show(self, text: str) -> None:
        if self.begun and not self._started:
            # Something stands in its place already: a placeholder.
            self._native = False
        if self._native and not self._paginator.continues(text):
            # What a stream has shown cannot be taken back, except by an edit.
            await self._leave(None)
        if not self._native:
            await super()._show(text)
            return
        if self._stream is not None and monotonic() - self._stream.began > LIFETIME:
            self._paginator.cut(self._stood)
        pages = await self._pages(text, growing=True)
        try:
            for number, page in enumerate(pages[:-1]):
                await self._end_page(number, page.markdown, NOTHING, Priority.INTERIM)
            if pages:
                await self._grow(pages)
        except DeliveryError as error:
            if error.code == "busy":
                raise
            # Where Slack takes no stream it may well take a message.
            await self._leave(error)
            await super()._show(text)

    async def _finish(self, text: str, footer: Footer, priority: Priority) -> None:
        if self._native and self._stream is not None:
            pages = [page.markdown for page in await self._pages(text, growing=False)] or [BLANK]
            stream = self._stream
            try:
                if len(pages) <= self._tools.most_pages:
                    ending = footer if stream.number == len(pages) - 1 else NOTHING
                    await self._end_page(stream.number, pages[stream.number], ending, priority)
            except (DeliveryError, IndexError) as error:
                log.info("A stream in %s is finished by an edit: %s", self._place.name, error)
        if self._stream is not None:
            await self._leave(None)
        await super()._finish(text, footer, priority)

    async def _grow(self, pages: Sequence[Page]) -> None:
        """Send what is certain of the last page."""
        number, page = len(pages) - 1, pages[-1]
        if not page.steady:
            return
        if self._stream is None:
            await self._start(self._writer.post_of(number, page.steady))
        else:
            await self._append(self._stream, page.steady, Priority.INTERIM)
        self._stood = sum(len(each.source) for each in pages[:-1]) + page.steady_length
        self._paginator.keep(self._stood)

    async def _end_page(self, number: int, markdown: str, footer: Footer, priority: Priority) -> None:
        """Bring a page to its end: the one that is streamed, or one that came and went between two looks."""
        if self._writer.shows(number, markdown):
            return
        if self._stream is None or self._stream.number != number:
            await self._writer.write(self._writer.post_of(number, markdown, footer), priority)
            return
        stream, post = self._stream, self._writer.post_of(number, markdown, footer)
        if not markdown.startswith(stream.sent):
            raise DeliveryError("stream_diverged")
        if self._rate_limiter.delay(STOP, priority=priority) > 0:
            # The words need not wait for the end of the stream.
            await self._append(stream, markdown, priority)
        held = await self._streams.stop(post, stream.ts, markdown[len(stream.sent) :], priority=priority)
        self._stream = None
        self._writer.is_known(number, post.page_content if held else None)

    async def _start(self, post: Post) -> None:
        try:
            ts = await self._streams.start(post, priority=Priority.INTERIM)
        except DeliveryError as error:
            if error.unsure:
                # It may be carried out later than the client gave up.
                await asyncio.sleep(SETTLING)
            if error.unsure and (found := await self._find_start(post)) is not None:
                await self._writer.add(found, None)
            raise
        await self._writer.add(ts, None)
        self._started = True
        self._stream = Stream(post.number, ts, post.page_content.markdown, monotonic())

    async def _append(self, stream: Stream, markdown: str, priority: Priority) -> None:
        if not markdown.startswith(stream.sent):
            raise DeliveryError("stream_diverged")
        if rest := markdown[len(stream.sent) :]:
            await self._streams.append(self._place, stream.ts, rest, priority=priority)
            stream.sent = markdown

    async def _find_start(self, post: Post) -> str | None:
        """Look for a stream that may have begun: it has no metadata until its end, but it has its first words."""
        words = plain(post.page_content.markdown)

        def matches(message: Mapping[str, Any]) -> bool:
            known = message.get("metadata") or str(message.get("ts")) in self._writer.refs
            return not known and begins_alike(message.get("text"), words)

        return await self._tools.outbox.find(self._place, matches, priority=Priority.FINAL)

    async def _leave(self, error: DeliveryError | None) -> None:
        """Go on by edits: whatever the stream holds, the next edit replaces it by the whole text."""
        log.info("A reply in %s is no longer streamed: %s", self._place.name, error or "it is complete")
        stream, self._stream, self._native = self._stream, None, False
        self._unsettled = self._started
        self._reserve(EDIT)
        if stream is not None:
            self._writer.is_known(stream.number, None)
            await self._tools.outbox.end_stream(self._writer.post_of(stream.number, BLANK), stream.ts)
