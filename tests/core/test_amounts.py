import pytest

from chathakase.core.amounts import counted, size, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (-3, "0 s"), (59.9, "59 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_061, "1 d 1 h")],
)
def test_spans(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (4_096, "4 kB"),
        (999_700, "1.0 MB"),
        (12_345_678, "12 MB"),
        (1_300_000_000, "1.3 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


def test_counts() -> None:
    assert [counted(n, "session") for n in (0, 1, 2_000)] == ["0 sessions", "1 session", "2,000 sessions"]
    assert counted(2, "person", "people") == "2 people"
