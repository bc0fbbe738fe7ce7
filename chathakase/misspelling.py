"""Finds settings that were misspelt, by the names of the variables that are set; values are never told."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

from chathakase.showing import harmless

OURS = "CHATHAKASE_"
"""How names begin that mean nothing to any other program."""
LIKE, VERY_LIKE = 0.6, 0.85
"""How alike a name must be, from 0 to 1: where it can only be meant for us, and where it may not."""
FORMER = {"OPENAI_API_BASE": "OPENAI_BASE_URL"}
"""What something that we read was once called elsewhere."""
LONGEST = 60
"""Characters of a name that are shown."""


def misspelt(settings: type[BaseSettings]) -> list[str]:
    """One sentence for each variable, of the environment or the ``.env`` file, that seems to be meant for a setting.

    And one for each line of that file that sets none, since it is not written as it must be.
    """
    known = {name.upper() for name in settings.model_fields}
    there = set(_names(settings))
    return [*_unread_lines(settings), *sorted(filter(None, (_sentence(name, known, there) for name in there - known)))]


def _unread_lines(settings: type[BaseSettings]) -> Iterator[str]:
    file = Path(str(settings.model_config.get("env_file")))
    # A file that cannot be read is told where it is read for its values.
    with suppress(OSError, UnicodeError), file.open(encoding=settings.model_config.get("env_file_encoding")) as lines:
        for found in parse_stream(lines):
            if found.error:
                yield f"line {found.original.line} of {file} is ignored: write it as NAME=value, and close its quotes"


def _names(settings: type[BaseSettings]) -> Iterator[str]:
    yield from map(str.upper, EnvSettingsSource(settings).env_vars)
    # A file that cannot be read is told where it is read for its values.
    with suppress(OSError, UnicodeError):
        yield from map(str.upper, DotEnvSettingsSource(settings).env_vars)


def _sentence(name: str, known: Collection[str], there: Collection[str]) -> str:
    """What to say of a name; nothing where it is none of ours."""
    meant = _meant(name, known, there)
    if not meant and not name.startswith(OURS):
        return ""
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{harmless(name[:LONGEST])} is not a setting{hint}"


def _meant(name: str, known: Collection[str], there: Collection[str]) -> str:
    """The setting that a name was probably meant to be; one of another program's stays what it is."""
    if name.startswith(OURS):
        rests = [each.removeprefix(OURS) for each in known if each.startswith(OURS)]
        return "".join(OURS + rest for rest in get_close_matches(name.removeprefix(OURS), rests, n=1, cutoff=LIKE))
    # Who has set the right one as well has set this one for another program.
    unset = [each for each in known if each not in there]
    former = FORMER.get(name, "")
    return former if former in unset else "".join(get_close_matches(name, unset, n=1, cutoff=VERY_LIKE))
