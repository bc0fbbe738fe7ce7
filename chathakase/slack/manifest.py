"""The manifest of the bot's app in Slack: what it is called, what it may do and what it hears of."""

from pathlib import Path

NAME = "manifest.yml"
PLACES = (Path(__file__).with_name(NAME), Path(__file__).parents[2] / NAME)
"""Where it is: beside this module where the package was built, at the top of the project where that is worked on."""


def manifest() -> str:
    """The text of the manifest, in YAML, as Slack takes it."""
    place = next(place for place in PLACES if place.exists())
    return place.read_text(encoding="utf-8")
