"""Nothing of one thread is seen in another, and nothing that was forgotten is heard again."""

from collections.abc import Iterator

from tests.simulation.deeds import CLEAR, SayKind
from tests.simulation.evidence import Evidence, Request, SimulatedThread
from tests.simulation.judge.commands import answered_command
from tests.simulation.judge.flaws import Flaw, Wrong
from tests.simulation.words import tokens

UNDER_WAY = 6.0
"""Seconds for which a turn may go on that was cleared away by another process."""


def nothing_shown_elsewhere(evidence: Evidence) -> Iterator[Flaw]:
    """Whatever the bot wrote in a thread is about that thread."""
    for shown in evidence.shown:
        for token in tokens(shown.text):
            said = evidence.by_token.get(token)
            if said is None or said.place != shown.place:
                yield Flaw(Wrong.LEAKED, f"{token} stands in {shown.ts}", shown.place)


def nothing_heard_elsewhere(evidence: Evidence) -> Iterator[Flaw]:
    """Whatever the model heard at a time is of one thread, and said to the bot."""
    for request in evidence.requests:
        heard = [evidence.by_token[token] for _, token in request.heard if token in evidence.by_token]
        if len(heard) < len(request.heard) or len({said.place for said in heard}) > 1:
            yield Flaw(Wrong.LEAKED, f"the model heard {[token for _, token in request.heard]}")
        for said in heard:
            if said.kind is SayKind.CHATTER:
                yield Flaw(Wrong.LEAKED, f"the model overheard {said.token}", said.place)


def nothing_remembered(evidence: Evidence) -> Iterator[Flaw]:
    """What a thread was cleared of is in no later request."""
    cleared = _cleared(evidence)
    for request in evidence.requests:
        for _, token in request.heard:
            said = evidence.by_token.get(token)
            row = evidence.stored(said) if said else None
            if said is None or row is None or row.role != "cleared" or said.place not in cleared:
                continue
            if _came_after(evidence, request, *cleared[said.place]):
                yield Flaw(Wrong.REMEMBERED, f"{token} at {request.at:.3f}", said.place)


def _cleared(evidence: Evidence) -> dict[SimulatedThread, tuple[str, float]]:
    """For each thread that was cleared the ``ts`` of the command, and when that was done."""
    commands = {each.place: each.ts for each in evidence.said if each.text == CLEAR}
    done = {
        shown.place: float(shown.ts)
        for shown in evidence.shown
        if answered_command(shown) == CLEAR and shown.place in commands
    }
    return {place: (commands[place], at) for place, at in done.items()}


def _came_after(evidence: Evidence, request: Request, command: str, done: float) -> bool:
    """Whether a request was made after a thread was cleared, rather than being under way."""
    asked = [evidence.by_token[token].ts for _, token in request.heard if token in evidence.by_token]
    return request.at > done + (0 if max(asked) > command else UNDER_WAY)
