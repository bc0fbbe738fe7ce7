"""What people read of a day's limits, and when they may go on, on their own clock."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from chathakase.core.daily_limits import DailyLimit, LimitLevel, LimitNotice, Measure, Whose
from chathakase.core.types import Person, Place
from chathakase.engine.access.limit_notices import LimitNotices
from tests.doubles.surface import SurfaceInMemory
from tests.places import slack_place

PLACE = slack_place("C1", "1.000001")
DAY = 20_788
"""2026-12-01."""


class Kyoto(SurfaceInMemory):
    async def people(
        self, place: Place, ids: Collection[str], *, mentioned: Collection[str] = ()
    ) -> Mapping[str, Person]:
        known = await super().people(place, ids, mentioned=mentioned)
        return {id_: replace(person, zone="Asia/Tokyo", offset=32_400) for id_, person in known.items()}


@pytest.fixture
def notices() -> LimitNotices:
    return LimitNotices(Kyoto())


@pytest.mark.parametrize(
    ("level", "whose", "measure", "most", "told"),
    [
        (
            LimitLevel.NEAR,
            Whose.PERSON,
            Measure.QUESTIONS,
            20,
            "You have used four fifths of your 20 questions for today. The count starts again at 2026-12-02 09:00.",
        ),
        (
            LimitLevel.REACHED,
            Whose.PERSON,
            Measure.TOKENS,
            100_000,
            "You have used up your 100,000 tokens for today. I can answer again from 2026-12-02 09:00.",
        ),
        (
            LimitLevel.EXCEEDED,
            Whose.PERSON,
            Measure.QUESTIONS,
            1,
            "You have used up your 1 question for today. "
            "I'll remember what you wrote; please ask again after 2026-12-02 09:00.",
        ),
        (
            LimitLevel.REACHED,
            Whose.CHANNEL,
            Measure.COST,
            2_500_000,
            "This channel has used up its $2.50 for today. I can answer again from 2026-12-02 09:00.",
        ),
        (
            LimitLevel.NEAR,
            Whose.ALL,
            Measure.COST,
            50_000_000,
            "Four fifths of everybody's budget for today is used. The count starts again at 2026-12-02 09:00.",
        ),
        (
            LimitLevel.REACHED,
            Whose.ALL,
            Measure.QUESTIONS,
            2_000,
            "Everybody's questions for today are used up. I can answer again from 2026-12-02 09:00.",
        ),
    ],
)
async def test_a_notice_says_what_is_used_up_and_when_it_goes_on(
    level: LimitLevel, whose: Whose, measure: Measure, most: int, told: str, notices: LimitNotices
) -> None:
    notice = LimitNotice(level, DailyLimit(measure, whose, most), DAY)
    assert await notices.text(notice, PLACE, "U1") == told


async def test_whoever_pressed_a_button_is_not_told_that_it_is_remembered(notices: LimitNotices) -> None:
    notice = LimitNotice(LimitLevel.EXCEEDED, DailyLimit(Measure.QUESTIONS, Whose.PERSON, 20), DAY)
    assert await notices.refusal(notice, PLACE, "U1") == (
        "You have used up your 20 questions for today. Please try again after 2026-12-02 09:00."
    )
