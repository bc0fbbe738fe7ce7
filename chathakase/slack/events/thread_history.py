"""What was said while nobody listened, read from Slack's own history.

Internal apps may read tier 3's fifty calls a minute; others one, of fifteen messages
(https://docs.slack.dev/changelog/2025/05/29/tos-updates). Pages are followed to their end either way.
"""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError
from chathakase.core.types import Incoming, Place, ThreadSnapshot
from chathakase.slack.events.anybody import read_anybody
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.message_changes import TOMBSTONE
from chathakase.slack.fields import Malformed, field, part
from chathakase.slack.own_messages import turn_of
from chathakase.slack.timestamps import TIMESTAMP, microseconds, ts_of
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.identity import Identity
from chathakase.slack.web.rate_limiter import Priority

REPLIES, HISTORY = "conversations.replies", "conversations.history"
PAGE = 200
"""Messages that are asked for at once."""
LONG_PAGE = 1_000
"""As many as Slack gives at once (https://docs.slack.dev/reference/methods/conversations.replies)."""
MOST_PAGES = 20
"""How far one place is read, where nobody waits for it and no time ends it."""
EARLIER_WITHIN = 20.0
"""Seconds for which somebody who asks waits for what was said before."""
HALFWAY = 1_000
"""Of how many threads too long for that it is remembered where the next try begins."""


