"""Who people are: ``users.info``, asked once an hour for each of them."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.types import Person
from chathakase.slack.connection.trouble import trouble_of

KEPT = 3600.0
"""Seconds for which an answer is believed."""
KEPT_FAILURE = 60.0
"""Seconds until somebody who could not be looked up is tried again."""
PATIENCE = 3.0
"""Seconds to wait for Slack; a reply goes on without a name rather than late."""
MOST = 10_000
"""How many people are remembered at once."""

NOBODY = (0.0, Person("", ""))

log = logging.getLogger(__name__)


class People:
    """A cache of the workspace's people."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[float, Person]] = {}

    async def find(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Look people up; somebody unknown has the id as name and is no admin."""
        now = self._clock()
        stale = [user for user in ids if self._known.get(user, NOBODY)[0] < now]
        if stale:
            await asyncio.gather(*map(self._ask, stale))
        return {user: self._known.get(user, (0.0, Person(user, user)))[1] for user in ids}

    async def _ask(self, user: str) -> None:
        _, person = self._known.get(user, NOBODY)
        kept = KEPT
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=user)
            person = _person(user, answer["user"])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a name, the answer goes on without it
            log.warning("users.info did not tell who %s is: %s", user, trouble_of(error).code)
            person, kept = (person if person.id else Person(user, user)), KEPT_FAILURE
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[user] = (self._clock() + kept, person)


def _person(user: str, data: Mapping[str, Any]) -> Person:
    profile = data.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), data.get("real_name"), data.get("name"))
    name = next((name for name in names if isinstance(name, str) and name.strip()), user)
    return Person(user, name, bool(data.get("is_admin") or data.get("is_owner")))
