"""What was said while nobody listened, read from Slack's own history.

Internal apps may read tier 3's fifty calls a minute; others one, of fifteen messages
(https://docs.slack.dev/changelog/2025/05/29/tos-updates). Pages are followed to their end either way.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from chathakase.core.types import Incoming, Place
from chathakase.slack.connection.identity import Identity
from chathakase.slack.delivery.calls import Calls
from chathakase.slack.delivery.pace import Urgency
from chathakase.slack.inward.events import read_event
from chathakase.slack.inward.fields import Malformed

PAGE = 200
"""Messages that are asked for at once."""
MOST_PAGES = 20
"""How far one place is read."""


class SlackPast:
    """Reads threads and channels (a Past)."""

    def __init__(self, calls: Calls, identity: Identity) -> None:
        self._calls = calls
        self._identity = identity

    async def thread(self, place: Place, *, since: int) -> list[Incoming]:
        """What people said in a thread since a time in epoch microseconds, oldest first. Raises DeliveryError."""
        where = {"channel": place.channel, "ts": place.thread}
        return await self._read("conversations.replies", where, since)

    async def channel(self, channel: str, *, since: int) -> list[Incoming]:
        """What opens sessions and was said in a channel since then, oldest first. Raises DeliveryError."""
        messages = await self._read("conversations.history", {"channel": channel}, since)
        return [incoming for incoming in messages if incoming.opens]

    async def _read(self, method: str, where: Mapping[str, str], since: int) -> list[Incoming]:
        oldest = f"{since // 1_000_000}.{since % 1_000_000:06d}"
        found = []
        async for message in self._messages(method, {**where, "oldest": oldest, "limit": PAGE}):
            try:
                incoming = read_event({**message, "type": "message", "channel": where["channel"]}, self._identity)
            except Malformed:
                continue
            # A thread's first message comes with every page, however old it is.
            if incoming is not None and incoming.said > since:
                found.append(incoming)
        return sorted(found, key=lambda incoming: incoming.said)

    async def _messages(self, method: str, arguments: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
        cursor: object = ""
        for _ in range(MOST_PAGES):
            answer = await self._page(method, {**arguments, "cursor": cursor} if cursor else arguments)
            messages, metadata = answer.get("messages"), answer.get("response_metadata")
            for message in messages if isinstance(messages, list) else ():
                if isinstance(message, Mapping):
                    yield message
            cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
            if not cursor or not isinstance(cursor, str):
                return

    async def _page(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        async def attempt() -> Mapping[str, Any]:
            # These two methods take no JSON (https://docs.slack.dev/apis/web-api).
            answer = (await self._calls.client.api_call(method, http_verb="GET", params=dict(arguments))).data
            return answer if isinstance(answer, dict) else {}

        return await self._calls.make(method, attempt, urgency=Urgency.ERROR)
