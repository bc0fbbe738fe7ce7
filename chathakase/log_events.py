"""What the log tells of sessions, turns and jobs: with ids, never with anybody's words.

Each event is one line, ``what happened: key=value …``, and is logged where it happens, once it is committed. What has
no value is left out; a value with a space stands in double quotes.
"""

import logging
from collections.abc import Mapping

from chathakase.core.jobs import Command, Job
from chathakase.core.types import Lease, Outcome, Place, SessionId

PAUSED, LOST, INTERRUPTED = "paused", "lost", "interrupted"
"""How a turn ended that is not over: at a shutdown, since another process has it or its session was cleared, or since
the database refused."""

log = logging.getLogger(__name__)


def session_opened(session: SessionId, place: Place, *, by: str) -> None:
    """Somebody opened a session, by the user id that they have there."""
    _tell("session opened", session=session, place=_place(place), by=by)


def session_woken(session: SessionId, place: Place) -> None:
    """A session that was archived is active again: by a message, an edit or a button."""
    _tell("session woken", session=session, place=_place(place))


def session_archived(session: SessionId, place: Place | None, *, by: str = "") -> None:
    """A session is active no longer: it was idle for so long, or somebody, ``by`` their user id, wanted it so."""
    _tell("session archived", session=session, place=_place(place), by=by)


def session_renamed(session: SessionId, place: Place, *, by: str) -> None:
    """Somebody gave a session a title."""
    _tell("session renamed", session=session, place=_place(place), by=by)


def session_moved(session: SessionId, place: Place | None) -> None:
    """A session is at another place now, or at none."""
    _tell("session moved", session=session, place=_place(place) or "none")


def session_deleted(session: SessionId, place: Place | None, *, by: str = "") -> None:
    """A session is gone, as far as anybody can see; its rows follow. It was old, or somebody wanted it so."""
    _tell("session deleted", session=session, place=_place(place), by=by)


def threads_listed(where: Place, *, by: str, threads: int, total: int) -> None:
    """Somebody was shown some of their threads, of so many that they have."""
    _tell("threads listed", workspace=f"{where.surface}/{where.workspace}", by=by, threads=threads, total=total)


def thread_followed(session: SessionId, place: Place, *, by: str) -> None:
    """Somebody went to a thread from the list of theirs."""
    _tell("thread followed", session=session, place=_place(place), by=by)


def sessions_listed(where: Place, *, by: str, sessions: int, total: int) -> None:
    """An admin was shown some of all sessions of a workspace."""
    _tell("sessions listed", workspace=f"{where.surface}/{where.workspace}", by=by, sessions=sessions, total=total)


def turn_began(lease: Lease) -> None:
    """A process has a turn, and goes about it."""
    attempt = lease.attempt if lease.attempt > 1 else ""
    _tell("turn began", **_turn(lease), action=lease.action or "", attempt=attempt, by=lease.by)


def turn_ended(
    lease: Lease, outcome: Outcome | str, *, seconds: float, error: str = "", characters: int | None = None
) -> None:
    """A process is through with a turn; ``error`` is a short code, and ``characters`` is how long the answer is."""
    length = "" if characters is None else characters
    _tell("turn ended", **_turn(lease), outcome=outcome, error=error, characters=length, seconds=f"{seconds:.1f}")


def job_done(job: Job, *, seconds: float) -> None:
    """What somebody wanted by a command or a button is done, and answered."""
    task = job.task
    what = task.name if isinstance(task, Command) else str(task.action)
    where = {"session": job.session, "place": _place(task.place)}
    _tell("job done", job=what, **where, by=task.by, seconds=f"{seconds:.1f}")


def _turn(lease: Lease) -> dict[str, object]:
    return {"turn": lease.turn, "run": lease.run, "session": lease.session, "place": _place(lease.place)}


def _place(place: Place | None) -> str:
    return f"{place.surface}/{place.workspace}/{place.name}" if place is not None and place.surface else ""


def _tell(event: str, **about: object) -> None:
    log.info("%s: %s", event, key_values(about))


def key_values(about: Mapping[str, object]) -> str:
    """``key=value …`` of what has a value, each with a space in double quotes."""
    return " ".join(f"{key}={_value(str(value))}" for key, value in about.items() if str(value))


def _value(text: str) -> str:
    return f'"{text}"' if " " in text else text
