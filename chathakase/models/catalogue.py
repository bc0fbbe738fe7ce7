"""What is known of models: how much they read and write at once, whether they see, and what they cost.

OpenAI's, Anthropic's, Google's, Mistral's and DeepSeek's own: the table that LiteLLM 1.109.1 (November 2026) carries
(``model_prices_and_context_window.json``), windows by the tokens of input that it has, prices without discounts. Open
models: their makers' model cards; what they cost depends on who runs them.

A name with a tag and without a maker (``llama3.1:8b``) is one of Ollama's, whose server gives it 4,096 tokens unless it
is told otherwise or has much memory (https://docs.ollama.com/context-length), and leaves out what is beyond without a
word. Whoever sets ``OLLAMA_CONTEXT_LENGTH`` tells us the same by CHATHAKASE_MODELS.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from chathakase.core.window import ModelFacts

UNKNOWN = ModelFacts(8_192)
"""What a model has at least that nobody has told us of."""
OLLAMA_WINDOW = 4_096
LEAST, MOST = 1_024, 100_000_000
"""Windows in tokens that can be set."""

_K = 1_000
_M = 1_000_000

KNOWN: Mapping[str, ModelFacts] = {
    "gpt-6.1-terra": ModelFacts(922 * _K, True, 1, 5),
    "gpt-6.1-sol": ModelFacts(922 * _K, True, 2, 10),
    "gpt-6-astra": ModelFacts(922 * _K, True, 10, 50),
    "gpt-6-sol": ModelFacts(922 * _K, True, 2, 10),
    "gpt-6-luna": ModelFacts(922 * _K, True, 0.1, 0.5),
    "gpt-6": ModelFacts(922 * _K, True),
    "gpt-5.6": ModelFacts(922 * _K, True, 4, 20),
    "gpt-5.6-terra": ModelFacts(922 * _K, True, 2, 12),
    "gpt-5.6-luna": ModelFacts(922 * _K, True, 0.2, 1.2),
    "gpt-5.6-cyber": ModelFacts(400 * _K, True, 12.5, 75),
    "gpt-5.5": ModelFacts(1_050 * _K, True, 5, 30),
    "gpt-5.4": ModelFacts(1_050 * _K, True, 2.5, 15),
    "gpt-5.4-mini": ModelFacts(272 * _K, True, 0.75, 4.5),
    "gpt-5.4-nano": ModelFacts(272 * _K, True, 0.2, 1.25),
    "gpt-5.3": ModelFacts(128 * _K, True, 1.75, 14),
    "gpt-5.2": ModelFacts(272 * _K, True, 1.75, 14),
    "gpt-5.2-chat": ModelFacts(128 * _K, True, 1.75, 14),
    "gpt-5.1": ModelFacts(272 * _K, True, 1.25, 10),
    "gpt-5.1-chat": ModelFacts(128 * _K, True, 1.25, 10),
    "gpt-5": ModelFacts(272 * _K, True, 1.25, 10),
    "gpt-5-chat": ModelFacts(128 * _K, True, 1.25, 10),
    "gpt-5-mini": ModelFacts(272 * _K, True, 0.25, 2),
    "gpt-5-nano": ModelFacts(272 * _K, True, 0.05, 0.4),
    "gpt-4.1": ModelFacts(1_047_576, True, 2, 8),
    "gpt-4.1-mini": ModelFacts(1_047_576, True, 0.4, 1.6),
    "gpt-4.1-nano": ModelFacts(1_047_576, True, 0.1, 0.4),
    "gpt-4o": ModelFacts(128 * _K, True, 2.5, 10),
    "gpt-4o-mini": ModelFacts(128 * _K, True, 0.15, 0.6),
    "gpt-4": ModelFacts(8_192, False, 30, 60),
    "gpt-4-turbo": ModelFacts(128 * _K, True, 10, 30),
    "gpt-3.5-turbo": ModelFacts(16_385, False, 0.5, 1.5),
    "gpt-oss": ModelFacts(131_072),
    "o1": ModelFacts(200 * _K, True, 15, 60),
    "o3": ModelFacts(200 * _K, True, 2, 8),
    "o3-mini": ModelFacts(200 * _K, False, 1.1, 4.4),
    "o4-mini": ModelFacts(200 * _K, True, 1.1, 4.4),
    "claude-": ModelFacts(200 * _K, True),
    "claude-haiku-4-5": ModelFacts(200 * _K, True, 1, 5),
    "claude-haiku-5-5": ModelFacts(_M, True, 0.1, 0.5),
    "claude-sonnet-4-5": ModelFacts(200 * _K, True, 3, 15),
    "claude-sonnet-4-6": ModelFacts(_M, True, 3, 15),
    "claude-sonnet-5": ModelFacts(_M, True, 2, 10),
    "claude-opus-4-5": ModelFacts(200 * _K, True, 5, 25),
    "claude-opus-5": ModelFacts(_M, True, 5, 25),
    "claude-opus-5-5": ModelFacts(_M, True, 4, 20),
    "gemini-": ModelFacts(1_048_576, True),
    "gemini-2.5-pro": ModelFacts(1_048_576, True, 1.25, 10),
    "gemini-2.5-flash": ModelFacts(1_048_576, True, 0.3, 2.5),
    "gemini-2.5-flash-lite": ModelFacts(1_048_576, True, 0.1, 0.4),
    "gemini-3-flash": ModelFacts(1_048_576, True, 0.5, 3),
    "gemini-3.1-pro": ModelFacts(1_048_576, True, 2, 12),
    "gemini-3.8-flash": ModelFacts(1_048_576, True, 0.75, 3.75),
    "gemini-4-argon": ModelFacts(1_048_576, True, 2, 10),
    "mistral-large": ModelFacts(262_144, True, 0.5, 1.5),
    "mistral-medium": ModelFacts(262_144, True, 1.5, 7.5),
    "mistral-small": ModelFacts(32_000),
    "mistral-small-latest": ModelFacts(262_144, True, 0.15, 0.6),
    "mistral-nemo": ModelFacts(128 * _K),
    "mistral": ModelFacts(32_000),
    "mixtral": ModelFacts(32_000),
    "ministral": ModelFacts(131_072),
    "deepseek-chat": ModelFacts(131_072, False, 0.28, 0.42),
    "deepseek-reasoner": ModelFacts(131_072, False, 0.28, 0.42),
    "deepseek-r1": ModelFacts(65_536),
    "deepseek-v3": ModelFacts(65_536),
    "deepseek-v4": ModelFacts(_M),
    "llama3": ModelFacts(8_192),
    "llama-3": ModelFacts(8_192),
    "meta-llama-3": ModelFacts(8_192),
    "llama3.1": ModelFacts(131_072),
    "llama-3.1": ModelFacts(131_072),
    "meta-llama-3.1": ModelFacts(131_072),
    "llama3.2": ModelFacts(131_072),
    "llama-3.2": ModelFacts(131_072),
    "llama3.2-vision": ModelFacts(131_072, True),
    "llama-3.2-11b-vision": ModelFacts(131_072, True),
    "llama-3.2-90b-vision": ModelFacts(131_072, True),
    "llama3.3": ModelFacts(131_072),
    "llama-3.3": ModelFacts(131_072),
    "llama4": ModelFacts(131_072, True),
    "llama-4": ModelFacts(131_072, True),
    "llava": ModelFacts(4_096, True),
    "qwen2.5": ModelFacts(32_768),
    "qwen2.5vl": ModelFacts(32_768, True),
    "qwen2.5-vl": ModelFacts(32_768, True),
    "qwen3": ModelFacts(32_768),
    "qwen3-vl": ModelFacts(131_072, True),
    "qwen3-coder": ModelFacts(262_144),
    "qwq": ModelFacts(32_768),
    "gemma2": ModelFacts(8_192),
    "gemma-2": ModelFacts(8_192),
    "gemma3": ModelFacts(131_072, True),
    "gemma3:1b": ModelFacts(32_768),
    "gemma-3": ModelFacts(131_072, True),
    "gemma-3-1b": ModelFacts(32_768),
    "phi3": ModelFacts(4_096),
    "phi-3": ModelFacts(4_096),
    "phi4": ModelFacts(16_384),
    "phi-4": ModelFacts(16_384),
}
"""By how a model's name begins; the longest beginning counts."""

