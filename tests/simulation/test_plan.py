"""A plan follows from its seed, can be kept, and holds everything that may happen."""

from typing import get_args

import pytest

from tests.simulation.deeds import ApiFault, Deed, FaultKind, Kill, Moment, Mood, Plan, SayKind, plan_from_json
from tests.simulation.plan import Scale, make_plan
from tests.simulation.regressions import REGRESSIONS

LARGE = Scale(turns=3_000, kills=300)


def test_a_seed_makes_one_plan() -> None:
    assert make_plan(7, Scale()) == make_plan(7, Scale())
    assert make_plan(7, Scale()) != make_plan(8, Scale())


@pytest.mark.parametrize("plan", [make_plan(7, Scale()), *REGRESSIONS.values()])
def test_a_plan_can_be_kept(plan: Plan) -> None:
    assert plan_from_json(plan.to_json()) == plan


def test_a_large_plan_holds_everything() -> None:
    plan = make_plan(1, LARGE)
    assert {type(deed) for deed in plan.deeds} == set(get_args(Deed))
    assert {say.kind for say in plan.says} == set(SayKind)
    assert {deed.moment for deed in plan.deeds if isinstance(deed, Kill)} == set(Moment)
    assert {deed.fault for deed in plan.deeds if isinstance(deed, ApiFault)} == set(FaultKind)
    assert {mood for moods in plan.moods.values() for mood in moods} == set(Mood) - {Mood.WELL}
    assert sum(isinstance(deed, Kill) for deed in plan.deeds) == LARGE.kills
    assert len(plan.says) >= LARGE.turns


def test_a_plan_stands_in_the_order_of_time() -> None:
    times = [deed.at for deed in make_plan(1, LARGE).deeds]
    assert times == sorted(times)
    assert times[-1] < LARGE.seconds + 10


def test_every_message_has_a_token_of_its_own() -> None:
    says = make_plan(1, LARGE).says
    assert len({say.token for say in says}) == len(says)
    assert all(say.token in say.text for say in says if say.kind is not SayKind.COMMAND)


def test_deeds_can_be_left_out() -> None:
    plan = make_plan(1, Scale(turns=400, without=frozenset({"Jump", "Kill"})))
    assert {type(deed).__name__ for deed in plan.deeds} & {"Jump", "Kill"} == set()
