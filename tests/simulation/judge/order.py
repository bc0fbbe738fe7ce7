"""Replies stand in the order of their questions, and the model hears everything in the order in which it was said."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.simulation.evidence import Evidence, Request, SaidMessage
from tests.simulation.judge.answer_places import place_of
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
        heard, asked = _heard(evidence, request), asked_now(evidence, request)
        head = [said for said in heard if said not in asked]
        if heard != [*head, *asked] or not (_rises(head) and _rises(asked)):
            yield Flaw(Wrong.DISORDER, f"at {request.at:.3f} the model heard {_told(request)}", heard[-1].place)


def asked_now(evidence: Evidence, request: Request) -> Sequence[SaidMessage]:
    """What of a prompt belongs to the turn that it was made for: the one of what came in last."""
    heard = _heard(evidence, request)
    rows = [(row.seq, said) for said in heard if (row := evidence.stored(said)) is not None]
    if not rows:
        return ()
    turn = evidence.asked_with(max(rows, key=lambda pair: pair[0])[1])
    return [said for said in heard if evidence.asked_with(said) == turn]


def _heard(evidence: Evidence, request: Request) -> Sequence[SaidMessage]:
    """What people said, as it stands in a prompt."""
    tokens = [token for role, token in request.heard if role == "user"]
    return [evidence.by_token[token] for token in tokens if token in evidence.by_token]


def _rises(said: Sequence[SaidMessage]) -> bool:
    stamps = [each.ts for each in said]
    return stamps == sorted(stamps)


def _told(request: Request) -> str:
    return " ".join(token if role == "user" else f"({token})" for role, token in request.heard)
