"""Who stands behind what apps post: a person, a workflow, or a bot.

Slack stamps whatever comes through its API with the app's ``bot_id``, also what a person posts by an app of theirs with
their own token; then ``user`` is that person (anneschuth/claude-threads#526). Of a bot ``users.info`` tells that it is
one, and of Workflow Builder's ``is_workflow_bot``. What nobody of its own posts, a webhook's or a workflow's message,
has no ``user`` at all.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from chathakase.core.cache import LruCache
from chathakase.core.types import Incoming, SaidTo
from chathakase.slack.direct import is_said_directly
from chathakase.slack.events.anybody import is_a_bots, is_ours, read_anybody, read_bot
from chathakase.slack.events.message_events import SLACKBOT, SPOKEN, read_event
from chathakase.slack.events.slack_text import mentions
from chathakase.slack.fields import ID, field, part, words
from chathakase.slack.people import People, UserKind
from chathakase.slack.web.identity import Identity

HOUR = 3600.0
MOST_BY_A_WORKFLOW = 10
"""Mentions of one workflow that are answered within an hour: it may be set off by an answer."""
MOST_BY_AN_APP = 60
"""The same of one person's questions that an app posts for them."""
REMEMBERED = 1_000
"""Of how many authors that is counted."""

INNER = ("message", "previous_message")
"""Where an event of a change has the versions of its message."""
WHY = {
    UserKind.WORKFLOW: "Workflow Builder posted it, and CHATHAKASE_ANSWER_WORKFLOWS is off",
    UserKind.BOT: "another app posted it",
    UserKind.PERSON: "an app posted it under a name of its own",
    UserKind.UNKNOWN: "an app posted it, and Slack does not say whether for a person",
}
"""Why a mention by somebody is not answered."""
OFTEN = "an app posted it, and has posted too many within the hour"

log = logging.getLogger(__name__)


class Authors:
    """Tells who stands behind messages."""

    def __init__(
        self, identity: Identity, people: People, clock: Callable[[], float], *, workflows: bool = False
    ) -> None:
        """``workflows``: whether mentions by Workflow Builder are answered; ``clock`` tells seconds."""
        self._identity = identity
        self._people = people
        self._clock = clock
        self._workflows = workflows
        self._answered: LruCache[str, OrderedDict[tuple[str, str], float]] = LruCache(REMEMBERED)

    async def read(self, event: Mapping[str, Any], *, live: bool = True) -> Incoming | None:
        """What somebody says with an event; None if nobody does. Raises Malformed.

        A mention that is not answered on purpose is told in the log, with the reason, where it is a ``live`` one.
        """
        by_an_app = _is_an_apps(event) and not is_ours(event, self._identity)
        (event,) = await self.known([event])
        if (said := read_event(event, self._identity)) is not None:
            return self._within(said, MOST_BY_AN_APP) if by_an_app else said
        return await self._of_an_app(event, live) if by_an_app else None

    async def known(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Messages as whoever stands behind them wrote them: those that an app posted for a person are the person's.

        The former versions of changed messages as well. What they tell of their authors is remembered.
        """
        versions = [*messages, *chain.from_iterable(_inner(each).values() for each in messages)]
        for each in versions:
            self._people.hear(each)
        doubtful = {words(each, "user") for each in versions if self._is_doubtful(each)}
        if not doubtful:
            return messages
        kinds = await self._people.kinds(doubtful)
        persons = {user for user, kind in kinds.items() if kind is UserKind.PERSON}
        return [self._in_person(each, persons) for each in messages]

    async def _of_an_app(self, event: Mapping[str, Any], live: bool) -> Incoming | None:
        """What an app says: a workflow's question, or context, or nothing. Raises Malformed."""
        if not self._is_addressed(event):
            return read_bot(event, self._identity)
        kind = await self._kind(event)
        said = read_anybody(event, self._identity) if kind is UserKind.WORKFLOW and self._workflows else None
        if said is None:
            level = logging.INFO if live else logging.DEBUG
            log.log(level, "A mention in %s is not answered: %s", field(event, "channel", ID), WHY[kind])
            return read_bot(event, self._identity)
        return self._within(replace(said, opens=True, asks=True, said_to=SaidTo.BOT), MOST_BY_A_WORKFLOW)

    async def _kind(self, event: Mapping[str, Any]) -> UserKind:
        """What kind of author an app is that is no person's."""
        if not self._identity.bot_id or event.get("user") == SLACKBOT:
            # It could be ourselves; and Slack itself reminds people of what they said, of which it tells no author.
            return UserKind.BOT
        if part(event, "bot_profile").get("is_workflow_bot") or event.get("workflow_id"):
            return UserKind.WORKFLOW
        user, bot = words(event, "user"), words(event, "bot_id")
        if not user and self._workflows and ID.fullmatch(bot):
            user = await self._people.user_of(bot)
            if not user:
                return UserKind.WORKFLOW
        if not ID.fullmatch(user):
            return UserKind.BOT
        return (await self._people.kinds([user]))[user]

    def _within(self, said: Incoming, most: int) -> Incoming:
        """What an app says as a question, unless there were so many of it lately."""
        if not said.asks or self._may_ask(said, most):
            return said
        log.info("A question in %s is not answered: %s", said.place.name, OFTEN)
        return replace(said, asks=False)

    def _may_ask(self, said: Incoming, most: int) -> bool:
        """Whether an author has asked less often than that within the hour; twins and later versions count as one."""
        now, key = self._clock(), (said.place.channel, said.ref)
        asked = self._answered.setdefault(said.author, OrderedDict())
        while asked and next(iter(asked.values())) <= now - HOUR:
            asked.popitem(last=False)
        if key not in asked and len(asked) < most:
            asked[key] = now
        return key in asked

    def _is_doubtful(self, message: Mapping[str, Any]) -> bool:
        """Whether an app posted a message that would matter if a person stood behind it."""
        user = words(message, "user")
        if not message.get("bot_id") or message.get("subtype") not in SPOKEN or user == SLACKBOT:
            return False
        matters = bool(message.get("thread_ts")) or self._is_addressed(message)
        return matters and ID.fullmatch(user) is not None and not is_ours(message, self._identity)

    def _is_addressed(self, message: Mapping[str, Any]) -> bool:
        """Whether a message would be for us if a person had written it."""
        mentioned = message.get("type") == "app_mention" or mentions(words(message, "text"), self._identity.user_id)
        return mentioned or is_said_directly(message)

    def _in_person(self, message: Mapping[str, Any], persons: set[str]) -> Mapping[str, Any]:
        """A message without the marks of the app that posted it, and so what it was or is."""
        changed: dict[str, object] = {name: self._in_person(each, persons) for name, each in _inner(message).items()}
        if message.get("user") in persons and self._is_doubtful(message):
            # What is attached is still known to come from an app.
            changed |= {"bot_id": None, "app_id": message.get("app_id") or message["bot_id"]}
        return {**message, **changed}


def _is_an_apps(event: Mapping[str, Any]) -> bool:
    """Whether an app posted a message, or Slack's own bot, which is none."""
    return is_a_bots(event) or (event.get("user") == SLACKBOT and event.get("subtype") in SPOKEN)


def _inner(event: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The versions of a message of whose change an event tells."""
    return {name: {**part(event, name), "channel": event.get("channel")} for name in INNER if part(event, name)}
