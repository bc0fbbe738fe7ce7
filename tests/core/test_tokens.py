import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.texts import texts
from chathakase.core.tokens import Estimator
from tests.core.steady import steady

O200K = {
    "English": 171,
    "Japanese": 291,
    "Chinese": 135,
    "Korean": 177,
    "Russian": 96,
    "Greek": 110,
    "Thai": 255,
    "Arabic": 158,
    "Hindi": 139,
    "Vietnamese": 106,
    "German": 95,
    "French": 77,
    "Spanish": 70,
    "Python": 267,
    "JavaScript": 196,
    "SQL": 128,
    "Markdown": 182,
    "JSON, compact": 940,
    "JSON, indented": 1347,
    "CSV": 759,
    "a log": 1245,
    "emoji": 364,
    "chat with emoji": 298,
    "base64": 1365,
    "hexadecimal": 1138,
}
"""How many tokens each text has in OpenAI's vocabulary o200k_base, as bpe-openai 0.1.4 counts them."""

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
