"""An answer too long for messages, attached to its thread as one Markdown file.

Three steps, see https://docs.slack.dev/messaging/working-with-files: ask for an address, send the bytes there, have
the file shared in the thread.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.delivery.messages import Name
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.pace import Urgency

ASK, SHARE = "files.getUploadURLExternal", "files.completeUploadExternal"
NO_BYTES = "file_not_found"
"""Slack's word for an upload whose bytes did not arrive, whatever the upload itself was answered."""
WITHIN = 60.0
"""Seconds after which an answer goes on in messages instead."""
COMMENT = "This answer is long: the whole of it is in this file."


class Attachments:
    """Attaches files to threads."""

    def __init__(self, outbox: Outbox, session: aiohttp.ClientSession) -> None:
        self._outbox = outbox
        self._calls = outbox.calls
        self._session = session

    async def attach(self, place: Place, name: Name, text: str, *, doubtful: bool) -> None:
        """Attach a text to a thread, once; ``doubtful`` says that an earlier try may have done so.

        Raises DeliveryError when that is not possible, or not in time.
        """
        filename = f"answer-{name.turn[:12]}-{name.run}.md"
        try:
            async with asyncio.timeout(WITHIN):
                await self._attach(place, filename, text.encode(), doubtful=doubtful)
        except TimeoutError as error:
            raise DeliveryError("timeout") from error

    async def _attach(self, place: Place, filename: str, content: bytes, *, doubtful: bool) -> None:
        patience = self._calls.patience()
        while not (doubtful and await self._is_there(place, filename)):
            try:
                await self._upload(place, filename, content)
                return
            except DeliveryError as error:
                if not (error.unsure or error.code == NO_BYTES) or patience.is_over(error.code):
                    raise
                doubtful = error.unsure
            await patience.rest()

    async def _upload(self, place: Place, filename: str, content: bytes) -> None:
        client = self._calls.client

        async def ask() -> AsyncSlackResponse:
            return await client.files_getUploadURLExternal(filename=filename, length=len(content))

        async def send() -> None:
            async with self._session.post(str(address.get("upload_url") or ""), data=content) as answer:
                answer.raise_for_status()

        async def share() -> AsyncSlackResponse:
            files: list[dict[str, str | None]] = [{"id": str(address.get("file_id") or ""), "title": filename}]
            return await client.files_completeUploadExternal(
                files=files, channel_id=place.channel, thread_ts=place.thread, initial_comment=COMMENT
            )

        address = await self._calls.make(ASK, ask, urgency=Urgency.FINAL)
        if not (address.get("upload_url") and address.get("file_id")):
            raise DeliveryError("no_upload_url")
        await self._calls.make(ASK, send, urgency=Urgency.FINAL)
        await self._calls.make(SHARE, share, urgency=Urgency.FINAL, repeatable=False)

    async def _is_there(self, place: Place, filename: str) -> bool:
        def matches(message: Mapping[str, Any]) -> bool:
            files = message.get("files") or ()
            return any(
                isinstance(file, Mapping) and filename in (file.get("name"), file.get("title")) for file in files
            )

        return await self._outbox.find(place, matches, urgency=Urgency.FINAL) is not None
