import pytest

from chathakase.core.window import ModelFacts
from chathakase.models.catalogue import KNOWN, OLLAMA_WINDOW, UNKNOWN, Catalogue, read_models


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("gpt-5.6-luna", ModelFacts(922_000, True, 0.2, 1.2)),
        ("openai/gpt-5.6-luna", ModelFacts(922_000, True, 0.2, 1.2)),
        ("GPT-5.4-mini-2026-03-17", ModelFacts(272_000, True, 0.75, 4.5)),
        ("gpt-6.1-terra", ModelFacts(922_000, True, 1, 5)),
        ("openrouter/meta-llama/llama-3.3-70b-instruct:free", ModelFacts(131_072)),
        ("Qwen/Qwen3-8B", ModelFacts(32_768)),
        ("something", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_longest_beginning_of_a_name_counts(name: str, facts: ModelFacts) -> None:
    assert Catalogue().facts(name) == facts


def test_ollamas_server_gives_less_than_a_model_can() -> None:
    assert Catalogue().facts("llama3.1:8b").window == OLLAMA_WINDOW
    assert Catalogue().facts("gemma3:12b") == ModelFacts(OLLAMA_WINDOW, vision=True)
    assert Catalogue().facts("something:latest").window == OLLAMA_WINDOW
    assert Catalogue().facts("gpt-oss:120b-cloud").window == 131_072


def test_what_is_set_comes_before_the_table() -> None:
    models = read_models("qwen3=32768 vision 0.2/1.2, llama3.1=131072,\n llama3.1:70b=65536 ,, Our/Own=2048 0/0")
    assert models.facts("qwen3:14b") == ModelFacts(32_768, True, 0.2, 1.2)
    assert models.facts("llama3.1:8b") == ModelFacts(131_072)
    assert models.facts("llama3.1:70b") == ModelFacts(65_536)
    assert models.facts("our/own-large") == ModelFacts(2_048, False, 0, 0)
    assert models.facts("gpt-4o") == KNOWN["gpt-4o"]


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_nothing_set_is_the_table(text: str) -> None:
    assert read_models(text).facts("gpt-4o") == KNOWN["gpt-4o"]


@pytest.mark.parametrize(
    "text", ["qwen3", "qwen3=", "=5", "qwen3=32k", "qwen3=32768 sees", "qwen3=32768 0.2", "a=4096 b=4096", "a=-4096"]
)
def test_what_cannot_be_read_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"must look like qwen3=32768 vision 0\.2/1\.2"):
        read_models(text)


@pytest.mark.parametrize("text", ["a=10", "a=999999999"])
def test_a_window_that_cannot_be_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="1,024 to 100,000,000 tokens"):
        read_models(text)


def test_every_entry_of_the_table_is_a_name_as_names_are_looked_up() -> None:
    for name, facts in KNOWN.items():
        assert name == name.lower()
        assert "/" not in name
        assert facts.window >= 4_096
        assert (facts.input_price is None) == (facts.output_price is None)
