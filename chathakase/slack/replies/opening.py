"""Posts what somebody asks as the first message of a thread, once, with the bot's name above it and theirs in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Incoming, Place, SaidTo
from chathakase.slack.direct import is_direct
from chathakase.slack.markdown import rich_text
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.escaping import escape
from chathakase.slack.markdown.plain import LONGEST, clipped
from chathakase.slack.own_messages import METADATA
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.timestamps import microseconds, ts_of
from chathakase.slack.web.rate_limiter import Priority

MARGIN = 600_000_000
"""Microseconds by which Slack's clock may be behind whatever told when a thread was wanted."""
ASKS = " asks:"


@dataclass(frozen=True, slots=True)
class OpeningMessage:
    """The first message of a thread."""

    place: Place
    """The channel."""
    person: str
    """The user id of who asks."""
    words: str
    job: str
    """What it is found again by."""
    wanted: int
    """When it was wanted, in epoch microseconds, before which it was not posted; 0: not known."""
    rich: bool = True
    """Whether to send blocks besides the plain text."""
    named: bool = True
    """Whether to send what it is found by."""

    @property
    def since(self) -> str:
        """A ``ts`` before which it was not posted; empty where that is not known."""
        return ts_of(self.wanted - MARGIN) if self.wanted > MARGIN else ""

    def ever_plainer(self) -> "Sequence[OpeningMessage]":
        """The same, then without blocks, then as nothing but text."""
        return self, replace(self, rich=False), replace(self, rich=False, named=False)

    def body(self) -> dict[str, Any]:
        """The arguments of ``chat.postMessage`` for it."""
        body: dict[str, Any] = {"channel": self.place.channel, "text": self._text()}
        if self.named:
            body["metadata"] = {"event_type": METADATA, "event_payload": self._payload}
        if self.rich:
            body["blocks"] = [self._block()]
        return body

    def is_in(self, message: Mapping[str, Any]) -> bool:
        """Whether a message that Slack holds is this one."""
        metadata = message.get("metadata")
        return isinstance(metadata, Mapping) and metadata.get("event_payload") == self._payload

    def said(self, ts: str) -> Incoming:
        """What the person says with it, once it stands there."""
        direct = is_direct(self.place.channel)
        return Incoming(
            place=self.place.beside(self.place.channel, ts),
            ref=ts,
            author=self.person,
            text=self.words,
            said=microseconds(ts),
            opens=True,
            asks=True,
            said_to=SaidTo.ANYBODY if direct else SaidTo.BOT,
            direct=direct,
        )

    @property
    def _payload(self) -> Mapping[str, str]:
        return {"turn": self.job, "asker": self.person}

    @property
    def _names_person(self) -> bool:
        """In a direct message it is plain who asks."""
        return not is_direct(self.place.channel)

    def _text(self) -> str:
        quoted = "\n".join(f"&gt; {escape(line)}" for line in defused(self.words).split("\n"))
        head = f"<@{self.person}>{ASKS}\n" if self._names_person else ""
        return clipped(f"{head}{quoted}", LONGEST)

    def _block(self) -> rich_text.Part:
        head = [rich_text.section([rich_text.user(self.person, self.person), rich_text.text(ASKS)])]
        quoted = rich_text.quote([rich_text.text(defused(self.words))])
        return rich_text.block(*(head if self._names_person else []), quoted)


async def open_thread(outbox: Outbox, opening: OpeningMessage, *, admit: Callable[[], Awaitable[None]]) -> Incoming:
    """Post the first message of a thread, unless it is there already; what the person says with it.

    ``admit`` is awaited before it is posted for the first time. Raises DeliveryError.
    """
    retries, admitted = outbox.calls.retries(), False
    # Also at the first try: whoever was about to post it may have been cut short.
    while (ts := await _found(outbox, opening)) is None:
        if not admitted:
            await admit()
            admitted = True
        try:
            return opening.said((await outbox.post(opening, priority=Priority.FINAL)).ts)
        except DeliveryError as error:
            if not error.unsure or retries.are_over_after(error.code):
                raise
        await retries.pause()
    return opening.said(ts)


async def _found(outbox: Outbox, opening: OpeningMessage) -> str | None:
    found = outbox.find_newest
    return await found(opening.place.channel, opening.is_in, priority=Priority.FINAL, since=opening.since)
