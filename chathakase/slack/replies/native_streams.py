"""Slack's three methods for streams, as single calls."""

from collections.abc import Mapping
from typing import Any

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.markdown.plain import plain
from chathakase.slack.replies.held import holds_less
from chathakase.slack.replies.messages import Post
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"


class Streams:
    """Starts, feeds and ends streams in direct messages. Every method raises DeliveryError."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def start(self, post: Post, *, priority: Priority) -> str:
        """Begin a message; returns its ``ts``. An error may be ``unsure``."""
        place = post.place
        body = {"channel": place.channel, "thread_ts": place.thread, "markdown_text": post.page_content.markdown}
        ts = str((await self._call(START, body, priority)).get("ts") or "")
        if not ts:
            # A server that takes everything and knows no streams.
            raise DeliveryError("no_stream")
        return ts

    async def append(self, place: Place, ts: str, markdown: str, *, priority: Priority) -> None:
        """Add to a message. An error may be ``unsure``."""
        await self._call(APPEND, {"channel": place.channel, "ts": ts, "markdown_text": markdown}, priority)

    async def stop(self, post: Post, ts: str, markdown: str, *, priority: Priority) -> bool:
        """Add the last of a message and what stands below it, and end it; returns whether Slack holds the whole of it.

        An error may be ``unsure``.
        """
        body: dict[str, Any] = {"channel": post.place.channel, "ts": ts, "metadata": post.metadata}
        if markdown:
            body["markdown_text"] = markdown
        if footer := post.footer():
            body["blocks"] = footer
        return not holds_less(await self._call(STOP, body, priority), {"text": plain(post.page_content.markdown)})

    async def _call(self, method: str, body: Mapping[str, Any], priority: Priority) -> Mapping[str, Any]:
        return await self._calls.send(method, body, priority=priority, repeatable=False)
