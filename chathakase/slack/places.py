"""What channels are called, and who is where.

Methods: https://docs.slack.dev/reference/methods/conversations.info and
https://docs.slack.dev/reference/methods/users.conversations.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place, Where
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.direct import is_direct, is_direct_message
from chathakase.slack.lookup import NOTHING_THERE, Lookup, LookupLimits
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority

INFO, MEMBERSHIPS = "conversations.info", "users.conversations"
TYPES = "public_channel,private_channel,mpim,im"
PAGE = 200
MOST_PAGES = 50
WITHIN = 10.0
"""Seconds for which people wait to be told where they are; they are told of their direct messages then."""
NOWHERE = Where("")
CHANNELS = LookupLimits(a_minute=50)


class Places:
    """Knows channels as far as Slack tells of them."""

    def __init__(self, calls: Calls, clock: Callable[[], float]) -> None:
        self._calls = calls
        self._lookup = Lookup(INFO, self._ask, lambda _: NOWHERE, clock, CHANNELS)

    async def find(self, place: Place) -> Where:
        """What a place is called; what cannot be found out is empty. Never raises."""
        if is_direct(place.channel):
            return Where("", direct=True)
        return (await self._lookup.find([place.channel]))[place.channel]

    def expect(self, place: Place) -> None:
        """Begin to find out what a place is called that will be looked up soon."""
        if not is_direct(place.channel):
            self._lookup.expect([place.channel])

    async def channels_with(self, user: str) -> frozenset[str]:
        """The channels in which somebody is, and of those that are not public the bot as well. Raises DeliveryError."""
        # Asked again each time: whoever has left a channel must find nothing of it any more.
        try:
            async with asyncio.timeout(WITHIN):
                return await self._memberships(user)
        except TimeoutError as error:
            raise DeliveryError("timeout", passes=True) from error

    async def _memberships(self, user: str) -> frozenset[str]:
        found: set[str] = set()
        cursor: object = ""
        for _ in range(MOST_PAGES):
            answer = await self._page(user, cursor if isinstance(cursor, str) else "")
            channels, metadata = answer.get("channels"), answer.get("response_metadata")
            found.update(
                str(channel.get("id"))
                for channel in (channels if isinstance(channels, list) else ())
                if isinstance(channel, Mapping)
            )
            cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
            if not cursor:
                break
        return frozenset(found)

    async def has_bot(self, channel: str) -> bool:
        """Whether the bot is in a channel, as Slack tells now. Raises DeliveryError."""
        try:
            answer = await self._calls.client.conversations_info(channel=channel)
        except Exception as error:
            failure = failure_of(error)
            if failure.code in NOTHING_THERE:
                # Of private channels, those alone are told of.
                return False
            raise DeliveryError(failure.code, passes=failure.passes) from error
        found = answer.get("channel")
        return bool(found.get("is_member")) if isinstance(found, Mapping) else False

    async def _ask(self, channel: str) -> Where:
        answer = await self._calls.client.conversations_info(channel=channel)
        return _where(answer["channel"])

    async def _page(self, user: str, cursor: str) -> Mapping[str, Any]:
        async def attempt() -> Mapping[str, Any]:
            answer = await self._calls.client.users_conversations(
                user=user, types=TYPES, exclude_archived=False, limit=PAGE, cursor=cursor or None
            )
            return answer.data if isinstance(answer.data, dict) else {}

        return await self._calls.of(user).make(MEMBERSHIPS, attempt, priority=Priority.ERROR)


def _where(channel: Mapping[str, Any]) -> Where:
    if is_direct_message(channel):
        return Where("", direct=True)
    # A group message is named after its members, for no eyes.
    name = "" if channel.get("is_mpim") else channel.get("name")
    topic = channel.get("topic")
    value = topic.get("value") if isinstance(topic, Mapping) else ""
    return Where(_text(name), _text(value))


def _text(value: object) -> str:
    return fix_surrogates(value) if isinstance(value, str) else ""
