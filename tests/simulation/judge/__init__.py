"""The judge: what must hold when everything has come to rest. Pure."""

from collections.abc import Sequence

from tests.simulation.evidence import Evidence
from tests.simulation.judge import answers, commands, database, leaks, leftovers, order, remembered
from tests.simulation.judge.flaws import Flaw, Rule, Wrong

__all__ = ["Flaw", "Wrong", "judge"]

RULES: Sequence[Rule] = (
    leftovers.at_rest,
    answers.all_are_stored,
    answers.all_are_answered,
    answers.replies_are_whole,
    answers.none_twice,
    answers.nobody_elses,
    order.replies_in_order,
    order.prompts_in_order,
    remembered.prompts_are_whole,
    leaks.nothing_shown_elsewhere,
    leaks.nothing_heard_elsewhere,
    leaks.nothing_remembered,
    leftovers.nothing_left_over,
    database.consistent,
    commands.all_are_answered,
)


def judge(evidence: Evidence) -> list[Flaw]:
    """Everything that is wrong."""
    return [flaw for rule in RULES for flaw in rule(evidence)]
