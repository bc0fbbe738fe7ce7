"""What the chart of everybody's use shows."""

import pytest

from chathakase.core.charts import BarChart, is_drawable
from chathakase.core.daily_limits import UsageTotal
from chathakase.core.usage import UsageSums
from chathakase.engine.usage.usage_chart import LAYERS, chart, description

LAST = 20_423
"""2025-12-01."""
DAYS = range(LAST - 13, LAST + 1)


def used(*tokens: tuple[int, str, int]) -> UsageSums:
    """So many tokens, so many days ago, with a model; and a question each day of those."""
    questions = {(LAST - ago, ""): UsageTotal(1) for ago, _, _ in tokens}
    return UsageSums(questions | {(LAST - ago, model): UsageTotal(0, most) for ago, model, most in tokens}, {}, {}, {})


def layers(shown: BarChart) -> dict[str, int]:
    return {layer.name: sum(layer.amounts) for layer in shown.layers}


def test_each_day_has_a_bar_and_each_model_a_layer() -> None:
    shown = chart(used((0, "small", 40), (2, "large", 700), (2, "small", 5)), DAYS)
    assert shown.bars == ["18\nNov", *map(str, range(19, 31)), "1\nDec"]
    assert {layer.name: layer.amounts for layer in shown.layers} == {
        "large": [*[0] * 11, 700, 0, 0],
        "small": [*[0] * 11, 5, 0, 40],
    }
    assert [layer.name for layer in shown.layers] == ["large", "small"], "what used most is the lowest"
    assert shown.subtitle == "2 questions, 745 tokens"


@pytest.mark.parametrize("models", [LAYERS, LAYERS + 1, 10])
def test_of_many_models_the_least_are_one_layer(models: int) -> None:
    found = layers(chart(used(*((day, f"m{n}", 10 - n) for n in range(models) for day in (1, 5))), DAYS))
    assert len(found) == LAYERS
    assert sum(found.values()) == sum(2 * (10 - n) for n in range(models))
    assert list(found)[-1] == ("m5" if models == LAYERS else f"{models - 5} others")


@pytest.mark.parametrize("name", ["模型", "", "gpt\n5", "gpt\u202e5", " ", "modèle"])
def test_a_name_that_cannot_be_drawn_is_among_the_others(name: str) -> None:
    assert not is_drawable(name)
    assert layers(chart(used((0, name, 100), (0, "a model", 1)), DAYS)) == {"a model": 1, "1 other": 100}


def test_the_same_is_told_in_a_sentence() -> None:
    assert description(used((0, "small", 40), (2, "large", 7_000)), DAYS) == (
        "Bars of the tokens that everybody used on each day from 2025-11-18 to 2025-12-01 (UTC), by model. "
        "In all: 2 questions, 7,040 tokens. Most tokens: 7,000 on 2025-11-29."
    )
