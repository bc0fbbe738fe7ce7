"""Who people are: ``users.info`` (https://docs.slack.dev/reference/methods/users.info)."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.types import Person
from chathakase.slack.lookup import Lookup

ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
MOST_OFFSET = 18 * 3600
"""Seconds that a clock may be ahead of UTC, or behind; zones keep well within that."""


class People:
    """The workspace's people, each asked for once an hour."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._lookup = Lookup("users.info", self._ask, lambda user: Person(user, user), clock)

    async def find(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Look people up; somebody unknown has the id as name and is no admin. Never raises."""
        return await self._lookup.find(ids)

    async def _ask(self, user: str) -> Person:
        answer = await self._client.users_info(user=user)
        return _person(user, answer["user"])


def _person(user: str, data: Mapping[str, Any]) -> Person:
    profile = data.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), data.get("real_name"), data.get("name"))
    name = next((name for name in names if isinstance(name, str) and name.strip()), user)
    zone, offset = _zone(data)
    return Person(user, name, bool(data.get("is_admin") or data.get("is_owner")), zone, offset)


def _zone(data: Mapping[str, Any]) -> tuple[str, int]:
    """The name of a time zone, and its present offset; neither where one of them is odd."""
    zone, offset = data.get("tz"), data.get("tz_offset")
    if not isinstance(zone, str) or not ZONE.fullmatch(zone):
        return "", 0
    if type(offset) is not int or abs(offset) > MOST_OFFSET:
        return "", 0
    return zone, offset
