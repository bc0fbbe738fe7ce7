"""What somebody wants to ask in a thread that is not there yet. Pure."""

import json
from dataclasses import asdict, dataclass

from chathakase.core.title_cleaning import title_by_person
from chathakase.core.unicode import fix_surrogates

LONGEST = 3_000
"""Characters of the first words."""

NOT_IN_THERE = "You aren't in that channel. Join it first, or pick another one."
BOT_NOT_IN_THERE = "I'm not in that channel. Invite me first, or pick another one."
MAY_NOT_ANSWER_THERE = "I'm not allowed to answer in that channel. Pick another one."
MUTED_THERE = "An admin has muted me in that channel. Pick another one."


@dataclass(frozen=True, slots=True)
class NewChat:
    """A thread that is to be started."""

    words: str
    """What is asked first in it."""
    title: str = ""
    """What it is to be called; empty: what it is called by rule."""
    channel: str = ""
    """Where it is to be; empty: in the direct message."""

    @property
    def argument(self) -> str:
        """The same as the argument of a command."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_new_chat(argument: str) -> NewChat:
    """Read a command's argument; what is no text in it is none."""
    known = json.loads(argument)
    words, title, channel = (str(known.get(name) or "") for name in ("words", "title", "channel"))
    return NewChat(fix_surrogates(words).strip()[:LONGEST], title_by_person(fix_surrogates(title)), channel)
