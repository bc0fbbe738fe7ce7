"""Writes messages to Slack: an interim text once and only if there is room, a final text until it is there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chathakase.cancellation import to_the_end
from chathakase.core.errors import DeliveryError
from chathakase.core.types import Choice, Place
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.page_rendering import whole
from chathakase.slack.markdown.plain import notification
from chathakase.slack.replies.held import holds_less
from chathakase.slack.replies.messages import Post
from chathakase.slack.replies.native_streams import Streams
from chathakase.slack.replies.questions import asking, buttons, in_words
from chathakase.slack.replies.refusals import ServerFailures, may_be_about_content
from chathakase.slack.timestamps import time_of
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority
from chathakase.slack.web.rate_limits import POST

EPHEMERAL_WITHIN = 30.0
"""Seconds after which an ephemeral is no longer of use."""
TOLD_WITHIN = 60.0
"""Seconds for which somebody is tried to be told of a lost answer."""
LOOKED_WITHIN = 3.0
"""Seconds after which a thread is believed to have replies."""
LOOKED_AT = 100
"""How many messages outside of threads are looked at for one that may have been posted."""

Matches = Callable[[Mapping[str, Any]], bool]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A message that stands in Slack."""

    ts: str
    rich: bool
    """Whether Slack took its blocks."""
    whole: bool = True
    """Whether Slack holds all of its text, as far as it tells."""


class Postable(Protocol):
    """A message that can be posted."""

    @property
    def place(self) -> Place:
        """Where it belongs; without a thread, it is the first of one."""

    @property
    def rich(self) -> bool:
        """Whether it has blocks besides its plain text."""

    def body(self) -> dict[str, Any]:
        """The arguments that tell what it says and where."""

    def ever_plainer(self) -> "Sequence[Postable]":
        """The same, and then with ever less beside the text."""


@dataclass(slots=True)
class Capabilities:
    """What this Slack can do, as far as we know."""

    edits: bool = True
    """Messages can be edited."""