ENTRY = re.compile(
    r"(?P<name>[^\s=,]+)=(?P<window>[0-9]{1,9})(?P<vision>\s+vision)?"
    r"(?:\s+(?P<input>[0-9]{1,6}(?:\.[0-9]{1,6})?)/(?P<output>[0-9]{1,6}(?:\.[0-9]{1,6})?))?"
)


class Catalogue:
    """What is known of models, with what was set before what is in the table."""

    def __init__(self, own: Mapping[str, ModelFacts] | None = None) -> None:
        self._own = own or {}

    def facts(self, model: str) -> ModelFacts:
        """What is known of a model by its name, as its server takes it; ``UNKNOWN`` when nothing is."""
        name = model.lower()
        own = _longest(self._own, name) or _longest(self._own, bare(name))
        if own is not None:
            return own
        known = _longest(KNOWN, name.rpartition("/")[2]) or UNKNOWN
        return replace(known, window=min(known.window, OLLAMA_WINDOW)) if _is_ollamas(name) else known


def read_models(text: str) -> Catalogue:
    """Read ``qwen3=32768 vision 0.2/1.2, llama3.1=131072``: what is known of models besides the table, or better.

    A name, how many tokens prompt and answer may have together, ``vision`` if it sees pictures, and US dollars for a
    million tokens in and out. Raises ValueError in plain words.
    """
    own = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        match = ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError("must look like qwen3=32768 vision 0.2/1.2, separated by commas")
        window = int(match["window"])
        if not LEAST <= window <= MOST:
            raise ValueError(f"must give each model a window of {LEAST:,} to {MOST:,} tokens")
        prices = (float(match["input"]), float(match["output"])) if match["input"] else (None, None)
        own[match["name"].lower()] = ModelFacts(window, bool(match["vision"]), *prices)
    return Catalogue(own)


def bare(model: str) -> str:
    """A model's name without its maker before it and the tag behind it, in small letters."""
    return model.lower().rpartition("/")[2].partition(":")[0]


def _longest(models: Mapping[str, ModelFacts], name: str) -> ModelFacts | None:
    """What the longest beginning of a name leads to."""
    return max(
        ((begin, facts) for begin, facts in models.items() if name.startswith(begin)),
        key=lambda found: len(found[0]),
        default=("", None),
    )[1]


def _is_ollamas(name: str) -> bool:
    return ":" in name and "/" not in name and not name.endswith("cloud") and not name.startswith("ft:")
