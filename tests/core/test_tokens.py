import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.typical_texts import O200K, texts
from chathakase.core.token_estimate import Estimator
from tests.core.steady import steady

LEAST, MOST = 0.95, 1.4
"""An estimate over the truth: too many only waste a little of a window, too few run over it."""


@pytest.mark.parametrize(("kind", "exact"), O200K.items())
def test_an_estimate_is_near_and_rather_over(kind: str, exact: int) -> None:
    assert LEAST <= Estimator().count(texts()[kind]) / exact <= MOST


def test_every_kind_of_text_is_compared() -> None:
    assert set(texts()) == set(O200K)


def test_nothing_has_no_tokens() -> None:
    assert Estimator().count("") == 0


@steady
@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    count = Estimator().count(text)
    assert (count > 0) == bool(text)
    assert count <= 5 * len(text) + 1


def test_any_character_can_be_counted() -> None:
    for first in range(0, 0x110000, 0x1000):
        assert Estimator().count("".join(map(chr, range(first, first + 0x1000)))) > 0


@pytest.mark.parametrize("text", ["=" * 10_000, "a" * 10_000, "A" * 10_000, "7" * 10_000, " " * 10_000, "\n" * 10_000])
def test_runs_without_an_end_are_counted(text: str) -> None:
    assert len(text) / 100 < Estimator().count(text) < len(text)
