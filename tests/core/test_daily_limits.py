"""How limits of a day are read, and when they are near, reached and exceeded."""

from collections.abc import Sequence

import pytest

from chathakase.core.daily_limits import (
    DailyLimit,
    LimitLevel,
    LimitNotice,
    Measure,
    UsageTotal,
    Whose,
    exceeded,
    notice_of,
    passed,
    read_limits,
)

PERSON, CHANNEL, ALL = Whose


@pytest.mark.parametrize(
    ("measure", "text", "limits"),
    [
        (Measure.QUESTIONS, "", []),
        (Measure.QUESTIONS, "  ", []),
        (Measure.QUESTIONS, "20", [(PERSON, 20)]),
        (Measure.QUESTIONS, "20/200/2000", [(PERSON, 20), (CHANNEL, 200), (ALL, 2000)]),
        (Measure.QUESTIONS, " 20 / / 2000 ", [(PERSON, 20), (ALL, 2000)]),
        (Measure.QUESTIONS, "0/200", [(CHANNEL, 200)]),
        (Measure.TOKENS, "//5000000", [(ALL, 5_000_000)]),
        (Measure.COST, "0.50/5/50.000001", [(PERSON, 500_000), (CHANNEL, 5_000_000), (ALL, 50_000_001)]),
        (Measure.COST, "0.1", [(PERSON, 100_000)]),
    ],
)
def test_limits_are_read(measure: Measure, text: str, limits: Sequence[tuple[Whose, int]]) -> None:
    assert read_limits(measure, text) == tuple(DailyLimit(measure, whose, most) for whose, most in limits)


@pytest.mark.parametrize(
    ("measure", "text", "told"),
    [
        (Measure.QUESTIONS, "many", "whole numbers, such as 20"),
        (Measure.QUESTIONS, "-1", "whole numbers"),
        (Measure.QUESTIONS, "2.5", "whole numbers"),
        (Measure.QUESTIONS, "²", "whole numbers"),
        (Measure.TOKENS, "100,000", "whole numbers"),
        (Measure.COST, "$5", "dollars, such as 2.50"),
        (Measure.COST, "1e3", "dollars"),
        (Measure.COST, "0.1234567", "dollars"),
        (Measure.QUESTIONS, "1/2/3/4", "at most three numbers"),
    ],
)
def test_what_is_no_limit_is_refused_in_plain_words(measure: Measure, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_limits(measure, text)


@pytest.mark.parametrize(
    ("most", "before", "added", "levels"),
    [
        (5, 2, 1, []),
        (5, 3, 1, [LimitLevel.NEAR]),
        (5, 4, 1, [LimitLevel.REACHED]),
        (5, 5, 1, []),
        (5, 0, 9, [LimitLevel.REACHED]),
        (20, 15, 1, [LimitLevel.NEAR]),
        (20, 16, 1, []),
        (1, 0, 1, [LimitLevel.REACHED]),
        (2, 0, 1, []),
        (2, 1, 1, [LimitLevel.REACHED]),
        (7, 5, 1, [LimitLevel.NEAR]),
        (100, 70, 15, [LimitLevel.NEAR]),
        (100, 100, 0, []),
    ],
)
def test_a_level_is_passed_once(most: int, before: int, added: int, levels: Sequence[LimitLevel]) -> None:
    limit, total = DailyLimit(Measure.TOKENS, PERSON, most), UsageTotal(tokens=before + added)
    assert [level for level, _ in passed([limit], {PERSON: total}, UsageTotal(tokens=added))] == levels


@pytest.mark.parametrize(
    ("measure", "used", "is_exceeded"),
    [(Measure.QUESTIONS, 5, False), (Measure.QUESTIONS, 6, True), (Measure.TOKENS, 4, False), (Measure.COST, 5, True)],
)
def test_a_question_goes_beyond_a_limit(measure: Measure, used: int, is_exceeded: bool) -> None:
    """Among those that are counted it is already; what it will take of tokens and money nobody knows."""
    limits = (DailyLimit(measure, CHANNEL, 5),)
    totals = {PERSON: UsageTotal(), CHANNEL: UsageTotal(**{str(measure): used}), ALL: UsageTotal()}
    assert exceeded(limits, totals) == (limits[0] if is_exceeded else None)


@pytest.mark.parametrize("level", LimitLevel)
@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("whose", Whose)
def test_a_notice_is_read_as_it_was_written(level: LimitLevel, measure: Measure, whose: Whose) -> None:
    notice = LimitNotice(level, DailyLimit(measure, whose, 123), 20_000)
    assert notice_of(notice.level.value, str(notice)) == notice
