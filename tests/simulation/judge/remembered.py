"""The model hears all that was said before, as long as it is not too much."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.evidence import Evidence, Request, Turn
from tests.simulation.judge.answer_places import place_of
from tests.simulation.judge.flaws import Flaw, Wrong
from tests.simulation.judge.order import asked_now

WINDOW = 18
"""Messages of which the model surely sees all; the bot's setting is 20, and it begins where a turn does."""


def prompts_are_whole(evidence: Evidence) -> Iterator[Flaw]:
    """Whatever earlier turns answered is in the prompts of later ones."""
    sizes = Counter(row.session for row in evidence.rows if row.role in ("user", "assistant", "cleared"))
    for request in evidence.requests:
        turn = _turn(evidence, request)
        if turn is None or sizes[turn.session] > WINDOW:
            continue
        heard = {token for _, token in request.heard}
        before = [each for each in evidence.turns_of[turn.session] if each.upto < turn.upto]
        missing = [said.token for each in before for said in evidence.covered(each) if said.token not in heard]
        if missing:
            yield Flaw(Wrong.FORGOTTEN, f"at {request.at:.3f} the model did not hear {missing}", place_of(turn))


def _turn(evidence: Evidence, request: Request) -> Turn | None:
    """The turn for which a request was made."""
    asked = asked_now(evidence, request)
    return evidence.turn_of(asked[0]) if asked else None
