"""What diagnostics found: one plain sentence for each thing looked at, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chathakase.showing import harmless


class Level(StrEnum):
    """How bad it is, the mildest first."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong; something is worth knowing, or cannot be told."""
    WARNING = "warning"
    """It works, but not as well as it should, or not for long."""
    ERROR = "error"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Neither sentence holds a secret or anybody's words."""

    subject: str
    """What was looked at, in a word or two."""
    level: Level
    text: str
    advice: str = ""
    """What to do; empty when nothing is to be done."""

    def __post_init__(self) -> None:
        """See that this holds as far as it can: names and codes in them come from elsewhere."""
        for name in ("subject", "text", "advice"):
            object.__setattr__(self, name, harmless(getattr(self, name)))


EMOJI = {Level.OK: "✅", Level.NOTE: "ℹ️", Level.WARNING: "⚠️", Level.ERROR: "❌"}

VERDICTS = {
    Level.OK: "All is well.",
    Level.NOTE: "All is well.",
    Level.WARNING: "It works, but needs attention.",
    Level.ERROR: "Something is wrong.",
}


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the worst of them; OK when there are none."""
    levels = list(Level)
    return max((finding.level for finding in findings), key=levels.index, default=Level.OK)


def as_markdown(findings: Sequence[Finding]) -> str:
    """The findings as a message: a verdict, then a line for each, with its advice."""
    lines = [f"**{VERDICTS[worst(findings)]}**"]
    for finding in findings:
        advice = f" → *{finding.advice}*" if finding.advice else ""
        lines.append(f"- {EMOJI[finding.level]} **{finding.subject}**: {finding.text}{advice}")
    return "\n".join(lines)
