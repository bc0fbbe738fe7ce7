import sys
from types import SimpleNamespace

import pytest

from chathakase.models.token_counter import AT_ONCE, ExactCounter, is_exact, open_counter


def encode(text: str) -> list[int]:
    """As the library does: one token for each word, and no more than 200,000."""
    tokens = [len(word) for word in text.split()]
    if len(tokens) > 200_000:
        raise ValueError
    return tokens


@pytest.fixture
def vocabularies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The library, which this suite can do without, as far as it is called."""
    asked: list[str] = []

    def get_encoding(name: str) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace(encode_ordinary=encode)

    monkeypatch.setitem(sys.modules, "bpe_openai", SimpleNamespace(get_encoding=get_encoding))
    return asked


def test_without_the_library_tokens_are_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bpe_openai", None)
    counter = open_counter("gpt-5.6-luna")
    assert counter.name == "estimated"
    assert not is_exact(counter)


@pytest.mark.parametrize(
    ("model", "vocabulary", "name"),
    [
        ("gpt-5.6-luna", "o200k_base", "o200k_base"),
        ("openai/gpt-4o", "o200k_base", "o200k_base"),
        ("gpt-4.1-mini", "o200k_base", "o200k_base"),
        ("o3-mini", "o200k_base", "o200k_base"),
        ("gpt-4", "cl100k_base", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base", "cl100k_base"),
        ("llama3.1:8b", "o200k_base", "o200k_base, not llama3.1's own"),
    ],
)
def test_each_family_has_its_vocabulary(vocabularies: list[str], model: str, vocabulary: str, name: str) -> None:
    counter = open_counter(model)
    assert (vocabularies, counter.name) == ([vocabulary], f"counted with {name}")
    assert is_exact(counter) == (name == vocabulary)


@pytest.mark.usefixtures("vocabularies")
def test_texts_of_any_length_are_counted() -> None:
    counter = open_counter("gpt-4o")
    assert counter.count("") == 0
    assert counter.count("so many words") == 3
    words = "a " * 10 * AT_ONCE
    assert counter.count(words) == len(words) // 2


def test_no_piece_has_more_tokens_than_the_library_takes() -> None:
    lengths: list[int] = []

    def four_for_each(text: str) -> list[int]:
        lengths.append(4 * len(text))
        return [0]

    assert ExactCounter("v", four_for_each).count("𓀀" * (2 * AT_ONCE + 1)) == 3
    assert max(lengths) <= 200_000