class Newest:
    """Keeps the newest of many messages, and the first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._first: Incoming | None = None
        self._newest: OrderedDict[str, Incoming] = OrderedDict()
        self._seen: set[str] = set()

    def add(self, incoming: Incoming, turn: str | None) -> None:
        """Add a message; one of the same turn as an earlier one goes on with it, and one that is known is left out."""
        if incoming.ref in self._seen:
            # A thread's first message comes with every page.
            return
        self._seen.add(incoming.ref)
        key = turn or incoming.ref
        if earlier := self._newest.get(key):
            incoming = replace(earlier, text=f"{earlier.text}\n\n{incoming.text}")
        self._newest[key] = incoming
        if len(self._newest) > self._limit:
            _, oldest = self._newest.popitem(last=False)
            self._first = self._first or oldest

    def all(self) -> list[Incoming]:
        """What is kept, oldest first."""
        found = [*([self._first] if self._first else []), *self._newest.values()]
        return sorted(found, key=lambda incoming: incoming.said)


class SlackHistory:
    """Reads threads and channels (a History)."""

    def __init__(self, calls: Calls, identity: Identity, authors: Authors) -> None:
        self._calls = calls
        self._authors = authors
        self._unhurried = calls.of("", at_best=Priority.BACKGROUND)
        """For what nobody waits for."""
        self._identity = identity
        self._halfway: LruCache[Place, int] = LruCache(HALFWAY)
        """The middle of what was read, in threads whose end was not reached in time, in epoch microseconds."""

    async def thread(self, place: Place) -> ThreadSnapshot:
        """What stands in a thread now. Raises DeliveryError.

        Where its first message does not come, not even as a tombstone, Slack may keep old messages to itself, as it
        does beyond a plan's limit (https://slack.com/help/articles/27204752526611): nothing is known to be missing.
        """
        found: dict[str, Mapping[str, Any]] = {}
        whole = False
        where = {"channel": place.channel, "ts": place.thread, "limit": LONG_PAGE}
        async for messages, last in self._pages(self._unhurried, REPLIES, where, most=MOST_PAGES):
            found |= {message["ts"]: message for message in messages if _has_a_time(message)}
            whole = last
        newest = max(map(microseconds, found), default=0)
        return ThreadSnapshot(
            messages=tuple(await self._by_people(found.values(), place.channel)),
            edited={ref: at for ref, message in found.items() if (at := _edited(message))},
            there=frozenset(ref for ref, message in found.items() if message.get("subtype") != TOMBSTONE),
            upto=0 if place.thread not in found else sys.maxsize if whole else newest,
        )

    async def earlier(self, place: Place, *, before: int, limit: int, whose: str = "") -> list[Incoming]:
        """What anybody said in a thread before a time in epoch microseconds, the newest ``limit`` and the very first.

        Oldest first, as context. The pages of one answer of ours are one message. Raises DeliveryError; ``timeout``
        when a thread is so long, or Slack so slow, that nobody would wait for it: without its end, the newest would be
        missing, and nobody would know. The next try begins farther on, so that one of them gets there.
        """
        if before <= microseconds(place.thread):
            return []
        try:
            async with asyncio.timeout(EARLIER_WITHIN):
                return await self._earlier(self._calls.of(whose), place, before, limit)
        except TimeoutError as error:
            raise DeliveryError("timeout", passes=True) from error

    async def _earlier(self, calls: Calls, place: Place, before: int, limit: int) -> list[Incoming]:
        found, read = Newest(limit), set[int]()
        try:
            async for message in self._backwards(calls, place, before):
                self._add_earlier(found, {**message, "channel": place.channel}, before)
                read |= {microseconds(message["ts"])} if _has_a_time(message) else set()
        except asyncio.CancelledError:
            self._go_on_from(place, read)
            raise
        self._halfway.pop(place, None)
        return found.all()

    async def _backwards(self, calls: Calls, place: Place, before: int) -> AsyncIterator[Mapping[str, Any]]:
        """The messages of a thread; behind its first, only from where the last try came halfway."""
        where = {"channel": place.channel, "ts": place.thread}
        arguments = {**where, "latest": ts_of(before), "include_all_metadata": "true"}
        if (halfway := self._halfway.get(place)) is not None:
            async for message in self._messages(calls, REPLIES, {**arguments, "limit": 1}, most=1):
                yield message
            arguments["oldest"] = ts_of(halfway)
        # Slack begins with the oldest: the only way to the newest is through all of them, and time alone ends it.
        pages = {**arguments, "limit": LONG_PAGE}
        async for message in self._messages(calls, REPLIES, pages, most=sys.maxsize):
            yield message

    def _add_earlier(self, found: Newest, message: Mapping[str, Any], before: int) -> None:
        try:
            incoming = read_anybody(message, self._identity)
        except Malformed:
            return
        if incoming is not None and incoming.said < before:
            found.add(incoming, turn_of(message) if incoming.ours else None)

    def _go_on_from(self, place: Place, read: Collection[int]) -> None:
        """Remember where to begin next time: not at the end of what was read, so that enough is read again."""
        if read:
            self._halfway[place] = sorted(read)[len(read) // 2]

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:
        """What opens sessions and was said in a place's channel since then, oldest first. Raises DeliveryError."""
        arguments = {"channel": place.channel, "oldest": ts_of(since), "limit": PAGE}
        messages = [message async for message in self._messages(self._unhurried, HISTORY, arguments, most=MOST_PAGES)]
        said = await self._by_people(messages, place.channel)
        return [incoming for incoming in said if incoming.opens and incoming.said > since]

    async def _by_people(self, messages: Iterable[Mapping[str, Any]], channel: str) -> list[Incoming]:
        """What people say with messages of a channel, and whoever else may ask, oldest first."""
        found = []
        for message in messages:
            try:
                event = {**message, "type": "message", "channel": channel}
                incoming = await self._authors.read(event, live=False)
            except Malformed:
                continue
            if incoming is not None and (incoming.asks or not incoming.name):
                found.append(incoming)
        return sorted(found, key=lambda incoming: incoming.said)

    async def _messages(
        self, calls: Calls, method: str, arguments: Mapping[str, Any], *, most: int
    ) -> AsyncIterator[Mapping[str, Any]]:
        async for messages, _ in self._pages(calls, method, arguments, most=most):
            for message in messages:
                yield message

    async def _pages(
        self, calls: Calls, method: str, arguments: Mapping[str, Any], *, most: int
    ) -> AsyncIterator[tuple[Sequence[Mapping[str, Any]], bool]]:
        """Messages page by page, at most so many pages, and whether the page is the last there is."""
        cursor: object = ""
        for _ in range(most):
            answer = await self._page(calls, method, {**arguments, "cursor": cursor} if cursor else arguments)
            messages, metadata = answer.get("messages"), answer.get("response_metadata")
            cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
            page = messages if isinstance(messages, list) else []
            last = not cursor and not answer.get("has_more")
            yield await self._authors.known([each for each in page if isinstance(each, Mapping)]), last
            if not cursor or not isinstance(cursor, str):
                return

    async def _page(self, calls: Calls, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        async def attempt() -> Mapping[str, Any]:
            # These two methods take no JSON (https://docs.slack.dev/apis/web-api).
            answer = (await calls.client.api_call(method, http_verb="GET", params=dict(arguments))).data
            return answer if isinstance(answer, dict) else {}

        return await calls.make(method, attempt, priority=Priority.ERROR)


def _has_a_time(message: Mapping[str, Any]) -> bool:
    ts = message.get("ts")
    return isinstance(ts, str) and TIMESTAMP.fullmatch(ts) is not None


def _edited(message: Mapping[str, Any]) -> int:
    """When somebody edited a message, in epoch microseconds; 0: nobody did. A preview of a link is no edit."""
    try:
        return microseconds(field(part(message, "edited"), "ts", TIMESTAMP))
    except Malformed:
        return 0
