"""The emoji that a workspace has: those of Unicode by Slack's names, and what every workspace has beside them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "vendor" / "iamcal.json"
_OF_SLACK = (
    "black_square",
    "bowtie",
    "cubimal_chick",
    "dusty_stick",
    "glitch_crab",
    "piggy",
    "pride",
    "shipit",
    "simple_smile",
    "slack",
    "slack_call",
    "squirrel",
    "thumbsup_all",
    "white_square",
)
"""What a new workspace has, as emoji.list tells."""
_TONE = re.compile(r"::skin-tone-[2-6]$")


def is_emoji(name: str) -> bool:
    """Whether a workspace without emoji of its own has this one; a skin tone may follow, and colons are no part."""
    return _TONE.sub("", name) in _names()


@cache
def _names() -> frozenset[str]:
    table: dict[str, str | list[str]] = json.loads(_TABLE.read_text(encoding="utf-8"))
    several = (names if isinstance(names, list) else [names] for names in table.values())
    return frozenset(_OF_SLACK).union(*several)