class Outbox:
    """Every message that the bot writes goes through here."""

    def __init__(self, calls: Calls, *, bot: str, capabilities: Capabilities | None = None) -> None:
        self.calls = calls
        self.rate_limiter = calls.rate_limiter
        self.streams = Streams(calls)
        self.capabilities = capabilities or Capabilities()
        self._client = calls.client
        self._bot = bot

    def of(self, whose: str, *, at_best: Priority = Priority.FINAL) -> "Outbox":
        """The same for messages that one person causes, none of them more urgent than ``at_best``."""
        return Outbox(self.calls.of(whose, at_best=at_best), bot=self._bot, capabilities=self.capabilities)

    async def post(self, post: Postable, *, priority: Priority) -> Written:
        """Post a new message, in a thread or as the first one of one.

        Raises DeliveryError. An ``unsure`` one is raised at once, also for a final text: the message may be there,
        so it must be looked for before it is posted again.
        """
        place = post.place
        arguments: dict[str, object] = {"unfurl_links": False, "unfurl_media": False}
        if place.thread:
            arguments["thread_ts"] = place.thread

        async def attempt() -> tuple[Written, Mapping[str, Any]]:
            return await self._write(POST, post, arguments)

        written, answer = await self.calls.make(
            POST, attempt, priority=priority, channel=place.channel, repeatable=False
        )
        if place.thread:
            await self._check_thread(place, written.ts, answer)
        return written

    async def update(self, post: Post, ts: str, *, priority: Priority) -> Written:
        """Replace the text of a message. Raises DeliveryError."""

        failures = ServerFailures()

        async def attempt() -> Written:
            with failures.noted():
                shown = post.plainer() if failures.suspicious else post
                written, _ = await self._write("chat.update", shown, {"ts": ts})
            return written

        return await self.calls.make("chat.update", attempt, priority=priority)

    async def delete(self, place: Place, ts: str) -> None:
        """Remove a message that is no longer needed. Raises DeliveryError."""

        async def attempt() -> None:
            await self._client.chat_delete(channel=place.channel, ts=ts)

        await self.calls.make("chat.delete", attempt, priority=Priority.FINAL)

    async def find(self, place: Place, matches: Matches, *, priority: Priority) -> str | None:
        """Look for a message of ours that may have been posted, though nobody heard of it; returns its ``ts``.

        Raises DeliveryError when it cannot be looked for now; where that is never allowed, there is none.
        """
        return next(iter(await self.find_all(place, matches, priority=priority)), None)

    async def find_all(self, place: Place, matches: Matches, *, priority: Priority) -> list[str]:
        """Every such message, the oldest first. Raises DeliveryError."""

        async def attempt() -> list[str]:
            return [str(each["ts"]) async for each in self._thread(place) if self._is_ours(each) and matches(each)]

        return await self._looked("conversations.replies", attempt, priority)

    async def find_newest(self, channel: str, matches: Matches, *, priority: Priority, since: str = "") -> str | None:
        """Look in the same way among the newest messages that stand in no thread, or all ``since`` a ``ts``.

        Raises DeliveryError.
        """

        async def attempt() -> list[str]:
            newest = self._since(channel, since) if since else self._newest(channel)
            return [str(each["ts"]) async for each in newest if self._is_ours(each) and matches(each)]

        return next(iter(await self._looked("conversations.history", attempt, priority)), None)

    async def _looked(self, method: str, attempt: Callable[[], Awaitable[list[str]]], priority: Priority) -> list[str]:
        try:
            return await self.calls.make(method, attempt, priority=priority)
        except DeliveryError as error:
            if error.passes:
                raise
            log.warning("Cannot look for an earlier post: %s", error)
            return []

    async def end_stream(self, post: Post, ts: str, *, priority: Priority = Priority.STOP) -> None:
        """End a stream that may still be open, so that its message can be edited."""
        try:
            await self.streams.stop(post, ts, "", priority=priority)
        except DeliveryError as error:
            log.info("A stream in %s was not ended: %s", post.place.name, error)

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """Tell one person some Markdown in a thread, with buttons below, which nobody else sees. Raises DeliveryError.

        Returns when that was, in epoch microseconds; 0 when Slack does not say.
        """
        blocks = [{"type": "markdown", "text": whole(text)}, *buttons(place, choices)]
        return await self._post_ephemeral_with(blocks, place, user, text, otherwise=in_words(text, choices))

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        """Ask one person something in a thread, which nobody else sees. Raises DeliveryError."""
        blocks = asking(place, text, choices, about=about)
        await self._post_ephemeral_with(blocks, place, user, text, otherwise=in_words(text, choices))

    async def _post_ephemeral_with(
        self, blocks: Sequence[Mapping[str, Any]], place: Place, user: str, text: str, *, otherwise: str
    ) -> int:
        """Post blocks with their text for one person, or something else to a Slack that refuses them."""
        body = {"channel": place.channel, "user": user}
        if await self._shows_ephemerals(place):
            body["thread_ts"] = place.thread
        try:
            return await self._post_ephemeral(body | {"text": notification(text), "blocks": blocks})
        except DeliveryError as error:
            if error.passes or not may_be_about_content(error.code):
                raise
            log.warning("Slack refused the blocks of an ephemeral message (%s): sending plain text", error)
            return await self._post_ephemeral(body | {"text": notification(otherwise)})

    async def _shows_ephemerals(self, place: Place) -> bool:
        """Whether an ephemeral message in a thread can be seen: only where there are replies.

        Else it must go to the channel.

        See https://docs.slack.dev/reference/methods/chat.postEphemeral.
        """

        async def attempt() -> bool:
            answer = await self._client.conversations_replies(channel=place.channel, ts=place.thread, limit=2)
            return len(answer.get("messages") or ()) != 1

        try:
            async with asyncio.timeout(LOOKED_WITHIN):
                return await self.calls.make("conversations.replies", attempt, priority=Priority.INTERIM)
        except (DeliveryError, TimeoutError):
            return True

    async def _post_ephemeral(self, body: Mapping[str, Any]) -> int:
        try:
            async with asyncio.timeout(EPHEMERAL_WITHIN):
                answer = await self.calls.send("chat.postEphemeral", body, priority=Priority.ERROR)
        except TimeoutError as error:
            raise DeliveryError("timeout") from error
        return time_of(answer.get("message_ts"))

    async def tell(self, user: str, text: str) -> None:
        """Tell one person something in a direct message. Raises DeliveryError."""

        # Told twice, when only an answer of Slack's was lost, is better than not at all.
        try:
            async with asyncio.timeout(TOLD_WITHIN):
                await self.calls.send(
                    POST, {"channel": user, "text": defused(text)}, priority=Priority.ERROR, channel=user
                )
        except TimeoutError as error:
            raise DeliveryError("timeout") from error

    async def _write(
        self, method: str, post: Postable, arguments: Mapping[str, Any]
    ) -> tuple[Written, Mapping[str, Any]]:
        """Call a method that writes, with ever less beside the text where that may be what Slack refuses."""
        *first, last = post.ever_plainer()
        for shown in first:
            try:
                return await self._send(method, shown, arguments)
            except Exception as error:
                failure = failure_of(error)
                if failure.passes or not may_be_about_content(failure.code):
                    raise
                log.warning("Slack may refuse a message for its formatting (%s): sending plainer text", failure.code)
        return await self._send(method, last, arguments)

    async def _send(
        self, method: str, post: Postable, arguments: Mapping[str, Any]
    ) -> tuple[Written, Mapping[str, Any]]:
        body = {**post.body(), **arguments}
        answer = (await self._client.api_call(method, json=body)).data
        data = answer if isinstance(answer, dict) else {}
        ts = str(data.get("ts") or body.get("ts") or "")
        return Written(ts, rich=post.rich, whole=not holds_less(data, body)), data

    async def _check_thread(self, place: Place, ts: str, answer: Mapping[str, Any]) -> None:
        """See that a new message stands in its thread: Slack posts to the channel when the thread is gone.

        Raises DeliveryError, with the message removed again, when it does not.
        """
        message = answer.get("message")
        if isinstance(message, Mapping) and message.get("ts") and not message.get("thread_ts"):
            # Who deletes a question has its turn cancelled as well, and the answer must not stay where it is.
            await to_the_end(self._remove_if_outside(place, ts))

    async def _remove_if_outside(self, place: Place, ts: str) -> None:

        async def attempt() -> set[str]:
            return {str(each.get("ts")) async for each in self._thread(place)}

        try:
            there = await self.calls.make("conversations.replies", attempt, priority=Priority.FINAL)
        except DeliveryError as error:
            gone = error.code == "thread_not_found"
        else:
            # A server that shows no thread at all proves nothing.
            gone = place.thread in there and ts not in there
        if gone:
            await self.delete(place, ts)
            raise DeliveryError("thread_not_found")

    def _is_ours(self, message: Mapping[str, Any]) -> bool:
        return message.get("user") in (None, self._bot)

    async def _newest(self, channel: str) -> AsyncIterator[Mapping[str, Any]]:
        """As many of the newest messages of a channel as Slack gives at once."""
        answer = await self._client.conversations_history(channel=channel, limit=LOOKED_AT, include_all_metadata=True)
        for message in answer.get("messages") or ():
            yield message

    async def _since(self, channel: str, since: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every message of a channel since then, with its metadata."""
        cursor: str | None = None
        while True:
            answer = await self._client.conversations_history(
                channel=channel, oldest=since, limit=200, cursor=cursor, include_all_metadata=True
            )
            for message in answer.get("messages") or ():
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _thread(self, place: Place) -> AsyncIterator[Mapping[str, Any]]:
        """Every message of a thread."""
        cursor: str | None = None
        while True:
            answer = await self._client.conversations_replies(
                channel=place.channel, ts=place.thread, limit=200, cursor=cursor, include_all_metadata=True
            )
            for message in answer.get("messages") or ():
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
