"""How use reads."""

import pytest

from chathakase.core.daily_limits import DailyLimit, Measure, UsageTotal, Whose
from chathakase.core.usage import DailyUsage, by_day, summed
from chathakase.engine.usage.usage_tables import bar, left, ranking, sentence, table


@pytest.mark.parametrize(
    ("amount", "most", "shown"),
    [(0, 0, " "), (0, 9, " "), (1, 1_000_000, "▁"), (1, 8, "▁"), (2, 8, "▂"), (501, 1_000, "▅"), (7, 7, "█")],
)
def test_a_bar_is_as_high_as_its_share_of_the_greatest(amount: int, most: int, shown: str) -> None:
    assert bar(amount, most) == shown


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (UsageTotal(), "0 questions, 0 tokens"),
        (UsageTotal(0, 12), "12 tokens"),
        (UsageTotal(1, 1), "1 question, 1 token"),
        (UsageTotal(3, 4_210, 12_300), "3 questions, 4,210 tokens, about $0.0123"),
        (UsageTotal(1_000, 9_000_000, 2_500_000), "1,000 questions, 9,000,000 tokens, about $2.50"),
    ],
)
def test_a_sum_is_told_in_words(used: UsageTotal, words: str) -> None:
    assert sentence(used) == words


def test_those_who_used_most_are_told_first_and_the_rest_in_one_sum() -> None:
    used = {"a": UsageTotal(1, 10), "b": UsageTotal(9, 5), "c": UsageTotal(1, 30), "d": UsageTotal(2, 10)}
    assert ranking("People", used, str.upper, listed=2).splitlines() == [
        "**People**",
        "- C: 1 question, 30 tokens",
        "- D: 2 questions, 10 tokens",
        "- … and 2 more: 10 questions, 15 tokens",
    ]
    assert "more" not in ranking("People", used, str.upper, listed=4)


@pytest.mark.parametrize(
    ("whose", "limits", "line"),
    [
        (Whose.PERSON, {Measure.QUESTIONS: 20}, "- Left for you today: 17 of 20 questions"),
        (Whose.CHANNEL, {Measure.TOKENS: 4_000}, "- Left in this channel today: 0 of 4,000 tokens"),
        (
            Whose.ALL,
            {Measure.QUESTIONS: 2_000, Measure.COST: 2_500_000},
            "- Left for everybody today: 1,997 of 2,000 questions, $2.00 of $2.50",
        ),
    ],
)
def test_what_is_left_of_limits_is_told_in_one_line(whose: Whose, limits: dict[Measure, int], line: str) -> None:
    limited = [DailyLimit(measure, whose, most) for measure, most in limits.items()]
    assert left(whose, limited, UsageTotal(3, 4_210, 500_000)) == line


def test_days_stand_in_columns_with_the_cost_where_there_is_one() -> None:
    used = {20_000: UsageTotal(12, 1_200, 4_500), 20_001: UsageTotal(), 20_002: UsageTotal(1, 300)}
    assert table(used).splitlines() == [
        "```",
        "  day     questions  tokens     cost",
        "4 Oct  █         12   1,200  $0.0045",
        "5 Oct             0       0  $0.0000",
        "6 Oct  ▂          1     300  $0.0000",
        "```",
    ]


def test_without_prices_there_is_no_column_for_them() -> None:
    assert "cost" not in table({20_000: UsageTotal(12, 1_200)})


def test_days_are_summed_up_and_others_left_out() -> None:
    used = [
        DailyUsage(4, "C1", "U1", "default", "", 2, 0, 0, 0, 0),
        DailyUsage(4, "C2", "U1", "default", "m", 0, 1, 10, 5, 7),
        DailyUsage(6, "C1", "U1", "default", "m", 0, 1, 20, 2, 9),
        DailyUsage(7, "C1", "U1", "default", "m", 0, 1, 500, 500, 500),
    ]
    sums = by_day(used, range(4, 7))
    assert sums == [UsageTotal(2, 15, 7), UsageTotal(), UsageTotal(0, 22, 9)]
    assert summed(sums) == UsageTotal(2, 37, 16)
