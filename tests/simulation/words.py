"""The words by which it is seen where a text comes from and whether all of it is there. Pure."""

import re
from collections.abc import Sequence
from random import Random

TOKEN = re.compile(r"\b[qac][0-9]+z\b")
"""A word of one message alone, which tells its thread: of a question, an aside, or chatter. Cut short it is none."""
SECRET = "swordfish"
"""Something that everybody talks about, and that no log may ever tell."""
END = "That is all."
"""The end of every whole answer."""

VOCABULARY = ("the", "sea", "is", "deep", "and", "this", "fish", "swims", "far", "with", "its", "long", "bill", "in")


def tokens(text: str) -> list[str]:
    """The tokens of a text, in their order."""
    return TOKEN.findall(text)


def questions(text: str) -> list[str]:
    """The tokens of questions in a text, each once."""
    return list(dict.fromkeys(token for token in tokens(text) if token.startswith("q")))


def answer(asked: Sequence[str], length: int) -> str:
    """An answer to some questions, with so many words of filling."""
    rng = Random(" ".join(asked))
    words = [SECRET if number % 30 == 0 else rng.choice(VOCABULARY) for number in range(length)]
    lines = [" ".join(words[start : start + 12]).capitalize() + "." for start in range(0, len(words), 12)]
    return f"About {', '.join(asked)}: " + "\n\n".join(lines) + f" {END}"
