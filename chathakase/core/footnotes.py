"""What people read in small below an answer: what of theirs the model did not get to see. Pure."""

from collections.abc import Collection, Sequence

from chathakase.core.files import Attachment
from chathakase.core.memory import Memory
from chathakase.core.quoting import one_line
from chathakase.core.types import Lease

NAMED = 5
"""How many files are named, with what is the matter with each."""
LATER = "not available yet; I'll try again with your next message"
WITHOUT_EARLIER = "I couldn't read the messages above, so I answered without them."
BLIND = "the model can't see pictures"


def about_backfill(memory: Memory, lease: Lease) -> tuple[str, ...]:
    """A line where what was said before the session could not be read, told by the first turn of a session alone."""
    return () if memory.backfilled or lease.since else (WITHOUT_EARLIER,)


def about_files(memory: Memory, lease: Lease, *, new: Collection[int], sees: bool) -> tuple[str, ...]:
    """One line about the files that could not be read, told by the turn that is the first to answer them.

    No line where there are none. ``new`` are the attachment ids of what was read only now, whenever it was shared;
    ``sees``: whether the model sees pictures.
    """
    problems = [
        (one_line(each.file.name) or "a file", why)
        for message in memory.messages
        for each in message.attachments
        if (_is_first_told(message.seq, lease) or each.id in new) and (why := _problem(each, sees=sees))
    ]
    return (_line(problems),) if problems else ()


def about_pictures(unseen: int, count: int) -> tuple[str, ...]:
    """A line where the model's server did not take some of the pictures that the newest message has."""
    if not unseen:
        return ()
    if unseen < count:
        return (f"The model could see only the last {count - unseen} of {count} pictures.",)
    return (f"The model could not see the {'picture' if count == 1 else 'pictures'}.",)


def _is_first_told(seq: int, lease: Lease) -> bool:
    """Whether a message is answered by this turn, or was said before the session and this is its first turn."""
    return lease.since < seq <= lease.upto or (lease.since == 0 and seq <= 0)


def _problem(attachment: Attachment, *, sees: bool) -> str:
    if not attachment.read:
        return LATER
    return BLIND if attachment.is_image and not sees else attachment.refusal


def _line(problems: Sequence[tuple[str, str]]) -> str:
    if len(problems) == 1:
        ((name, why),) = problems
        return f"I couldn't read {name}: {why}."
    named = [f"{name} ({why})" for name, why in problems[:NAMED]]
    more = len(problems) - len(named)
    last = f"{more} more" if more else named.pop()
    return f"I couldn't read {', '.join(named)} and {last}."
