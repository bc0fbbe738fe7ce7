"""What is said, in memory."""

from collections.abc import Collection, Mapping

from chathakase.core.audit import AuditEvent
from chathakase.core.jobs import Job
from chathakase.core.memory import Change, ChangeEffect, QuestionState, Scope, TitleBy
from chathakase.core.ports import ChangeStore, ForgetStore, SessionStore
from chathakase.core.types import (
    Appended,
    Incoming,
    Place,
    Role,
    Roster,
    SaidTo,
    Saved,
    Session,
    SessionId,
    SessionInfo,
    SessionsPage,
)
from tests.doubles.jobs import enqueue
from tests.doubles.records import SPOKEN, MessageRecord, Records, SessionRecord, record_of
from tests.doubles.turn_store_double import take


class SessionsInMemory(SessionStore):
    """Remembers what is said."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def append(
        self, incoming: Incoming, *, role: Role = Role.USER, job: Job | None = None, claim: bool = False
    ) -> Saved:
        await self._records.trips.make("sessions.append")
        session = self._records.at(incoming.place)
        if session is None and not incoming.opens:
            return Saved(Appended.NO_SESSION_YET)
        if session is None:
            session = self._records.open(incoming.place, backfilled=incoming.place.thread == incoming.ref)
        known = session.find(incoming.ref)
        if known is not None and not _is_taken_up(known, incoming, role):
            return Saved(self._complete(known, incoming), session.id)
        if job is not None and enqueue(self._records, job, session.id) is None:
            return Saved(Appended.KNOWN, session.id)
        asks = incoming.asks and job is None
        appended = self._add(session, incoming, known, role=role, asks=asks)
        claims = claim and asks and appended is Appended.NEW
        return Saved(appended, session.id, take(self._records, session) if claims else None)

    def _add(
        self, session: SessionRecord, incoming: Incoming, known: MessageRecord | None, *, role: Role, asks: bool
    ) -> Appended:
        asks = asks and (incoming.opens or not _opened_later(session, incoming))
        to_us = incoming.opens or incoming.said_to is SaidTo.BOT
        declined = asks and not to_us and session.among_people(incoming.said, incoming.author)
        refused = asks and not declined and not self._records.meter.admit(incoming.place, incoming.author, incoming.ref)
        session.seq += 1
        session.active, session.archived_by = self._records.now(), ""
        if (asks and not declined) or (session.seq == 1 and role is Role.USER):
            session.owner = session.owner or incoming.author
        asks = asks and not refused
        if asks and not declined:
            session.asked = session.seq
        if any(each.said >= incoming.said for each in session.messages):
            session.invalidate(incoming.said)
        record = record_of(incoming, session.seq, role=role, asks=asks and not declined)
        if known is not None:
            session.messages.remove(known)
        session.messages.append(record)
        self._records.add_files(record, incoming.files)
        if role is Role.USER and session.title_by is None:
            session.retitle(session.seq)
        return Appended.AMONG_PEOPLE if declined else Appended.REFUSED if refused else Appended.NEW

    def _complete(self, known: MessageRecord, incoming: Incoming) -> Appended:
        may = known.role is Role.USER and not known.changed
        return Appended.COMPLETED if may and self._records.add_files(known, incoming.files) else Appended.KNOWN

    async def is_among_people(self, incoming: Incoming) -> bool:
        await self._records.trips.make("sessions.is_among_people")
        session = self._records.at(incoming.place)
        return session is not None and session.among_people(incoming.said, incoming.author)

    async def is_behind_somebody(self, incoming: Incoming, *, answered: int = 0) -> bool:
        await self._records.trips.make("sessions.is_behind_somebody")
        session = self._records.at(incoming.place)
        return session is not None and session.is_behind_somebody(incoming.said, incoming.author, answered)

    async def find(self, place: Place) -> SessionId | None:
        await self._records.trips.make("sessions.find")
        session = self._records.at(place)
        return session.id if session else None

    async def opened(self, places: Collection[Place]) -> Mapping[Place, SessionId]:
        await self._records.trips.make("sessions.opened")
        return {each.place: each.id for each in self._records.sessions if each.place in places}

    async def newest_threads(self, place: Place, *, busy: bool, limit: int) -> list[Place]:
        await self._records.trips.make("sessions.newest_threads")
        here = [
            each
            for each in self._records.sessions
            if each.place.beside(each.place.channel, "") == place.beside(place.channel)
        ]
        spoken = [
            (each.spoken(Role.USER)[-1].said, each.place)
            for each in here
            if each.spoken(Role.USER) and (not busy or each.waits or self._records.is_held(each))
        ]
        return [place for _, place in sorted(spoken, key=lambda each: each[0], reverse=True)[:limit]]

    async def people(self, place: Place) -> frozenset[str]:
        await self._records.trips.make("sessions.people")
        session = self._records.at(place)
        return frozenset(session.people()) if session else frozenset()

    async def roster(self, session: SessionId) -> Roster:
        await self._records.trips.make("sessions.roster")
        record = self._records.session(session)
        return Roster(record.owner, frozenset(record.people()), record.backfilled) if record else Roster()

    async def move(self, session: SessionId, place: Place | None) -> bool:
        raise NotImplementedError

    async def info(self, session: SessionId) -> SessionInfo | None:
        raise NotImplementedError

    async def active(self, place: Place, *, limit: int) -> SessionsPage:
        raise NotImplementedError


def _is_taken_up(known: MessageRecord, incoming: Incoming, role: Role) -> bool:
    """Whether a bare mention, which is a command, is a question with the files that only its twin brings."""
    return known.role is Role.COMMAND and role is Role.USER and incoming.opens and bool(incoming.files)


def _opened_later(session: SessionRecord, incoming: Incoming) -> bool:
    """Whether something was said before the session was opened, and so among people."""
    return incoming.said < min((each.said for each in session.messages if each.seq > 0), default=incoming.said)


class ChangesInMemory(ChangeStore):
    """Follows what people change, of messages that stay what they are: questions, context or commands."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def change(
        self, change: Change, *, is_command: bool = False, calls: bool = False, may_ask: bool = True
    ) -> ChangeEffect | None:
        await self._records.trips.make("changes.change")
        session, now = self._records.at(change.place), change.now
        record = session.find(change.ref) if session else None
        if not change.place.thread or (session and session.answers(change.ref)):
            raise NotImplementedError
        if session and record is None and now is None:
            session.messages.append(MessageRecord(Role.CLEARED, "", "", change.ref, change.at, session.lowest - 1))
        if session is None or record is None or record.role not in (Role.USER, Role.COMMAND):
            return None
        if now is None:
            effect = _effect(session, record)
            forget(session, [record])
            return effect
        asks_only_now = calls and not record.asks and record.role is Role.USER
        if change.at <= record.changed or not (_is_new(record, now) or asks_only_now):
            return None
        if not is_command and now.asks and (record.role is Role.COMMAND or asks_only_now):
            raise NotImplementedError
        self._replace(record, now, change.at)
        follow(session, record)
        return _effect(session, record)

    def _replace(self, record: MessageRecord, now: Incoming, at: int) -> None:
        record.text, record.changed, record.said_to = now.text, at, now.said_to
        kept = {file.id for file in now.files}
        record.attachments = [each for each in record.attachments if each.file.id in kept]
        self._records.add_files(record, now.files)


