"""What becomes of a command: something that is said, or asked, or nothing that needs words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from chathakase.core.audit import AuditEvent, AuditOutcome, Deed
from chathakase.core.jobs import Job
from chathakase.core.types import Choice, Place, Session

NOT_INCLUDED = "The answer I am writing right now is not included."


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is to be done now."""

    session: Session
    """The one that it is about, which may be none."""
    ref: str
    """The surface's own id of the message that said it."""
    by: str
    """The surface's user id of who said it."""
    argument: str
    job: Job
    """By which files that are shared are known, however often it is tried."""
    where: Place
    """Where it is answered."""
    said: int
    """When it was said, in epoch microseconds; 0: not known."""

    @property
    def place(self) -> Place:
        """The thread that it is about."""
        return self.session.place

    @property
    def elsewhere(self) -> bool:
        """Whether it was said in another thread than the one that it is about."""
        return self.where != self.place


@dataclass(frozen=True, slots=True)
class Said:
    """Something is said in the thread, in Markdown."""

    text: str
    private: bool = False
    """Only to whoever gave the command."""
    then: Callable[[], Awaitable[None]] | None = None
    """What is done once that is said, and nobody is told of if it fails."""
    choices: tuple[Choice, ...] = ()
    """What may be said next, by a button below; only where it is ``private``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whoever gave the command is asked something, with buttons, which nobody else sees."""

    text: str
    choices: tuple[Choice, ...]


Told = Said | Asked | None
"""What whoever gave a command is told, or asked."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What somebody is told of something that goes into the audit log."""

    told: Told
    event: AuditEvent


Answer = Told | Audited
Handler = Callable[[Order], Awaitable[Answer]]
"""Does one command. Raises StoreError, and whatever else it cannot help."""


def done(deed: Deed, told: Told, *, person: str = "", amount: int | None = None) -> Audited:
    """Something was done of which admins want to know."""
    return Audited(told, AuditEvent(deed, person=person, amount=amount))


def refused(deed: Deed, told: Told, *, person: str = "") -> Audited:
    """Somebody wanted something to which they have no right."""
    return Audited(told, AuditEvent(deed, AuditOutcome.REFUSED, person))


def interrupted(deed: Deed, told: Told) -> Audited:
    """Something was begun, and nobody knows how far it came."""
    return Audited(told, AuditEvent(deed, AuditOutcome.INTERRUPTED))


def reworded(answer: Answer, reword: Callable[[Told], Told]) -> Answer:
    """An answer in other words, which is about the same."""
    return replace(answer, told=reword(answer.told)) if isinstance(answer, Audited) else reword(answer)


def without_what_grows(told: Told) -> Told:
    """An answer that tells what was said, with a word that what is being written is not in it."""
    return replace(told, text=f"{told.text}\n\n{NOT_INCLUDED}") if told else privately(NOT_INCLUDED)


def without_buttons(told: Told) -> Told:
    """An answer for one person's eyes only, where nothing can be asked."""
    if isinstance(told, Asked):
        return privately(told.text)
    return replace(told, private=True, choices=()) if told else None


def privately(text: str, *, then: Callable[[], Awaitable[None]] | None = None) -> Said:
    """Something that is said to whoever gave the command, and nobody else; ``then`` is done once they were told."""
    return Said(text, private=True, then=then)
