"""Writes the pages of one reply: posts what is not there yet, edits what is, and finds what may be there."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from chathakase.core.errors import ChatHakaseError, DeliveryError
from chathakase.core.types import Place, Wish
from chathakase.slack.delivery.messages import Face, Name, Post
from chathakase.slack.delivery.outbox import Outbox, Written
from chathakase.slack.delivery.pace import Urgency

EDIT_REFUSED = ("message_not_found", "cant_update_message", "edit_window_closed", "unknown_method", "http_4")
"""How errors begin after which a message can only be written anew."""
STREAMING = "streaming_state_conflict"
"""A message that is still being streamed cannot be edited
(https://docs.slack.dev/reference/methods/chat.update)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply belongs, and what is known of it."""

    place: Place
    name: Name
    is_turn: bool = True
    """Whether it can be stopped and tried again; the answer to a command cannot."""
    refs: Sequence[str] = ()
    """Messages of an earlier try."""
    resumed: bool = False
    """There was an earlier try, so that a message of which nobody heard is looked for."""
    standing: str = ""
    """The text with which an earlier run ended, to be gone on with."""
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
        self._faces: list[Face | None] = [None] * len(self._refs)
        """What each message shows; None when that is not known."""
        self._doubtful = origin.resumed
        """The next message may have been posted already, though nobody heard of it."""
        self._rich = True

    @property
    def refs(self) -> Sequence[str]:
        """The ``ts`` of each page, in order."""
        return self._refs

    def shows(self, number: int, markdown: str) -> bool:
        """Whether a page is known to show just that, with no button below."""
        return number < len(self._faces) and self._faces[number] == Face(markdown)

    def is_known(self, number: int, face: Face | None) -> None:
        """Take note of what a page shows; None: that is not known."""
        self._faces[number] = face

    def post_of(self, number: int, markdown: str, offer: Wish | None = None) -> Post:
        """What is to be sent for a page."""
        face = Face(markdown, offer if self._origin.is_turn else None)
        return Post(self._origin.place, self._origin.name, number, face, self._rich, self._members)

    async def write(self, post: Post, urgency: Urgency) -> None:
        """See to it that a page shows what it should. Raises DeliveryError."""
        if post.number == len(self._refs):
            await self._append(post, urgency)
        if self._faces[post.number] != post.face:
            await self._update(post, urgency)

    async def add(self, ts: str, face: Face | None) -> None:
        """Take note of a further message."""
        self._refs.append(ts)
        self._faces.append(face)
        await self._tell()

    async def keep_first(self) -> None:
        """Remove the further pages of an earlier try, whose text goes on from another beginning."""
        for ts in self._refs[1:]:
            try:
                await self._outbox.delete(self._origin.place, ts)
            except DeliveryError as error:
                log.warning("A superfluous message in %s stays: %s", self._origin.place.session_id, error)
        del self._refs[1:]
        del self._faces[1:]
        await self._tell()

    async def _append(self, post: Post, urgency: Urgency) -> None:
        found = await self._find(post, urgency)
        if found is not None:
            await self.add(found, None)
        else:
            written = await self._post(post, urgency)
            self._rich = written.rich
            await self.add(written.ts, _face(post, written))

    async def _find(self, post: Post, urgency: Urgency) -> str | None:
        if not self._doubtful:
            return None
        found = await self._outbox.find_page(post, urgency=urgency)
        # Of an earlier try there may be more messages; of a post in this one there is at most this.
        self._doubtful = False
        return found

    async def _post(self, post: Post, urgency: Urgency) -> Written:
        while True:
            try:
                return await self._outbox.post(post, urgency=urgency)
            except DeliveryError as error:
                self._doubtful = error.unsure
                if not (urgency < Urgency.INTERIM and error.unsure and error.passes):
                    raise
            if (ts := await self._find(post, urgency)) is not None:
                return await self._outbox.update(post, ts, urgency=urgency)

    async def _update(self, post: Post, urgency: Urgency) -> None:
        self._faces[post.number] = None
        try:
            written = await self._edit(post, urgency)
        except DeliveryError as error:
            if urgency >= Urgency.INTERIM or not error.code.startswith(EDIT_REFUSED):
                raise
            written = await self._post(post, urgency)
            self._refs[post.number] = written.ts
            await self._tell()
        self._faces[post.number] = _face(post, written)
        self._rich = written.rich

    async def _edit(self, post: Post, urgency: Urgency) -> Written:
        ts = self._refs[post.number]
        try:
            return await self._outbox.update(post, ts, urgency=urgency)
        except DeliveryError as error:
            if error.code != STREAMING:
                raise
        await self._outbox.end_stream(post, ts, urgency=urgency)
        return await self._outbox.update(post, ts, urgency=urgency)

    async def _tell(self) -> None:
        if self._origin.posted is None:
            return
        try:
            await self._origin.posted(tuple(self._refs))
        except ChatHakaseError as error:
            # A later try then looks for the message in the thread; the answer goes on.
            log.error("The messages of a reply in %s were not noted: %s", self._origin.place.session_id, error)


def _face(post: Post, written: Written) -> Face | None:
    """What a message shows once it is written, if Slack says that it holds all of it."""
    return Face(post.face.markdown, post.face.offer) if written.whole else None