def _is_new(record: MessageRecord, now: Incoming) -> bool:
    return record.text != now.text or {each.file.id for each in record.attachments} != {each.id for each in now.files}


def _effect(session: SessionRecord, record: MessageRecord) -> ChangeEffect:
    standing = QuestionState.CONTEXT
    if record.asks:
        again = any(record in session.answered_by(turn) for turn in session.turns.values() if turn.action)
        newest = max(session.turns.values(), key=lambda turn: turn.upto, default=None)
        is_newest = newest is None or record.seq > session.since(newest)
        waits = record.seq > session.answered or again
        standing = QuestionState.WAITING if waits else QuestionState.NEWEST if is_newest else QuestionState.CONTEXT
    return ChangeEffect(session.id, session.place, record.author, record.seq, standing)


class ForgettingInMemory(ForgetStore):
    """Forgets single messages, and all that was said before a command."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def clear(self, session: SessionId, *, before: str, said: int = 0) -> int:
        await self._records.trips.make("forgetting.clear")
        if (record := self._records.session(session)) is None:
            return 0
        command = record.find(before)
        said = command.said if command else said
        upto = command.seq if command else max((each.seq for each in record.spoken() if each.said <= said), default=-1)
        record.backfilled = True
        if record.title_by is TitleBy.PERSON and record.told <= upto:
            record.title_by = None
            record.retitle(0)
        if any(each.said < said for each in record.under_way[:1]):
            record.claim = None
        forgotten = [each for each in record.spoken(*SPOKEN, Role.COMMAND) if each.said < said]
        spoken = sum(each.role is not Role.COMMAND for each in forgotten)
        forget(record, forgotten)
        return spoken

    async def forget(self, scope: Scope, *, author: str, session: Session, before: str, said: int = 0) -> int:
        await self._records.trips.make("forgetting.forget")
        if scope is not Scope.ONE:
            raise NotImplementedError
        record = self._records.session(session.id)
        message = record.find(before) if record else None
        if record is None or message is None or message.role not in (Role.USER, Role.COMMAND):
            return 0
        forget(record, [message])
        return 1

    async def where(self, author: str, place: Place) -> frozenset[SessionId]:
        raise NotImplementedError

    async def author_of(self, session: SessionId, ref: str) -> str | None:
        raise NotImplementedError

    async def archive(self, session: SessionId, *, by: str) -> bool:
        raise NotImplementedError

    async def delete(self, session: SessionId, *, job: Job, event: AuditEvent) -> None:
        raise NotImplementedError

    async def has_deleted(self, job: Job, session: SessionId) -> bool:
        raise NotImplementedError

    async def expire(self) -> int:
        raise NotImplementedError

    async def prune(self, *, idle: int) -> int:
        raise NotImplementedError


def forget(session: SessionRecord, messages: Collection[MessageRecord]) -> None:
    """Leave empty marks of some messages."""
    for each in messages:
        each.forget()
        follow(session, each)
    session.withdraw()


def follow(session: SessionRecord, message: MessageRecord) -> None:
    """Have a summary and a title tell no longer of a message as it was."""
    session.invalidate(message.said)
    session.retitle(message.seq)
