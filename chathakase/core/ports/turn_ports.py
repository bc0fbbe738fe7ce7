"""What the engine needs of a database to hold turns and jobs, and to know what it has heard."""

from collections.abc import Collection, Sequence
from typing import Protocol

from chathakase.core.audit import AuditEvent
from chathakase.core.jobs import Interaction, Job
from chathakase.core.types import (
    Answered,
    Heard,
    Lease,
    Place,
    Renewal,
    Result,
    Session,
    SessionId,
    TurnEnd,
    WorkspaceKey,
)


class TurnStore(Protocol):
    """Says who may answer. Every method is atomic and raises StoreError when the database refuses."""

    async def waiting(self, workspaces: Collection[WorkspaceKey]) -> list[Session]:
        """The sessions of some workspaces in which something waits that may run now, and nobody works."""

    async def next_asker(self, session: SessionId) -> str | None:
        """The user id of who asked first what a session waits for; None when nothing waits, or somebody holds it."""

    async def claim(
        self, session: SessionId, *, before: str = "", to_end: bool = False, asked_before: int = 0
    ) -> Lease | None:
        """Take the turn of a session; None when nothing waits, somebody holds it, or it is to be forgotten first.

        Also None while a turn that processes died of is to run alone, be it this one or another; nobody waits for that
        for more than a minute. Nor is a turn begun for whoever has used up a day's tokens or money since they asked:
        they are told, and what they asked becomes context.

        ``before`` a message: only a turn that was begun and answers something said before that. ``asked_before``
        a time in epoch microseconds: only a turn that answers something said before that; with ``before``, it is when
        that message was said, should it not be stored. The lease then covers nothing that was asked later. What is
        claimed ``before`` or ``to_end`` never waits.
        """

    async def decline(self, session: SessionId, by: str) -> bool:
        """Have a person wait no more who asked first what a session waits for; what they asked becomes context.

        What others asked there still waits. False, and nothing changes, where the answer has begun, or no person asked.
        """

    async def renew(self, leases: Sequence[Lease]) -> Sequence[Renewal]:
        """Hold on to some turns; what comes of each, in their order."""

    async def want_stop(self, session: SessionId, turn: str = "", *, before: str = "", said: int = 0) -> bool:
        """Have a turn stopped that somebody else holds, or held when it died; of no turn: whatever is held.

        ``before`` a message: only one that answers something said before that, which was ``said`` then, in epoch
        microseconds, where it is not stored. False when there is none.
        """

    async def note_reply(self, lease: Lease, refs: Sequence[str]) -> None:
        """Remember the messages that a turn is writing, so that a later try edits them."""

    async def finish(self, lease: Lease, result: Result) -> TurnEnd:
        """Save the answer and the cursor and end the lease, and tell whether the session waits for another turn."""

    async def release(self, lease: Lease) -> None:
        """Put a turn down unfinished, for whoever comes next."""

    async def survived(self, lease: Lease) -> None:
        """Whoever lost a turn to another, since it stood still for too long, lives: no process died of that turn."""

    async def reopen(self, session: SessionId, interaction: Interaction) -> bool:
        """Have a turn of a session that ended taken up again, as the interaction wants; the session then waits for it.

        False when that run of the turn was taken up already, or when what it answered is forgotten. It counts as a
        question of whoever wants it, if that is a person. Raises LimitExceeded.
        """

    async def answer_to(self, session: SessionId, ref: str) -> tuple[str, int] | None:
        """The newest turn of a session, if it ended and answers a message, and how often it was run."""

    async def newest(self, session: SessionId, *, but: str = "") -> Answered | None:
        """The newest turn of a session that ended and answers what is not forgotten.

        What was said after it counts, ``but`` one message.
        """

    async def is_busy(self, session: SessionId) -> bool:
        """Whether an answer is being written in a session, or waits to be."""

    async def askers(self, session: SessionId, turn: str, *, upto: int = 0, before: int = 0) -> frozenset[str]:
        """The user ids of who asked what a turn answers; of no turn: of who asked what is not answered yet.

        ``upto`` is the newest message that a turn under way answers; what was asked after it is no matter of its.
        ``before`` a time in epoch microseconds: only of who had asked by then.
        """

    async def calibration(self) -> Sequence[tuple[str, int, int]]:
        """Of the newest turns: the model, how many tokens the prompt was thought to have, and how many it had.

        The newest comes last, so that whoever learns from them learns most from it.
        """

    async def was_cleared(self, lease: Lease) -> bool:
        """Tell whether a turn that is lost was forgotten, so that nobody else writes or has written its answer."""


class JobStore(Protocol):
    """Remembers what is to be done once. Every method is atomic and raises StoreError when the database refuses."""

    async def enqueue(self, job: Job) -> Job | None:
        """Save a job and hold it; returns it with the session that it is about, None when it was had already.

        Also None where it would tell somebody that they are turned away who was told so within the last hour.
        """

    async def claim(self, workspaces: Collection[WorkspaceKey]) -> list[Job]:
        """Take what is not done in some workspaces and nobody holds: whoever held it died."""

    async def hold(self, jobs: Collection[Job]) -> None:
        """Hold on to some jobs, but for those that somebody else took since."""

    async def release(self, job: Job, event: AuditEvent | None = None) -> None:
        """Put a job down undone, for whoever comes next.

        If it did something already, that is added to the audit log, and nothing else for this job later; then the next
        try is no first one.
        """

    async def done(self, job: Job, event: AuditEvent | None = None) -> bool:
        """Note that a job is done, and in the audit log what it did; False when that is noted already."""


class ListeningStore(Protocol):
    """Remembers until when somebody listened in each workspace.

    Every method raises StoreError when the database refuses.
    """

    async def until(self, workspaces: Collection[WorkspaceKey]) -> int | None:
        """Until when somebody listened in all of some workspaces, in epoch milliseconds; None when nobody ever did."""

    async def note(self, workspaces: Collection[WorkspaceKey]) -> None:
        """Somebody listens in some workspaces now."""

    async def active(self, workspaces: Collection[WorkspaceKey], *, since: int, limit: int) -> list[Heard]:
        """The sessions of some workspaces that were active since a time in epoch milliseconds, the newest first."""

    async def known(self, place: Place) -> dict[str, int]:
        """What others than we said in a session and is not forgotten: the surface's own ids, and when it was said.

        Times are epoch microseconds. Commands are not among it.
        """
