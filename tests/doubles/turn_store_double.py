"""Who may answer, in memory."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from chathakase.core.jobs import Interaction
from chathakase.core.leases import LEASE_MS
from chathakase.core.ports import TurnStore
from chathakase.core.types import Answered, Lease, Renewal, Result, Role, Session, SessionId, TurnEnd, WorkspaceKey
from tests.doubles.records import Claim, MessageRecord, Records, SessionRecord, TurnRecord

MOST_ATTEMPTS = 3
"""Tries during which processes died; after more of them a database has a turn run alone."""


class TurnsInMemory(TurnStore):
    """Says who may answer, where no processes die again and again."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def waiting(self, workspaces: Collection[WorkspaceKey]) -> list[Session]:
        await self._records.trips.make("turns.waiting")
        waiting = [
            each
            for each in self._records.sessions
            if each.place.workspace_key in workspaces and self._is_to_be_run(each)
        ]
        return [Session(each.id, each.place) for each in waiting]

    def _is_to_be_run(self, session: SessionRecord) -> bool:
        return session.waits and not self._records.is_held(session)

    async def next_asker(self, session: SessionId) -> str | None:
        await self._records.trips.make("turns.next_asker")
        record = self._records.session(session)
        if record is None or not self._is_to_be_run(record):
            return None
        requested = record.requested if record.claim is None else None
        asking = record.answered_by(requested) if requested else record.under_way
        return asking[0].author if asking else ""

    async def claim(
        self, session: SessionId, *, before: str = "", to_end: bool = False, asked_before: int = 0
    ) -> Lease | None:
        await self._records.trips.make("turns.claim")
        if before:
            raise NotImplementedError
        record = self._records.session(session)
        if record is not None and not to_end and not self._records.is_held(record):
            self._refuse(record)
        return take(self._records, record, asked_before=asked_before) if record else None

    async def decline(self, session: SessionId, by: str) -> bool:
        await self._records.trips.make("turns.decline")
        record = self._records.session(session)
        asking = record.under_way if record and not self._records.is_held(record) else []
        if not record or record.claim or record.requested or not asking or asking[0].author != by:
            return False
        theirs = [each for each in asking if each.author == by]
        if all(each.name for each in theirs):
            return False
        for each in theirs:
            each.asks = False
        record.withdraw()
        return True

    def _refuse(self, session: SessionRecord) -> None:
        """Have nobody wait who has used up a day's tokens or money since they asked."""
        while session.claim is None and session.requested is None and (asking := session.questions(session.answered)):
            by = asking[0].author
            if not self._records.meter.is_spent(session.place, by, ref=session.id):
                return
            for each in asking:
                each.asks = each.asks and each.author != by
            session.withdraw()

    def _held(self, lease: Lease) -> tuple[SessionRecord, Claim] | None:
        """What is still held under a lease, if it is."""
        session = self._records.session(lease.session)
        if session is None or session.claim is None or session.claim.owner != lease.owner:
            return None
        return session, session.claim

    async def renew(self, leases: Sequence[Lease]) -> list[Renewal]:
        await self._records.trips.make("turns.renew")
        return [self._renewed(each) for each in leases]

    def _renewed(self, lease: Lease) -> Renewal:
        if (held := self._held(lease)) is None:
            return Renewal.LOST
        _, claim = held
        claim.until = self._records.now() + LEASE_MS
        return Renewal.STOP if claim.stop else Renewal.HELD

    async def want_stop(self, session: SessionId, turn: str = "", *, before: str = "", said: int = 0) -> bool:
        await self._records.trips.make("turns.want_stop")
        if before:
            raise NotImplementedError
        record = self._records.session(session)
        claim = record.claim if record else None
        if claim is None or claim.owner is None or turn not in ("", claim.turn):
            return False
        claim.stop = True
        return True

    async def note_reply(self, lease: Lease, refs: Sequence[str]) -> None:
        await self._records.trips.make("turns.note_reply")
        if (held := self._held(lease)) is not None:
            held[1].refs = tuple(refs)

    async def finish(self, lease: Lease, result: Result) -> TurnEnd:
        await self._records.trips.make("turns.finish")
        if (held := self._held(lease)) is None:
            return TurnEnd.LOST
        session, claim = held
        now = self._records.now()
        session.turns[claim.turn] = TurnRecord(claim.turn, lease.upto, lease.run, claim.refs, result, now)
        session.answered = max(session.answered, lease.upto)
        session.seq += 1
        session.active = now
        session.claim = None
        if result.usage is not None:
            self._records.spend(session, result.model, result.usage, by=lease.by)
        self._save_answer(session, lease, result.text)
        return TurnEnd.MORE_WAITS if session.waits else TurnEnd.AT_REST

    def _save_answer(self, session: SessionRecord, lease: Lease, text: str) -> None:
        """Save an answer; one that takes the place of another, or of none, may be what a summary tells otherwise."""
        earlier = session.find(lease.turn)
        if not text:
            session.messages = [each for each in session.messages if each is not earlier or not lease.action]
        elif earlier is not None:
            earlier.text, earlier.at = text, self._records.now()
        else:
            earlier = self._answer(session, lease, text)
            session.messages.append(earlier)
        if lease.action and earlier is not None:
            session.invalidate(earlier.said)

    def _answer(self, session: SessionRecord, lease: Lease, text: str) -> MessageRecord:
        answers = [each.said for each in session.spoken(Role.USER) if lease.since < each.seq <= lease.upto]
        said = max(answers, default=self._records.now() * 1000)
        now = self._records.now()
        return MessageRecord(Role.ASSISTANT, text, "", lease.turn, said, session.seq, reply_to=lease.upto, at=now)

    async def release(self, lease: Lease) -> None:
        await self._records.trips.make("turns.release")
        if (held := self._held(lease)) is not None:
            claim = held[1]
            claim.owner, claim.until, claim.attempts = None, 0, claim.attempts - 1

    async def survived(self, lease: Lease) -> None:
        await self._records.trips.make("turns.survived")
        session = self._records.session(lease.session)
        claim = session.claim if session else None
        if claim is not None and claim.turn == lease.turn and claim.attempts > 1:
            claim.attempts -= 1

    async def reopen(self, session: SessionId, interaction: Interaction) -> bool:
        await self._records.trips.make("turns.reopen")
        record = self._records.session(session)
        turn = record.turns.get(interaction.turn) if record else None
        if record is None or turn is None or turn.run != interaction.run or turn.action or not record.answered_by(turn):
            return False
        if interaction.by:
            self._records.meter.count_question(interaction.place, interaction.by)
        turn.action = interaction.action
        record.active, record.archived_by = self._records.now(), ""
        return True

    async def answer_to(self, session: SessionId, ref: str) -> tuple[str, int] | None:
        await self._records.trips.make("turns.answer_to")
        record = self._records.session(session)
        newest = _newest(record)
        if record is None or newest is None or ref not in [each.ref for each in record.answered_by(newest)]:
            return None
        return newest.id, newest.run

    async def newest(self, session: SessionId, *, but: str = "") -> Answered | None:
        await self._records.trips.make("turns.newest")
        record = self._records.session(session)
        kept = {id_: turn for id_, turn in record.turns.items() if record.answered_by(turn)} if record else {}
        newest = max(kept.values(), key=lambda turn: turn.upto, default=None)
        if record is None or newest is None:
            return None
        later = [each for each in record.spoken(Role.USER, Role.COMMAND) if each.seq > newest.upto and each.ref != but]
        return Answered(newest.id, newest.run, next(iter(newest.refs), ""), is_last=not later)

    async def is_busy(self, session: SessionId) -> bool:
        await self._records.trips.make("turns.is_busy")
        record = self._records.session(session)
        return record is not None and (record.waits or self._records.is_held(record))

    async def askers(self, session: SessionId, turn: str, *, upto: int = 0, before: int = 0) -> frozenset[str]:
        await self._records.trips.make("turns.askers")
        record = self._records.session(session)
        if record is None:
            return frozenset()
        ended = [each for each in record.turns.values() if each.id == turn or (not turn and each.action)]
        asked = [question for each in ended for question in record.answered_by(each)]
        is_under_way = record.claim is not None and record.claim.turn == turn and turn not in record.turns
        if not turn or is_under_way:
            asked += record.questions(record.answered, upto or None)
        return frozenset(each.author for each in asked if not before or each.said < before)

    async def calibration(self) -> list[tuple[str, int, int]]:
        await self._records.trips.make("turns.calibration")
        ended = sorted(
            (turn for each in self._records.sessions for turn in each.turns.values()), key=lambda turn: turn.ended
        )
        counted = [(turn.result.model, turn.result.estimate, turn.result.usage) for turn in ended]
        return [(model, estimate, usage.prompt_tokens) for model, estimate, usage in counted if usage and estimate]

    async def was_cleared(self, lease: Lease) -> bool:
        await self._records.trips.make("turns.was_cleared")
        record = self._records.session(lease.session)
        if record is None:
            return True
        is_under_way = record.claim is not None and record.claim.turn == lease.turn
        ended = record.turns.get(lease.turn)
        return not is_under_way and not (ended is not None and ended.run >= lease.run)


