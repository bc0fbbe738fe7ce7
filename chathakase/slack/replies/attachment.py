"""Files that the bot shares, once each: answers that are too long for messages, and what people ask to have.

Three steps, see https://docs.slack.dev/messaging/working-with-files: ask for an address, send the bytes there, have
the file shared in a thread or a conversation.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any

import aiohttp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.own_messages import RunId
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.replies.refusals import may_be_about_content
from chathakase.slack.web.client import proxy_of
from chathakase.slack.web.rate_limiter import Priority
from chathakase.slack.web.rate_limits import POST
from chathakase.slack.web.web_addresses import Elsewhere, WebApiAddresses

ASK, SHARE, OPEN = "files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open"
NO_BYTES = "file_not_found"
"""Slack's word for an upload whose bytes did not arrive, whatever the upload itself was answered."""
CLOSED = frozenset({"missing_scope", "unknown_method"})
"""Errors that say that the app may not open direct messages."""
WITHIN = 60.0
"""Seconds after which an answer goes on in messages instead."""
DESCRIBED = 1_000
"""Characters that describe a picture at most (https://docs.slack.dev/reference/methods/files.getUploadURLExternal)."""
COMMENT = "This answer is long; the full text is in this file."
NOTICE = re.compile(r"\n\n(⚠️ [^<>&@!#\n]{1,200})\Z")
"""A word about how an answer ended, which nobody would see at the end of a file; nothing that could mention anybody."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way."""

    place: Place
    """Without a thread: a message of its own."""
    name: str
    content: bytes
    comment: str
    description: str = ""
    """What a picture shows, for screen readers."""
    since: str = ""
    """A ``ts`` before which it was not shared, whatever has its name."""

    def is_in(self, message: Mapping[str, Any]) -> bool:
        """Whether a message that Slack holds has this file."""
        files = message.get("files")
        names = [
            name
            for file in (files if isinstance(files, list) else ())
            if isinstance(file, Mapping)
            for name in (file.get("name"), file.get("title"))
        ]
        return self.name in names and not _is_before(message.get("ts"), self.since)


class Attachments:
    """Attaches files to threads."""

    def __init__(self, outbox: Outbox, session: aiohttp.ClientSession) -> None:
        self._outbox = outbox
        self._calls = outbox.calls
        self._session = session

    def of(self, outbox: Outbox) -> "Attachments":
        """The same through the outbox of one person."""
        return Attachments(outbox, self._session)

    async def attach(self, place: Place, run_id: RunId, text: str, *, doubtful: bool) -> None:
        """Attach an answer to a thread, once; ``doubtful`` says that an earlier try may have done so.

        Raises DeliveryError when that is not possible, or not in time.
        """
        content = text.encode()
        # An earlier try may have shared another text, which was cut short or of which nobody knows any more.
        digest = sha256(content).hexdigest()[:8]
        filename = f"answer-{run_id.turn[:12]}-{run_id.run}-{digest}.md"
        await self.send(Upload(place, filename, content, _comment(text)), doubtful=doubtful)

    async def send(self, upload: Upload, *, doubtful: bool) -> None:
        """Share a file, once; ``doubtful`` says that an earlier try may have done so.

        Raises DeliveryError when that is not possible, or not in time.
        """
        name, comment, description = map(defused, (upload.name, upload.comment, upload.description))
        upload = replace(upload, name=name, comment=comment, description=description)
        try:
            async with asyncio.timeout(WITHIN):
                await self._send(upload, doubtful=doubtful)
        except TimeoutError as error:
            raise DeliveryError("timeout") from error

    async def channel_with(self, user: str, greeting: str) -> str:
        """The direct message with somebody (https://docs.slack.dev/reference/methods/conversations.open).

        Where the app may not ask for it, a greeting is posted there, which Slack opens it for. Raises DeliveryError.
        """
        try:
            answer = await self._calls.send(OPEN, {"users": user}, priority=Priority.ERROR)
            channel = answer.get("channel")
            found = channel.get("id") if isinstance(channel, Mapping) else None
        except DeliveryError as error:
            if error.code not in CLOSED:
                raise
            log.warning("A direct message was opened with a greeting, because %s was refused: %s", OPEN, error)
            body = {"channel": user, "text": defused(greeting)}
            found = (await self._calls.send(POST, body, priority=Priority.ERROR, channel=user)).get("channel")
        if not isinstance(found, str) or not found:
            raise DeliveryError("no_channel")
        return found

    async def _send(self, upload: Upload, *, doubtful: bool) -> None:
        retries = self._calls.retries()
        while not (doubtful and await self._is_there(upload)):
            try:
                await self._upload(upload)
                return
            except DeliveryError as error:
                if not (error.unsure or error.code == NO_BYTES) or retries.are_over_after(error.code):
                    raise
                doubtful = error.unsure
            await retries.pause()

    async def _upload(self, upload: Upload) -> None:
        client = self._calls.client

        async def ask() -> AsyncSlackResponse:
            return await client.files_getUploadURLExternal(
                filename=upload.name, length=len(upload.content), alt_txt=upload.description[:DESCRIBED] or None
            )

        async def send() -> None:
            async with self._session.post(url, data=upload.content, proxy=proxy_of(str(url))) as answer:
                answer.raise_for_status()

        async def share(comment: str) -> AsyncSlackResponse:
            files: list[dict[str, str | None]] = [{"id": str(address.get("file_id") or ""), "title": upload.name}]
            return await client.files_completeUploadExternal(
                files=files,
                channel_id=upload.place.channel,
                thread_ts=upload.place.thread or None,
                initial_comment=comment or None,
            )

        address = await self._calls.make(ASK, ask, priority=Priority.FINAL)
        if not (address.get("upload_url") and address.get("file_id")):
            raise DeliveryError("no_upload_url")
        try:
            url = WebApiAddresses(client.base_url).of_upload(str(address["upload_url"]))
        except Elsewhere as error:
            raise DeliveryError("odd_upload_url") from error
        await self._calls.make(ASK, send, priority=Priority.FINAL)
        try:
            await self._calls.make(SHARE, partial(share, upload.comment), priority=Priority.FINAL, repeatable=False)
        except DeliveryError as error:
            if not upload.comment or error.unsure or not may_be_about_content(error.code):
                raise
            log.warning("A file is shared without its comment, which Slack may have refused (%s)", error)
            await self._calls.make(SHARE, partial(share, ""), priority=Priority.FINAL, repeatable=False)

    async def _is_there(self, upload: Upload) -> bool:
        place = upload.place
        if not place.thread:
            return await self._outbox.find_newest(place.channel, upload.is_in, priority=Priority.FINAL) is not None
        return await self._outbox.find(place, upload.is_in, priority=Priority.FINAL) is not None


def _is_before(ts: object, since: str) -> bool:
    try:
        return bool(since) and float(str(ts)) < float(since)
    except ValueError:
        return False


def _comment(text: str) -> str:
    ended = NOTICE.search(text, max(len(text) - 250, 0))
    return f"{COMMENT}\n\n{ended[1]}" if ended else COMMENT
