"""Writes messages to Slack: an interim text once and only if there is room, a final text until it is there.

Which errors pass and which are for good is told by https://docs.slack.dev/reference/methods/chat.update and
chat.postMessage.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.connection.trouble import Trouble, trouble_of
from chathakase.slack.delivery.pace import Pace
from chathakase.slack.markdown.mentions import harmless
from chathakase.slack.markdown.plain import escape, plain

BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
PERSISTENCE = 3600.0
"""Seconds for which a final text is tried again, as long as the trouble is of a kind that passes."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
METADATA = "chathakase_reply"
"""The ``event_type`` of the metadata with which the bot finds its own messages again."""

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a reply: where it belongs and what it says."""

    place: Place
    turn: str
    number: int
    markdown: str
    blocks: bool
    """Whether to send a ``markdown`` block besides the plain text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message that stands in Slack."""

    ts: str
    blocks: bool
    """Whether Slack took its block."""


class Outbox:
    """Every message that the bot writes goes through here."""

    def __init__(self, client: AsyncWebClient, pace: Pace, clock: Callable[[], float], *, bot: str) -> None:
        self._client = client
        self._pace = pace
        self._clock = clock
        self._bot = bot

    def delay(self, place: Place, *, update: bool) -> float:
        """Seconds until an interim text may go out."""
        if update:
            return self._pace.delay("chat.update", final=False)
        return self._pace.delay("chat.postMessage", place.channel, final=False)

    async def post(self, page: Page, *, final: bool) -> Written:
        """Post a new message.

        Raises DeliveryError. An ``unsure`` one is raised at once, also for a final text: the message may be there,
        so it must be looked for before it is posted again.
        """
        arguments = {"thread_ts": page.place.thread, "unfurl_links": False, "unfurl_media": False}

        async def attempt() -> Written:
            return await self._write("chat.postMessage", page, arguments)

        return await self._go("chat.postMessage", page.place.channel, attempt, final=final, repeatable=False)

    async def update(self, page: Page, ts: str, *, final: bool) -> Written:
        """Replace the text of a message. Raises DeliveryError."""

        async def attempt() -> Written:
            return await self._write("chat.update", page, {"ts": ts})

        return await self._go("chat.update", "", attempt, final=final)

    async def delete(self, place: Place, ts: str) -> None:
        """Remove a message that is no longer needed. Raises DeliveryError."""

        async def attempt() -> None:
            await self._client.chat_delete(channel=place.channel, ts=ts)

        await self._go("chat.delete", "", attempt, final=True)

    async def find(self, page: Page, *, final: bool) -> str | None:
        """Look for a page that may have been posted, though nobody heard of it; returns its ``ts``.

        Raises DeliveryError when it cannot be looked for now; where that is never allowed, there is none.
        """

        async def attempt() -> str | None:
            return await self._look(page)

        try:
            return await self._go("conversations.replies", "", attempt, final=final)
        except DeliveryError as error:
            if error.passes:
                raise
            log.warning("Cannot look for an earlier post: %s", error)
            return None

    async def _go(
        self, method: str, key: str, attempt: Callable[[], Awaitable[T]], *, final: bool, repeatable: bool = True
    ) -> T:
        """Do a call when it is its turn; what is final again and again, what is not only if there is room now."""
        until, pause = self._clock() + PERSISTENCE, FIRST_PAUSE
        while True:
            if not final and self._pace.delay(method, key, final=False) > 0:
                raise DeliveryError("busy", passes=True)
            await self._pace.turn(method, key, final=final)
            try:
                return await attempt()
            except Exception as error:  # noqa: BLE001 - slack_sdk fails in many ways on answers that are not Slack's
                trouble = trouble_of(error)
            if trouble.retry_after is not None:
                self._pace.refused(method, key, retry_after=trouble.retry_after)
            elif final and trouble.passes:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            doubtful = trouble.unsure and not repeatable
            if doubtful or not final or not trouble.passes or self._clock() > until:
                raise DeliveryError(trouble.code, passes=trouble.passes, unsure=doubtful)
            log.info("%s failed (%s), trying again", method, trouble.code)

    async def _write(self, method: str, page: Page, arguments: Mapping[str, Any]) -> Written:
        """Call a method that writes; a block that Slack refuses is left out."""
        body: dict[str, Any] = {
            "channel": page.place.channel,
            "text": escape(plain(page.markdown)),
            "metadata": {"event_type": METADATA, "event_payload": {"turn": page.turn, "page": page.number}},
            **arguments,
        }
        if page.blocks:
            block = {"type": "markdown", "text": harmless(page.markdown)}
            try:
                return Written(await self._call(method, {**body, "blocks": [block]}), blocks=True)
            except Exception as error:
                trouble: Trouble = trouble_of(error)
                if trouble.code not in BLOCKS_REFUSED:
                    raise
                log.warning("Slack refuses a markdown block (%s): the reply goes on as plain text", trouble.code)
        return Written(await self._call(method, body), blocks=False)

    async def _call(self, method: str, body: dict[str, Any]) -> str:
        answer = await self._client.api_call(method, json=body)
        data = answer.data
        ts = data.get("ts") if isinstance(data, dict) else None
        return str(ts or body.get("ts") or "")

    async def _look(self, page: Page) -> str | None:
        """Read the thread to its end for a message with this page's metadata."""
        wanted = {"turn": page.turn, "page": page.number}
        cursor: str | None = None
        while True:
            answer = await self._client.conversations_replies(
                channel=page.place.channel,
                ts=page.place.thread,
                limit=200,
                cursor=cursor,
                include_all_metadata=True,
            )
            for message in answer.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload")
                if message.get("user") == self._bot and payload == wanted:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
