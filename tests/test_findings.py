import pytest

from chathakase.findings import Finding, Level, as_markdown, worst
from chathakase.showing import shown

FINE = Finding("clock", Level.OK, "right")
BAD = Finding("model", Level.ERROR, "cannot be reached", "Start it.")


def test_the_worst_counts() -> None:
    assert worst([]) is Level.OK
    assert worst([FINE, Finding("events", Level.NOTE, "not seen")]) is Level.NOTE
    assert worst([BAD, FINE]) is Level.ERROR


def test_as_a_message() -> None:
    assert as_markdown([FINE]) == "**All is well.**\n- ✅ **clock**: right"
    assert as_markdown([FINE, BAD]).splitlines()[0] == "**Something is wrong.**"
    assert as_markdown([BAD]).splitlines()[1] == "- ❌ **model**: cannot be reached → *Start it.*"


@pytest.mark.parametrize(
    ("address", "harmless"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("https://me:secret@host/v1?key=secret#secret", "https://host/v1"),
        ("https://[::1]:8080/api/", "https://[::1]:8080/api/"),
    ],
)
def test_secrets_in_addresses_are_not_shown(address: str, harmless: str) -> None:
    assert shown(address) == harmless