def _newest(session: SessionRecord | None) -> TurnRecord | None:
    turns = session.turns.values() if session else ()
    return max(turns, key=lambda turn: turn.upto, default=None)


def take(records: Records, session: SessionRecord, *, asked_before: int = 0) -> Lease | None:
    """Take the turn of a session, if it is to be had."""
    if not session.waits or records.is_held(session) or records.is_to_be_cleared(session):
        return None
    if asked_before and not (session.requested or _is_asked_before(session, asked_before)):
        return None
    owner, requested = uuid4().hex, session.requested
    if session.claim is None:
        session.claim = Claim(requested.id, requested.refs) if requested else Claim(owner, since=session.seq)
    claim = session.claim
    if claim.attempts >= MOST_ATTEMPTS:
        raise NotImplementedError
    claim.owner, claim.until, claim.attempts = owner, records.now() + LEASE_MS, claim.attempts + 1
    since, again = since_of(session), session.turns.get(claim.turn)
    asking = session.questions(since)
    return Lease(
        session.id,
        session.place,
        owner,
        claim.turn,
        since=since,
        upto=again.upto if again else _last_before(session, asked_before),
        attempt=claim.attempts,
        refs=claim.refs,
        action=again.action if again else None,
        run=again.run + 1 if again else 1,
        by=asking[0].author if asking else "",
    )


def _is_asked_before(session: SessionRecord, time: int) -> bool:
    asking = session.questions(since_of(session))
    return bool(asking) and asking[0].said < time


def _last_before(session: SessionRecord, time: int) -> int:
    """The newest message before the first that is asked later than a time; 0: the newest of all."""
    later = [each.seq for each in session.questions(session.answered) if time and each.said > time]
    return min(later) - 1 if later else session.seq


def since_of(session: SessionRecord) -> int:
    """What a session's turn does not answer any more, since it was answered before, ends here."""
    again = session.turns.get(session.claim.turn) if session.claim else None
    return session.since(again) if again else session.answered
