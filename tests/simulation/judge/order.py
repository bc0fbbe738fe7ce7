"""Replies stand in the order of their questions, and the model hears everything in the order in which it was said."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.simulation.evidence import Evidence, Request, Said
from tests.simulation.judge.answers import place_of
from tests.simulation.judge.flaws import Flaw, Wrong


def replies_in_order(evidence: Evidence) -> Iterator[Flaw]:
    """The reply to what was asked later stands later."""
    for turns in evidence.turns_of.values():
        begun = [(turn, evidence.replies[turn.id][0].ts) for turn in turns if turn.id in evidence.replies]
        for (earlier, first), (later, second) in pairwise(begun):
            if second < first:
                told = f"the reply {later.id} stands before the reply {earlier.id}"
                yield Flaw(Wrong.DISORDER, told, place_of(later))


def prompts_in_order(evidence: Evidence) -> Iterator[Flaw]:
    """What is answered now comes last, and before and within that everything in the order of time."""
    for request in evidence.requests:
        heard = [evidence.by_token[token] for role, token in request.heard if role == "user"]
        asked = _asked_now(evidence, heard)
        head = [said for said in heard if said not in asked]
        if heard[len(head) :] != [said for said in heard if said in asked] or not (_rises(head) and _rises(asked)):
            told = f"at {request.at:.3f} the model heard {_told(request)}"
            yield Flaw(Wrong.DISORDER, told, heard[-1].place)


def _asked_now(evidence: Evidence, heard: Sequence[Said]) -> Sequence[Said]:
    """What of a prompt belongs to the turn that it is made for: the one of what came in last."""
    rows = [(row.seq, said) for said in heard if (row := evidence.stored(said)) is not None]
    if not rows:
        return ()
    turn = evidence.turn_of(max(rows, key=lambda pair: pair[0])[1])
    return [said for said in heard if turn is not None and evidence.turn_of(said) == turn]


def _rises(said: Sequence[Said]) -> bool:
    stamps = [each.ts for each in said]
    return stamps == sorted(stamps)


def _told(request: Request) -> str:
    return " ".join(token if role == "user" else f"({token})" for role, token in request.heard)
