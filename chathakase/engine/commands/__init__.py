"""The commands that work in any thread, most of them answered without the model."""

from chathakase.engine.commands.answers import Answer, Asked, Said, privately
from chathakase.engine.commands.book import Commands
from chathakase.engine.commands.helping import text as help_text
from chathakase.engine.commands.means import Means, Stores, Terms
from chathakase.engine.commands.parsing import ALOUD, CALLING, COMMANDS, STOP, TELLING

__all__ = [
    "ALOUD",
    "CALLING",
    "COMMANDS",
    "STOP",
    "TELLING",
    "Answer",
    "Asked",
    "Commands",
    "Means",
    "Said",
    "Stores",
    "Terms",
    "help_text",
    "privately",
]
