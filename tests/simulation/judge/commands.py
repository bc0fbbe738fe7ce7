"""Every command is answered, once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.simulation.deeds import CLEAR, HELP, SayKind
from tests.simulation.evidence import Evidence, ShownMessage
from tests.simulation.judge.flaws import Flaw, Wrong

ANSWERS: Mapping[str, Sequence[str]] = {
    HELP: ("**I am an assistant",),
    "session info": ("**Session**", "There is no session"),
    CLEAR: ("Done: I have forgotten",),
}
"""How the answer to each command begins."""
NAMES: Mapping[str, str] = {CLEAR: "clear session", HELP: "help"}
"""What the bot calls a command, where that is not what people say."""


def answered_command(shown: ShownMessage) -> str | None:
    """The command that a message of the bot's answers, by its words or, where it was given up, by its name."""
    for command, begins in ANSWERS.items():
        if shown.text.startswith(tuple(begins)) or shown.turn.endswith(f" {NAMES.get(command, command)}"):
            return command
    return None


def all_are_answered(evidence: Evidence) -> Iterator[Flaw]:
    """As many answers as commands that the bot has heard; what it has not heard nobody can tell it by."""
    answers = Counter((shown.place, answered_command(shown)) for shown in evidence.shown)
    said = [each for each in evidence.said if each.kind is SayKind.COMMAND]
    most = Counter((each.place, each.text) for each in said)
    heard = Counter((each.place, each.text) for each in said if evidence.stored(each) is not None)
    for (place, command), count in most.items():
        answered = answers[place, command]
        if answered > count:
            yield Flaw(Wrong.DOUBLED, f"{answered} answers to {count} times {command!r}", place)
        if answered < heard[place, command]:
            yield Flaw(Wrong.COMMAND, f"{answered} answers to {heard[place, command]} times {command!r}", place)
