"""Who people are, and who of them may do everything: ``users.info``.

See https://docs.slack.dev/reference/methods/users.info and https://docs.slack.dev/reference/objects/user-object.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.cache import LruCache
from chathakase.core.types import Person
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.lookup import Lookup, LookupLimits
from chathakase.slack.slack_traits import USER

USERS_INFO, BOTS_INFO = "users.info", "bots.info"
NAMES = LookupLimits()
KINDS = LookupLimits(kept_failure=5.0)
LONGEST_NAME = 80
HEARD = 10_000
"""How many people it is remembered of what their messages called them."""
RIGHTS = LookupLimits(kept=60.0, kept_failure=5.0, a_minute=30, outlives=False)
"""They have calls of their own, so that nobody keeps an admin from being known by having others looked up."""

BOTS = ("is_bot", "is_connector_bot", "is_agentforce_bot")
ADMINS = ("is_admin", "is_owner", "is_primary_owner")
BARRED = (
    "deleted",
    "is_bot",
    "is_workflow_bot",
    "is_stranger",
    "is_restricted",
    "is_ultra_restricted",
    "is_invited_user",
)
"""Who is one of these administers nothing here, whatever else is said of them."""

USER_ID = re.compile(USER)
ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
MOST_OFFSET = 18 * 3600
"""Seconds that a clock may be ahead of UTC, or behind; zones keep well within that."""


class UserKind(StrEnum):
    """What kind of author somebody is."""

    PERSON = "person"
    WORKFLOW = "workflow"
    BOT = "bot"
    UNKNOWN = "unknown"
    """Slack does not tell."""


class People:
    """The workspace's people, each asked for once an hour; what they may do, once a minute."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float], *, team: str) -> None:
        """``team`` is the id of the workspace."""
        self._client = client
        self._team = team
        self._names = Lookup(USERS_INFO, self._person, lambda user: Person(user, user), clock, NAMES)
        self._kinds = Lookup(USERS_INFO, self._kind, lambda _: UserKind.UNKNOWN, clock, KINDS)
        self._users = Lookup(BOTS_INFO, self._user, lambda _: "", clock, KINDS)
        self._heard: LruCache[str, tuple[str, ...]] = LruCache(HEARD)
        self._rights = Lookup(USERS_INFO, self._administers, lambda _: False, clock, RIGHTS)

    async def find(self, ids: Collection[str], *, mentioned: Collection[str] = ()) -> Mapping[str, Person]:
        """Look people up, those who are merely ``mentioned`` last; somebody unknown has the id as name.

        What no user id looks like mentions nobody, and is not looked up. Those of whom Slack tells nothing are called
        as their own messages called them. Never raises.
        """
        found = await self._names.find(ids, mentioned=[each for each in mentioned if USER_ID.fullmatch(each)])
        return {id_: person if person.name != id_ else self._as_heard(person) for id_, person in found.items()}

    def expect(self, ids: Collection[str]) -> None:
        """Begin to look people up who will be looked up soon."""
        self._names.expect(ids)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Remember what a message calls its author, as those of people from other organisations do."""
        user, profile = message.get("user"), message.get("user_profile")
        names = _names_in(profile) if isinstance(profile, Mapping) else ()
        if isinstance(user, str) and names:
            self._heard[user] = tuple(fix_surrogates(name)[:LONGEST_NAME] for name in names)

    def _as_heard(self, person: Person) -> Person:
        names = self._heard.get(person.id)
        return replace(person, name=names[0], called=names) if names else person

    async def kinds(self, users: Collection[str]) -> Mapping[str, UserKind]:
        """What kinds of authors some users are. Never raises."""
        return await self._kinds.find(users)

    async def user_of(self, bot: str) -> str:
        """The user that a bot is, by its ``bot_id``; empty for one that is none, or unknown. Never raises."""
        return (await self._users.find([bot]))[bot]

    async def is_admin(self, user: str) -> bool:
        """Whether somebody administers this workspace, as Slack told within the last minute; else nobody does."""
        return (await self._rights.find([user]))[user]

    async def _person(self, user: str) -> Person:
        return person_of(user, await self._ask(user))

    async def _administers(self, user: str) -> bool:
        return administers(await self._ask(user), self._team)

    async def _kind(self, user: str) -> UserKind:
        return kind_of(await self._ask(user))

    async def _user(self, bot: str) -> str:
        data: Mapping[str, Any] = (await self._client.bots_info(bot=bot))["bot"]
        return str(data.get("user_id") or "")

    async def _ask(self, user: str) -> Mapping[str, Any]:
        data: Mapping[str, Any] = (await self._client.users_info(user=user))["user"]
        return data


def person_of(user: str, data: Mapping[str, Any]) -> Person:
    """What somebody is called, and by which clock they live."""
    names = tuple(dict.fromkeys((*_names_in(data.get("profile") or {}), *_names_in(data))))
    return Person(user, names[0] if names else user, *_zone(data), called=names)


def kind_of(data: Mapping[str, Any]) -> UserKind:
    """What kind of author a user is."""
    if data.get("is_workflow_bot"):
        return UserKind.WORKFLOW
    profile = data.get("profile")
    has_a_bot = isinstance(profile, Mapping) and bool(profile.get("bot_id"))
    return UserKind.BOT if has_a_bot or any(data.get(flag) for flag in BOTS) else UserKind.PERSON


def administers(data: Mapping[str, Any], team: str) -> bool:
    """Whether somebody is an admin or owner, and of this workspace: others come into shared channels with their own."""
    if any(data.get(flag) for flag in BARRED) or not any(data.get(flag) is True for flag in ADMINS):
        return False
    return _is_member(data, team)


def _is_member(data: Mapping[str, Any], team: str) -> bool:
    enterprise = data.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
    if isinstance(teams, list) and team and team in teams:
        return True
    profile = data.get("profile")
    told = {data.get("team_id"), profile.get("team") if isinstance(profile, Mapping) else None} - {None, ""}
    # Slack always tells whose member somebody is. A server that never does has one workspace, of which everybody is.
    return told == {team} if told or enterprise else True


def _names_in(data: Mapping[str, Any]) -> Sequence[str]:
    """What somebody is called, the name first that they chose."""
    names = (data.get(each) for each in ("display_name", "real_name", "name"))
    return [name for name in names if isinstance(name, str) and name.strip()]


def _zone(data: Mapping[str, Any]) -> tuple[str, int]:
    """The name of a time zone, and its present offset; neither where one of them is odd."""
    zone, offset = data.get("tz"), data.get("tz_offset")
    if not isinstance(zone, str) or not ZONE.fullmatch(zone):
        return "", 0
    if type(offset) is not int or abs(offset) > MOST_OFFSET:
        return "", 0
    return zone, offset
