"""How many tokens a text has, nearly, without any vocabulary. Pure."""

import re
from collections.abc import Iterator, Mapping

MESSAGE_TOKENS = 4
"""What the marks around a message take, besides its text: three for OpenAI's models, one for a role or a name
(https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken); other chat templates are near."""
REPLY_TOKENS = 3
"""What the beginning of the answer takes (same source)."""
IMAGE_TOKENS = 1_100
"""What a scaled picture takes: OpenAI's high detail is 85 and 170 for each of up to six tiles of 512 pixels, 1,105
(https://platform.openai.com/docs/guides/images-vision)."""

CAUTION = 1.05
"""How much more is reckoned for words than they cost on the average."""
LONGEST = 24
"""Letters of a word that are looked at together."""
RANDOM = 0.15
"""What each character of a key or of base64 costs more than in a word: its syllables are in no vocabulary."""
ACCENTED = 0.007
"""The share of accented letters from which on a text is in another language than English."""

AT_ONCE = 2**15
"""Characters that are counted in one go."""

_PIECE = re.compile(rb"_!{1,12}n{0,2}|!?(?:A?a{1,24}|A{1,24}(?!a))|A|0{1,3}|!{1,12}n{0,2}|n{1,8}|_{1,64}(?=_)")
"""What OpenAI's vocabularies never join, in the kinds of characters of which a text is made."""
_RUN = re.compile(rb"[Aa0]{16,}")
_ACCENTS = bytes(range(0xC0, 0x100))


def _kind(character: str) -> str:
    """One of: a lower, A upper, 0 digit, _ blank, n line break, ! anything else."""
    if character in "\n\r":
        return "n"
    if character.isdecimal():
        return "0"
    if character.isspace():
        return "_"
    if not character.isalpha():
        return "!"
    return "A" if character.isupper() else "a"


_KINDS = "".join(map(_kind, map(chr, range(256)))).encode()


def _prices(words: tuple[float, ...], *, letters: float) -> Mapping[bytes, float]:
    """What each piece costs, words by their length; longer ones have one token for so many letters."""
    of_word = (*words, *(length / letters for length in range(len(words), LONGEST + 2)))
    of_caps = (0, 1, 1.05, 1.15, 1.45, 1.6, *(max(1.65, length / 3.6) for length in range(6, LONGEST + 1)))
    of_marks = (0, 1, 1, 1.05, 1.2, 1.5, *(length / 2.4 for length in range(6, 13)))
    prices = {b"A": 1.0, **{b"0" * length: 1.0 for length in range(1, 4)}}
    for length in range(1, LONGEST + 1):
        prices |= {mark + b"a" * length: of_word[length] for mark in (b"", b"!")}
        prices |= {mark + b"A" + b"a" * length: of_word[length + 1] for mark in (b"", b"!")}
        prices |= {mark + b"A" * length: of_caps[length] for mark in (b"", b"!")}
    for length in range(1, 13):
        prices |= {start + b"!" * length + b"n" * n: of_marks[length] for start in (b"", b"_") for n in range(3)}
    prices |= {kind * length: 1.0 for kind, most in ((b"n", 8), (b"_", 64)) for length in range(1, most + 1)}
    return prices


_ENGLISH = _prices((0, 1, 1, 1, 1.05, 1.1, 1.2, 1.25, 1.35, 1.5, 1.75, 1.9), letters=5.6)
_OTHER = _prices((0, 1, 1, 1.03, 1.15, 1.35, 1.5, 1.6, 1.75, 1.95, 2.2, 2.4), letters=4.4)


def _blocks() -> Iterator[tuple[int, int, float]]:
    """First and last block of 256 characters, and what one of them costs on the average."""
    yield 0x00, 0x00, 0.0  # counted by pieces
    yield 0x01, 0x02, 0.45  # Latin with marks
    yield 0x03, 0x03, 0.5  # Greek
    yield 0x04, 0x04, 0.35  # Cyrillic
    yield 0x05, 0x05, 0.5  # Hebrew, Armenian
    yield 0x06, 0x07, 0.42  # Arabic
    yield 0x08, 0x0D, 0.48  # the scripts of India
    yield 0x0E, 0x0E, 0.46  # Thai, Lao
    yield 0x0F, 0x1D, 1.2  # Tibetan, Burmese, Georgian, Ethiopic, Khmer
    yield 0x1E, 0x1F, 0.55  # Vietnamese, old Greek
    yield 0x20, 0x20, 1.0  # dashes, quotes, joiners
    yield 0x21, 0x24, 1.6  # arrows, mathematics
    yield 0x25, 0x25, 0.7  # lines of tables, which come in runs
    yield 0x26, 0x2F, 1.6  # signs, radicals
    yield 0x30, 0x30, 0.72  # kana
    yield 0x31, 0x33, 2.0
    yield 0x34, 0x4D, 2.5  # rare Chinese characters
    yield 0x4E, 0x9F, 0.92  # Chinese characters
    yield 0xA0, 0xAB, 1.6
    yield 0xAC, 0xD7, 0.86  # hangul
    yield 0xD8, 0xD9, 2.0  # the first half of an emoji
    yield 0xDA, 0xDB, 4.0  # the first half of what hardly anybody writes
    yield 0xDC, 0xDF, 0.0  # the second half
    yield 0xE0, 0xFD, 2.0
    yield 0xFE, 0xFE, 0.4  # selectors of emoji
    yield 0xFF, 0xFF, 1.0  # wide forms


_BLOCKS = [price for first, last, price in _blocks() for _ in range(first, last + 1)]


class Estimator:
    """Estimates tokens by the kinds of characters of which a text is made (a TokenCounter).

    The prices are those of the vocabulary o200k, measured on texts of every kind, and rather too high.
    """

    @property
    def name(self) -> str:
        """How it counts, in words."""
        return "estimated"

    def count(self, text: str) -> int:
        """About how many tokens a text has, rather more than fewer."""
        if not text:
            return 0
        if len(text) > AT_ONCE:
            # Whoever counts in a thread lets others work in between.
            return sum(self.count(text[start : start + AT_ONCE]) for start in range(0, len(text), AT_ONCE))
        if text.isascii():
            return int(_cost(text.encode(), _ENGLISH)) + 1
        near = text.encode("latin-1", "ignore")
        blocks = text.encode("utf-16-be", "surrogatepass")[::2]
        accents = len(near) - len(near.translate(None, _ACCENTS)) + blocks.count(1) + blocks.count(0x1E)
        prices = _OTHER if accents > ACCENTED * len(near) else _ENGLISH
        return int(_cost(near, prices) + sum(map(_BLOCKS.__getitem__, blocks))) + 1


def _cost(text: bytes, prices: Mapping[bytes, float]) -> float:
    kinds = text.translate(_KINDS)
    words = sum(map(prices.__getitem__, _PIECE.findall(kinds)))
    return CAUTION * words + RANDOM * sum(len(run) for run in _RUN.findall(kinds) if len(set(run)) == 3)
