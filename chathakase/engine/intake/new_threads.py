"""Starts the threads that people want where there are none yet, from their overview."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from chathakase import log_events
from chathakase.core.access_rule import Decision
from chathakase.core.daily_limits import DailyLimit, LimitLevel, LimitNotice, UsageTotal, Whose, exceeded
from chathakase.core.errors import DeliveryError
from chathakase.core.jobs import Command, Job
from chathakase.core.memory import TitleBy
from chathakase.core.moments import DAY
from chathakase.core.new_chats import (
    BOT_NOT_IN_THERE,
    MAY_NOT_ANSWER_THERE,
    MUTED_THERE,
    NOT_IN_THERE,
    NewChat,
    read_new_chat,
)
from chathakase.core.ports import SessionStore, Surface, TitleStore, UsageStore
from chathakase.core.title_cleaning import title_of
from chathakase.core.types import Incoming, Place
from chathakase.core.wording import fenced, plainly
from chathakase.engine.access.access import Access
from chathakase.engine.access.admission import Admission, Caused
from chathakase.engine.access.limit_notices import LimitNotices
from chathakase.engine.commands import Said, privately
from chathakase.engine.commands.helping import LATER, REFUSALS

STARTED = "I've started it: {}"
NO_WORDS = "A new chat needs some first words."
NOT_SURE = "I couldn't find out whether you are in that channel. Please try again in a minute."
REFUSED: Mapping[Decision, str] = {
    Decision.REFUSED: MAY_NOT_ANSWER_THERE,
    Decision.UNKNOWN: "I couldn't find out who you are. Please try again in a minute.",
    Decision.MUTED: MUTED_THERE,
}
UNDELIVERED: Mapping[str, str] = {
    "not_there": BOT_NOT_IN_THERE,
    "archived": "That channel is archived. Pick another one.",
    "not_allowed": "I may not post in that channel. Pick another one.",
}
YOU_WROTE = "You wrote:"
FAILED = "I couldn't start your chat. Please try again in a minute."

log = logging.getLogger(__name__)


class NotStarted(Exception):
    """Something keeps somebody from starting a thread; its text is what they are told."""


class NewChats:
    """Starts threads: somebody's words are posted for them, and are then their own question there."""

    def __init__(
        self,
        *,
        surface: Surface,
        sessions: SessionStore,
        titles: TitleStore,
        usage: UsageStore,
        access: Access,
        admission: Admission,
        limits: Sequence[DailyLimit],
        limit_notices: LimitNotices,
        waiting: Callable[[Place], int],
        submit: Callable[[Incoming], Awaitable[object]],
        now: Callable[[], int],
    ) -> None:
        """``waiting`` tells how many sessions wait before one at a place, and ``submit`` takes in what people say."""
        self._surface = surface
        self._sessions = sessions
        self._titles = titles
        self._usage = usage
        self._access = access
        self._admission = admission
        self._limits = limits
        self._limit_notices = limit_notices
        self._waiting = waiting
        self._submit = submit
        self._now = now

    async def start(self, job: Job) -> Said | None:
        """Start the thread that a job wants, once however often it is tried; what is said of it. Raises StoreError."""
        if not isinstance(job.task, Command):
            return None
        wanted = read_new_chat(job.task.argument)
        if not wanted.words:
            return privately(NO_WORDS)
        try:
            asked = await self._post(wanted, job)
        except NotStarted as error:
            return _not_started(str(error), wanted)
        except DeliveryError as error:
            log.warning("A chat could not be started: %s", error)
            return _not_started(UNDELIVERED.get(error.code, FAILED), wanted)
        await self._submit(asked)
        await self._name(wanted, asked)
        return privately(STARTED.format(self._named(wanted, asked.place)))

    async def _post(self, wanted: NewChat, job: Job) -> Incoming:
        where, by = job.task.where.beside(wanted.channel), job.task.by
        admit = partial(self._admit, wanted, by)
        return await self._surface.open_thread(where, by, wanted.words, job, admit=admit)

    async def _admit(self, wanted: NewChat, by: str, channel: Place) -> None:
        """See that somebody may ask something in a channel now. Raises NotStarted and StoreError."""
        if refusal := REFUSED.get(await self._access.settle(channel, by)):
            raise NotStarted(refusal)
        if wanted.channel:
            await self._see_that_they_are_in(channel, by)
        cause = Caused(by, channel)
        if why := self._admission.refusal(cause, waiting=self._waiting(channel)):
            raise NotStarted(f"{REFUSALS[why]}{LATER}")
        # It is counted when it is asked.
        self._admission.take_back(cause)
        if self._limits:
            await self._see_that_the_day_has_room(channel, by)

    async def _see_that_they_are_in(self, channel: Place, by: str) -> None:
        try:
            is_in = channel.channel in await self._surface.channels_with(channel, by)
        except DeliveryError as error:
            log.warning("The channels of a person could not be determined: %s", error)
            raise NotStarted(NOT_SURE) from error
        if not is_in:
            raise NotStarted(NOT_IN_THERE)

    async def _see_that_the_day_has_room(self, channel: Place, by: str) -> None:
        """See that one question more is within the limits of the day."""
        used = await self._usage.today(channel, by)
        totals = {whose: used.totals.get(whose, UsageTotal()) for whose in Whose}
        with_it = {whose: replace(total, questions=total.questions + 1) for whose, total in totals.items()}
        limit = None if used.lifted else exceeded(self._limits, with_it)
        if limit is not None:
            notice = LimitNotice(LimitLevel.EXCEEDED, limit, self._now() // DAY)
            raise NotStarted(await self._limit_notices.refusal(notice, channel, by))

    async def _name(self, wanted: NewChat, asked: Incoming) -> None:
        session = await self._sessions.find(asked.place) if wanted.title else None
        if session is not None:
            await self._titles.set_title(session, wanted.title, by=TitleBy.PERSON)
            log_events.session_renamed(session, asked.place, by=asked.author)

    def _named(self, wanted: NewChat, place: Place) -> str:
        name, link = plainly(wanted.title or title_of(wanted.words)), self._surface.link(place, place.thread)
        return f"[{name}]({link})" if link else name


def _not_started(why: str, wanted: NewChat) -> Said:
    """What somebody is told, who gets their words back: the window in which they wrote them is closed."""
    return privately(f"{why}\n\n{YOU_WROTE}\n{fenced(wanted.words)}")
