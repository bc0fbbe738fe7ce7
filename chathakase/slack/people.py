"""Who people are, whether they belong to us, and who of them may do everything: ``users.info``.

See https://docs.slack.dev/reference/methods/users.info and https://docs.slack.dev/reference/objects/user-object.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.access_rule import Standing
from chathakase.core.cache import LruCache
from chathakase.core.types import Person
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.lookup import NOTHING_THERE, Lookup, LookupLimits
from chathakase.slack.slack_traits import is_user
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.identity import Identity

USERS_INFO, BOTS_INFO = "users.info", "bots.info"
NAMES = LookupLimits(spare=40)
"""The spare calls are for whoever speaks to us for the first time, however many names are looked up for threads."""
KINDS = LookupLimits(kept_failure=5.0)
LONGEST_NAME = 80
HEARD = 10_000
"""How many people it is remembered of what their messages called them."""
RIGHTS = LookupLimits(kept=60.0, kept_failure=5.0, a_minute=30, outlives=False)
"""They have calls of their own, so that nobody keeps an admin from being known by having others looked up."""

BOTS = ("is_bot", "is_connector_bot", "is_agentforce_bot")
ADMINS = ("is_admin", "is_owner", "is_primary_owner")
GUESTS = ("is_restricted", "is_ultra_restricted")
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


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is, and how they belong to us."""

    person: Person
    standing: Standing | None = None
    """None while Slack has never told."""


MEMBER = Standing()
ELSEWHERE = Standing(is_external=True)
"""Of whom Slack says that nobody is there, or nobody whom we may see."""
NO_SUCH_METHOD = frozenset({"unknown_method", "http_404", "http_405", "http_501"})
"""Codes of servers that tell of nobody, and so know no guests and no other workspaces; Slack never sends them."""


class People:
    """The workspace's people, each asked for once an hour; what they may do, once a minute."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float], *, identity: Identity) -> None:
        """``identity`` tells which workspace is ours."""
        self._client = client
        self._identity = identity
        self._profiles = Lookup(USERS_INFO, self._profile, _nobody, clock, NAMES)
        self._kinds = Lookup(USERS_INFO, self._kind, lambda _: UserKind.UNKNOWN, clock, KINDS)
        self._users = Lookup(BOTS_INFO, self._user, lambda _: "", clock, KINDS)
        self._heard: LruCache[str, tuple[str, ...]] = LruCache(HEARD)
        self._rights = Lookup(USERS_INFO, self._administers, lambda _: False, clock, RIGHTS)

    async def find(self, ids: Collection[str], *, mentioned: Collection[str] = ()) -> Mapping[str, Person]:
        """Look people up, those who are merely ``mentioned`` last; somebody unknown has the id as name.

        What no user id looks like mentions nobody, and is not looked up. Those of whom Slack tells nothing are called
        as their own messages called them. Never raises.
        """
        found = await self._profiles.find(ids, mentioned=[each for each in mentioned if is_user(each)])
        people = {id_: profile.person for id_, profile in found.items()}
        return {id_: person if person.name != id_ else self._as_heard(person) for id_, person in people.items()}

    def expect(self, ids: Collection[str]) -> None:
        """Begin to look people up who will be looked up soon."""
        self._profiles.expect(ids)

    def last_standing(self, user: str) -> Standing | None:
        """What Slack told last; where that is an hour old it is asked again, without waiting for it."""
        standing = self._profiles.told(user).standing
        if standing is not None:
            self._profiles.expect([user])
        return standing

    async def standing(self, user: str, *, within: float) -> Standing | None:
        """The same, but Slack is waited for where it has never told. Never raises."""
        return (await self._profiles.find_urgently(user, within=within)).standing

    def ask_again(self, user: str) -> None:
        """Have Slack asked once more about somebody of whom it could not tell a moment ago."""
        if self._profiles.told(user).standing is None:
            self._profiles.forget_failure(user)

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

    async def _profile(self, user: str) -> Profile:
        try:
            data = await self._ask(user)
        except Exception as error:
            known = self._profiles.told(user)
            if (standing := _without_answer(error, known.standing)) is None:
                raise
            return replace(known, standing=standing)
        return Profile(person_of(user, data), standing_of(data, self._identity))

    async def _administers(self, user: str) -> bool:
        return administers(await self._ask(user), self._identity.team_id)

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


def _nobody(user: str) -> Profile:
    return Profile(Person(user, user))


def _without_answer(error: Exception, known: Standing | None) -> Standing | None:
    """What a failure tells of somebody's standing, if anything; ``known`` is what was told before, if it was."""
    code = failure_of(error).code
    if code in NOTHING_THERE:
        return ELSEWHERE
    # Whoever has told of them once has the method, and a proxy may say otherwise for a while.
    return (known or MEMBER) if code in NO_SUCH_METHOD else None


def standing_of(data: Mapping[str, Any], identity: Identity) -> Standing:
    """How somebody belongs to our workspace.

    ``is_stranger`` says that they belong to another one and share no channel with us that we can see; that other one
    may be of our enterprise all the same.
    """
    is_ours = _is_colleague(data, identity.enterprise_id) or (
        not data.get("is_stranger") and _is_member(data, identity.team_id)
    )
    return Standing(is_guest=any(data.get(flag) for flag in GUESTS), is_external=not is_ours)


def _is_colleague(data: Mapping[str, Any], enterprise: str) -> bool:
    """Whether somebody belongs to an enterprise, in whichever of its workspaces."""
    user = data.get("enterprise_user")
    told = user.get("enterprise_id") if isinstance(user, Mapping) else None
    return bool(enterprise) and enterprise in (told, data.get("team_id"))


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
