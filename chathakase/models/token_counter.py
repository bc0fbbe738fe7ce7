"""How tokens are counted for a model: exactly where a vocabulary is installed, else nearly.

The vocabularies are those of ``bpe-openai`` (the extra ``tokens``), which carries them in its wheel, so that nothing is
ever fetched, unlike with tiktoken; and one wheel does for every Python there is. It takes a second to load, and 140 MB.
"""

from collections.abc import Callable, Sequence

from chathakase.core.ports import TokenCounter
from chathakase.core.token_estimate import Estimator
from chathakase.models.catalogue import bare

VOCABULARY, OLD_VOCABULARY = "o200k_base", "cl100k_base"
OPENAIS = ("gpt-", "chatgpt-", "o1", "o3", "o4", "ft:gpt-")
"""How the names of models begin whose vocabularies these are."""
OLD = ("gpt-4-", "gpt-3.5-", "ft:gpt-3.5-", "ft:gpt-4-")
"""How the names of those begin that have the old one, besides ``gpt-4`` itself."""

AT_ONCE = 50_000
"""Characters that are counted together; the tokenizer refuses texts of more than 200,000 tokens, and no character has
more than four."""


class ExactCounter:
    """Counts with a vocabulary (a TokenCounter)."""

    def __init__(self, name: str, encode: Callable[[str], Sequence[int]], *, is_own: bool = True) -> None:
        self.is_own = is_own
        self._name = name
        self._encode = encode

    @property
    def name(self) -> str:
        """The vocabulary, and whether it is another than the model's own, in words."""
        return f"counted with {self._name}"

    def count(self, text: str) -> int:
        """How many tokens a text has, whatever it holds; one or two more where a very long one is cut."""
        return sum(len(self._encode(text[at : at + AT_ONCE])) for at in range(0, len(text), AT_ONCE))


def open_counter(model: str) -> TokenCounter:
    """The best counter that there is for a model; may take a second. Never asks the network."""
    try:
        import bpe_openai
    except ImportError:
        return Estimator()
    name = bare(model) if not model.startswith("ft:") else model
    vocabulary = OLD_VOCABULARY if name == "gpt-4" or name.startswith(OLD) else VOCABULARY
    # What people write may look like a special token; ordinary encoding takes it for what it is, text.
    encode = bpe_openai.get_encoding(vocabulary).encode_ordinary
    own = name.startswith(OPENAIS)
    return ExactCounter(vocabulary if own else f"{vocabulary}, not {name}'s own", encode, is_own=own)


def is_exact(counter: TokenCounter) -> bool:
    """Whether it counts with the model's own vocabulary."""
    return isinstance(counter, ExactCounter) and counter.is_own
