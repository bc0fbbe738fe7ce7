"""How many examples each property is tried with, and of which of them each table; they are the same on any machine."""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

WHOLE = "whole"
USUAL = 100
ROWS = 10
"""Examples of a table that are always tried."""

settings.register_profile(
    WHOLE,
    max_examples=USUAL,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# For work in between, by `--hypothesis-profile`.
settings.register_profile("tenth", settings.get_profile(WHOLE), max_examples=USUAL // 10)


def examples(number: int) -> int:
    """So many as a property wants where it does not want as many as usual, or the same share of them."""
    return max(1, number * settings().max_examples // USUAL)


class Thinning:
    """Of the rows of a long table, too, only that share is tried: the first, the last, and some between them."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        tables = defaultdict(list)
        for item in items:
            tables[item.nodeid.partition("[")[0]].append(item)
        kept = {item for rows in tables.values() for item in _thinned(rows)}
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]


def _thinned(rows: list[pytest.Item]) -> list[pytest.Item]:
    number = max(ROWS, examples(len(rows)))
    if number >= len(rows):
        return rows
    return [rows[place * (len(rows) - 1) // (number - 1)] for place in range(number)]
