"""The one place that says whether somebody may talk to the bot: messages, buttons, edits and jobs all ask here."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from chathakase.core.access_rule import OPEN, AccessRule, Decision, Standing
from chathakase.core.jobs import DEFERRED, MAY_NOT, MUTED, TURNED_AWAY, WHO_ARE_YOU, Command, Job
from chathakase.core.ports import SessionStore, Surface
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import Incoming, Place, UserKey
from chathakase.engine.access.admission import Cause
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.access.rights import Rights
from chathakase.engine.access.told_lately import ToldLately

AccessRules = Mapping[str, AccessRule]
"""By the name of the surface; on one without, everybody may."""

AT_ONCE = 1.0
"""Seconds for which what somebody says is held up to learn who they are, before it is stored to wait for that."""
PATIENCE = 30.0
"""Seconds after which somebody is refused of whom the surface has never told who they are."""
ASKING = RetryPolicy(first_wait=1.0, factor=2.0, longest_wait=8.0)
"""How it is asked again meanwhile."""

HOUR = 3600.0

WORDS = {Decision.REFUSED: MAY_NOT, Decision.UNKNOWN: WHO_ARE_YOU, Decision.MUTED: MUTED}
"""What tells of a decision by which somebody is turned away."""

UNASKED = TURNED_AWAY | DEFERRED
"""Jobs that may be done for everybody: they tell of a decision, or wait for one."""


class Access:
    """Knows who may, from memory wherever that tells."""

    def __init__(
        self,
        surface: Surface,
        sessions: SessionStore,
        rules: AccessRules,
        rights: Rights,
        muted: MutedChannels,
        clock: Callable[[], float],
    ) -> None:
        """``clock`` tells seconds."""
        self._surface = surface
        self._sessions = sessions
        self._rules = rules
        self._rights = rights
        self._muted = muted
        self._clock = clock
        self._told = ToldLately[tuple[UserKey, str]](HOUR, clock)

    def decision(self, place: Place, user: str) -> Decision:
        """Whether somebody may talk to the bot at a place, as far as is known; nobody is waited for."""
        return Decision.MUTED if place in self._muted else self._by_rule(place, user)

    def _by_rule(self, place: Place, user: str) -> Decision:
        rule, channel = self._rules.get(place.surface, OPEN), self._channel(place)
        if (by_name := rule.by_name(user, channel)) is not Decision.UNKNOWN:
            return by_name
        return rule.decision(user, channel, self._surface.last_standing(place, user))

    def decision_on(self, incoming: Incoming) -> Decision:
        """Whether a message may ask or open something; what does neither may be said by anybody.

        What no person says has no standing: with a list of people, it is not on it.
        """
        if not (incoming.asks or incoming.opens):
            return Decision.ALLOWED
        if incoming.name and incoming.place not in self._muted:
            rule = self._rules.get(incoming.place.surface, OPEN)
            return rule.decision(incoming.author, self._channel(incoming.place), Standing())
        return self.decision(incoming.place, incoming.author)

    async def decision_on_command(self, place: Place, user: str) -> Decision:
        """The same of a command: in a muted channel, those of admins are done as elsewhere."""
        if place in self._muted and await self._rights.is_admin(place, user):
            return self._by_rule(place, user)
        return self.decision(place, user)

    async def learn_of(self, incoming: Incoming, *, waited: float = 0.0) -> None:
        """Find out in a moment who says something for the first time, where that matters. Raises StoreError.

        It has ``waited`` so many seconds of that moment already. Of those who talk in threads that are none of ours
        nobody is asked about.
        """
        if self.decision_on(incoming) is Decision.UNKNOWN and await self._concerns_us(incoming):
            await self._surface.standing(incoming.place, incoming.author, within=max(AT_ONCE - waited, 0.0))

    async def settle(self, place: Place, user: str) -> Decision:
        """The same as ``decision``, but it is waited for; after a while it stays unknown, and is a refusal."""
        return Decision.MUTED if place in self._muted else await self._settle_by_rule(place, user)

    async def _settle_command(self, place: Place, user: str) -> Decision:
        if place in self._muted and not await self._rights.is_admin(place, user):
            return Decision.MUTED
        return await self._settle_by_rule(place, user)

    async def _settle_by_rule(self, place: Place, user: str) -> Decision:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._learn(place, user)
        return self._by_rule(place, user)

    async def why_no_more(self, place: Place, user: str) -> str | None:
        """What is told to somebody who may not any more, but might when they asked; while nobody can tell, that counts.

        None while they may.
        """
        if self.decision(place, user) is Decision.UNKNOWN:
            await self._surface.standing(place, user, within=AT_ONCE)
        decision = self.decision(place, user)
        return None if decision is Decision.UNKNOWN else WORDS.get(decision)

    async def _learn(self, place: Place, user: str) -> None:
        retries = ASKING.begin(self._clock)
        while self._by_rule(place, user) is Decision.UNKNOWN:
            self._surface.ask_again(place, user)
            if await self._surface.standing(place, user, within=PATIENCE) is None:
                await asyncio.sleep(retries.next_wait())

    async def admit(self, job: Job) -> Job | None:
        """A job, if whoever wants it may; else one that tells them that they may not, or None if they were told.

        If it is not known who they are, that is waited for. In a muted channel, admins may.
        """
        task = job.task
        if isinstance(task, Command) and task.name in UNASKED:
            return job
        if (decision := await self._settle_command(task.where, task.by)) is Decision.ALLOWED:
            return job
        tells = self._told.tells(self._reader(task.where, task.by))
        return replace(job, task=Command(task.where, task.ref, task.by, WORDS[decision])) if tells else None

    def telling(self, cause: Cause) -> AbstractContextManager[bool]:
        """Whether somebody is to be told in the block that they may not; not again for an hour, unless it fails."""
        return self._told.telling(self._reader(cause.place, cause.author))

    def _reader(self, place: Place, user: str) -> tuple[UserKey, str]:
        """Who is told, and of which channel, if it is muted."""
        return place.user_key(user), place.channel if place in self._muted else ""

    def _channel(self, place: Place) -> str:
        return "" if self._surface.is_direct(place) else place.channel

    async def _concerns_us(self, incoming: Incoming) -> bool:
        if incoming.opens:
            return True
        return incoming.place.thread != incoming.ref and await self._sessions.find(incoming.place) is not None
