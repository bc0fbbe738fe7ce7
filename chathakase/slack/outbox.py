"""Writes messages to Slack: interim texts as the pace allows, final texts until they are there.

Which errors pass and which are for good: https://docs.slack.dev/reference/methods/chat.update and chat.postMessage.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.pace import Pace
from chathakase.slack.text import escape, harmless, plain

PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
PERSISTENCE = 300.0
"""Seconds for which a final text is tried again."""
LONGEST_PAUSE = 30.0
METADATA = "chathakase_reply"
"""The ``event_type`` of the metadata with which the bot finds its own messages again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call failed."""

    code: str
    passes: bool
    """Trying again may help."""
    retry_after: float | None = None
    """Seconds that Slack asks to wait."""
    unsure: bool = False
    """The call may have been carried out all the same."""


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a reply: its text and where it belongs."""

    place: Place
    turn: str
    number: int
    markdown: str


class Outbox:
    """Every message that the bot writes goes through here."""

    def __init__(self, client: AsyncWebClient, pace: Pace, clock: Callable[[], float], *, bot: str) -> None:
        self._client = client
        self._pace = pace
        self._clock = clock
        self._bot = bot
        self._blocks = True

    def delay(self, place: Place, *, update: bool) -> float:
        """Seconds until an interim text may go out."""
        if update:
            return self._pace.delay("chat.update", final=False)
        return self._pace.delay("chat.postMessage", place.channel, final=False)

    async def post(self, page: Page, *, final: bool) -> str:
        """Post a new message and return its ``ts``. Raises DeliveryError."""
        arguments = {"thread_ts": page.place.thread, "unfurl_links": False, "unfurl_media": False}
        answer = await self._write("chat.postMessage", page, arguments, final=final)
        return str(answer["ts"])

    async def find(self, page: Page) -> str | None:
        """Look for a page that may have been posted, though the answer was lost; returns its ``ts``."""
        try:
            answer = await self._client.conversations_replies(
                channel=page.place.channel,
                ts=page.place.thread,
                oldest=page.place.thread,
                limit=200,
                include_all_metadata=True,
            )
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("Cannot look for an earlier post: %s", _trouble(error).code)
            return None
        wanted = {"turn": page.turn, "page": page.number}
        for message in answer.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload")
            if message.get("user") == self._bot and payload == wanted:
                return str(message["ts"])
        return None

    async def update(self, page: Page, ts: str, *, final: bool) -> None:
        """Replace the text of a message. Raises DeliveryError."""
        await self._write("chat.update", page, {"ts": ts}, final=final)

    async def delete(self, place: Place, ts: str) -> None:
        """Remove a message that is no longer needed; that it stays is no harm, so this raises nothing."""
        await self._pace.turn("chat.delete", final=True)
        try:
            await self._client.chat_delete(channel=place.channel, ts=ts)
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("A superfluous message in %s stays: %s", place.session_id, _trouble(error).code)

    async def _write(self, method: str, page: Page, arguments: Mapping[str, Any], *, final: bool) -> Mapping[str, Any]:
        """Call a method, a final text again and again; an interim one is tried once."""
        key = page.place.channel if method == "chat.postMessage" else ""
        until, pause = self._clock() + PERSISTENCE, 0.5
        while True:
            await self._pace.turn(method, key, final=final)
            try:
                return await self._call(method, page, arguments)
            except (SlackClientError, aiohttp.ClientError, OSError) as error:
                trouble = _trouble(error)
            if trouble.retry_after is not None:
                self._pace.refused(method, key, retry_after=trouble.retry_after)
            if trouble.code in BLOCKS_REFUSED and self._blocks:
                log.warning("Slack refuses markdown blocks (%s): going on with plain text", trouble.code)
                self._blocks = False
                continue
            if not final or not trouble.passes or self._clock() > until:
                raise DeliveryError(trouble.code, unsure=trouble.unsure)
            log.info("%s failed (%s), trying again", method, trouble.code)
            if trouble.retry_after is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            if trouble.unsure and method == "chat.postMessage" and (ts := await self.find(page)):
                return {"ts": ts}

    async def _call(self, method: str, page: Page, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        body: dict[str, Any] = {
            "channel": page.place.channel,
            "text": escape(plain(page.markdown)),
            "metadata": {"event_type": METADATA, "event_payload": {"turn": page.turn, "page": page.number}},
            **arguments,
        }
        if self._blocks:
            body["blocks"] = [{"type": "markdown", "text": harmless(page.markdown)}]
        answer = await self._client.api_call(method, json=body)
        data = answer.data
        return data if isinstance(data, dict) else {}


def _trouble(error: Exception) -> Trouble:
    if not isinstance(error, SlackApiError):
        return Trouble(type(error).__name__, passes=True, unsure=True)
    response = error.response
    data = getattr(response, "data", None)
    code = data.get("error", "") if isinstance(data, Mapping) else ""
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Trouble("ratelimited", passes=True, retry_after=_retry_after(response.headers))
    unsure = status >= 500 or not code
    return Trouble(code or f"http_{status}", passes=unsure or code in PASSING, unsure=unsure)


def _retry_after(headers: Mapping[str, str]) -> float:
    """What ``Retry-After`` says in seconds; two when Slack gives none."""
    try:
        return max(float(headers.get("Retry-After", "")), 1.0)
    except ValueError:
        return 2.0
