"""Writes the pages of one reply: posts what is not there yet, edits what is, and finds what may be there."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chathakase.core.errors import ChatHakaseError, DeliveryError
from chathakase.core.types import Place
from chathakase.slack.own_messages import RunId, is_of
from chathakase.slack.replies.messages import NOTHING, Footer, PageContent, Post, is_page
from chathakase.slack.replies.outbox import Outbox, Written
from chathakase.slack.replies.refusals import UNREACHABLE, ServerFailures
from chathakase.slack.web.rate_limiter import Priority

NO_EDITS = ("unknown_method", "http_4")
"""How errors begin on a server that cannot edit messages at all."""
STREAMING = "streaming_state_conflict"
"""A message that is still being streamed cannot be edited
(https://docs.slack.dev/reference/methods/chat.update)."""

EMPTIED = "–"
"""What is left of a message that should be gone."""
GONE = "message_not_found"
LOOKS = 2
"""How often a page is written of which Slack says that it holds less than was sent."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply belongs, and what is known of it."""

    place: Place
    run_id: RunId
    is_turn: bool = True
    """Whether it can be stopped and tried again; the answer to a command cannot."""
    refs: Sequence[str] = ()
    """Messages of an earlier try."""
    resumed: bool = False
    """There was an earlier try, so that a message of which nobody heard is looked for."""
    standing: str = ""
    """The text with which an earlier run ended, to be gone on with."""
    streams: bool = False
    """Whether it may have been streamed before; a message has no metadata until its stream ends."""
    posted: Callable[[Sequence[str]], Awaitable[None]] | None = None
    """Hears the ids of the reply's messages whenever they change."""
    members: Callable[[], Awaitable[frozenset[str]]] | None = None
    """Tells who may be mentioned."""


class PageWriter:
    """Knows which messages a reply has and what each of them shows."""

    def __init__(self, outbox: Outbox, origin: Origin, members: Collection[str]) -> None:
        self._outbox = outbox
        self._origin = origin
        self._members = members
        self._refs = list(origin.refs)
        self._page_contents: list[PageContent | None] = [None] * len(self._refs)
        """What each message shows; None when that is not known."""
        self._doubtful = origin.resumed
        """The next message may have been posted already, though nobody heard of it."""
        self._looked_in_vain = False
        """A message was posted after it had been looked for in vain, and may have a twin."""
        self._plain = set[int]()
        """The pages whose blocks Slack did not take."""

    @property
    def refs(self) -> Sequence[str]:
        """The ``ts`` of each page, in order."""
        return self._refs

    @property
    def is_editable(self) -> bool:
        """Whether this Slack can edit messages, as far as we know."""
        return self._outbox.capabilities.edits

    def shows(self, number: int, markdown: str) -> bool:
        """Whether a page is known to show just that, with nothing below."""
        return number < len(self._page_contents) and self._page_contents[number] == PageContent(markdown)

    def is_known(self, number: int, page_content: PageContent | None) -> None:
        """Take note of what a page shows; None: that is not known."""
        self._page_contents[number] = page_content

    def post_of(self, number: int, markdown: str, footer: Footer = NOTHING) -> Post:
        """What is to be sent for a page."""
        page_content = PageContent(markdown, footer if self._origin.is_turn else NOTHING)
        return Post(self._origin.place, self._origin.run_id, number, page_content, members=self._members)

    async def write(self, post: Post, priority: Priority) -> None:
        """Have a page show what it should. Raises DeliveryError.

        Where Slack did not take its blocks they are tried again only with the final text.
        """
        if priority >= Priority.INTERIM and post.number in self._plain:
            post = post.plainer()
        if post.number == len(self._refs):
            await self._append(post, priority)
        for _ in range(LOOKS):
            if self._page_contents[post.number] == post.page_content:
                return
            await self._update(post, priority)
        if self._page_contents[post.number] is None:
            log.error("Slack stored less of page %d in %s than was sent", post.number, self._origin.place.name)

    async def add(self, ts: str, page_content: PageContent | None) -> None:
        """Take note of a further message."""
        self._refs.append(ts)
        self._page_contents.append(page_content)
        await self._tell()

    async def keep(self, count: int) -> None:
        """Keep only so many pages; further ones of an earlier try, whose text was another, are removed."""
        surplus = self._refs[count:]
        if not surplus:
            return
        for ts in surplus:
            await self._remove(ts)
        del self._refs[count:]
        del self._page_contents[count:]
        await self._tell()

    async def sweep(self) -> None:
        """Remove messages of this turn that are no pages of it: of an earlier try, or posted late by a slow Slack."""
        if not self._looked_in_vain and not self._doubtful:
            return
        place, run_id = self._origin.place, self._origin.run_id
        try:
            found = await self._outbox.find_all(place, lambda message: is_of(message, run_id), priority=Priority.FINAL)
        except DeliveryError as error:
            log.info("Duplicates of a reply in %s could not be looked for: %s", place.name, error)
            return
        for ts in found:
            if ts not in self._refs:
                log.info("A duplicate page in %s was removed", place.name)
                await self._remove(ts)

    async def recover(self) -> None:
        """Find what an earlier try may have posted of which nobody heard. Raises DeliveryError."""
        if not self._refs and (found := await self._find(self.post_of(0, ""), Priority.FINAL)) is not None:
            await self.add(found, None)

    async def _remove(self, ts: str) -> None:
        try:
            await self._outbox.delete(self._origin.place, ts)
        except DeliveryError as error:
            if error.code == GONE:
                return
            log.warning("A surplus message in %s was emptied, not removed: %s", self._origin.place.name, error)
            await self._empty(ts)

    async def _empty(self, ts: str) -> None:
        """Take the text and the button from a message that cannot be removed."""
        try:
            await self._outbox.update(self.post_of(0, EMPTIED), ts, priority=Priority.FINAL)
        except DeliveryError as error:
            log.warning("A surplus message in %s could not be removed: %s", self._origin.place.name, error)

    async def _append(self, post: Post, priority: Priority) -> None:
        found = await self._find(post, priority)
        if found is not None:
            await self.add(found, None)
        else:
            written = await self._post(post, priority)
            self._note(post, written)
            await self.add(written.ts, _shown(post, written))

    def _note(self, post: Post, written: Written) -> None:
        """Take note of whether Slack took a page's blocks."""
        (self._plain.discard if written.rich else self._plain.add)(post.number)

    async def _find(self, post: Post, priority: Priority) -> str | None:
        if not self._doubtful:
            return None
        found = await self._outbox.find(self._origin.place, lambda message: self._is(message, post), priority=priority)
        # Of an earlier try there may be more messages; of a post in this one there is at most this.
        self._doubtful = False
        self._looked_in_vain |= found is None
        return found

    def _is(self, message: Mapping[str, Any], post: Post) -> bool:
        """Whether a message that Slack holds is this page, or the stream that should have become it."""
        orphan = self._origin.streams and not message.get("metadata")
        return str(message.get("ts")) not in self._refs and (is_page(message, post) or orphan)

    async def _post(self, post: Post, priority: Priority) -> Written:
        """Post a page, or find the message that was posted though nobody heard of it."""
        retries, failures = self._outbox.calls.retries(), ServerFailures()
        while True:
            # Whoever is cancelled meanwhile does not hear of it.
            self._doubtful = True
            try:
                written = await self._outbox.post(post.plainer() if failures.suspicious else post, priority=priority)
                self._doubtful = False
                return written
            except DeliveryError as error:
                failures.note(error.code)
                self._doubtful = error.unsure
                if priority >= Priority.INTERIM or not (error.unsure and error.passes):
                    raise
                if retries.are_over_after(error.code):
                    raise DeliveryError(error.code) from error
            await retries.pause()
            if (ts := await self._find(post, priority)) is not None:
                return Written(ts, rich=post.rich, whole=False)

    async def _update(self, post: Post, priority: Priority) -> None:
        self._page_contents[post.number] = None
        try:
            written = await self._edit(post, priority)
        except DeliveryError as error:
            if error.code.startswith(NO_EDITS):
                self._outbox.capabilities.edits = False
            if priority >= Priority.INTERIM or error.passes or error.code in UNREACHABLE:
                raise
            written = await self._instead(post, priority)
        self._page_contents[post.number] = _shown(post, written)
        self._note(post, written)

    async def _instead(self, post: Post, priority: Priority) -> Written:
        """Write a page again whose message can no longer be edited, or is gone."""
        old = self._refs[post.number]
        written = await self._post(post, priority)
        self._refs[post.number] = written.ts
        await self._tell()
        await self._remove(old)
        return written

    async def _edit(self, post: Post, priority: Priority) -> Written:
        ts = self._refs[post.number]
        try:
            return await self._outbox.update(post, ts, priority=priority)
        except DeliveryError as error:
            if error.code != STREAMING:
                raise
        await self._outbox.end_stream(post, ts, priority=priority)
        return await self._outbox.update(post, ts, priority=priority)

    async def _tell(self) -> None:
        if self._origin.posted is None:
            return
        try:
            await self._origin.posted(tuple(self._refs))
        except ChatHakaseError as error:
            # A later try then looks for the message in the thread; the answer goes on.
            log.error("The messages of a reply in %s were not noted: %s", self._origin.place.name, error)


def _shown(post: Post, written: Written) -> PageContent | None:
    """What a message shows once it is written, if Slack says that it holds all of it."""
    return post.page_content if written.whole else None
