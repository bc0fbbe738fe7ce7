"""What is taken for a title of what a model wrote."""

import pytest

from chathakase.core.titles import LONGEST_GIVEN
from chathakase.engine.titles import cleaned


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Trip to Kyoto", "Trip to Kyoto"),
        ('\n## **"Trip  to Kyoto."**\nIt is about a trip.', "Trip to Kyoto"),
        ("Title: ‘Trip to Kyoto’", "Trip to Kyoto"),
        ("タイトル：「京都の旅」。", "京都の旅"),
        ("x" * LONGEST_GIVEN, "x" * LONGEST_GIVEN),
        ("x" * (LONGEST_GIVEN + 1), ""),
        ("**Title: Trip to Kyoto**", "Trip to Kyoto"),
        ("I would call this conversation a talk about a trip to Kyoto", ""),
        ("***", ""),
        ("", ""),
    ],
)
def test_a_title_has_nothing_around_it_and_a_longer_text_is_none(written: str, title: str) -> None:
    assert cleaned(written) == title
