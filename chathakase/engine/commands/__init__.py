"""The commands that work in any thread, most of them answered without the model."""

from chathakase.engine.commands.answers import Answer, Asked, Said, privately
from chathakase.engine.commands.book import Commands, find
from chathakase.engine.commands.helping import text as help_text
from chathakase.engine.commands.means import Means, Terms
from chathakase.engine.commands.parsing import (
    ABOUT_A_THREAD,
    ALOUD,
    CALLING,
    COMMANDS,
    NO_THREAD,
    STOP,
    TELLING,
)

__all__ = [
    "ABOUT_A_THREAD",
    "ALOUD",
    "CALLING",
    "COMMANDS",
    "NO_THREAD",
    "STOP",
    "TELLING",
    "Answer",
    "Asked",
    "Commands",
    "Means",
    "Said",
    "Terms",
    "find",
    "help_text",
    "privately",
]
