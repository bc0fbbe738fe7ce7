"""The commands that work in any thread, most of them answered without the model."""

from chathakase.engine.commands.answers import Answer, Asked, Said, privately
from chathakase.engine.commands.book import Commands
from chathakase.engine.commands.helping import TEXT as HELP
from chathakase.engine.commands.means import Means, Stores, Terms
from chathakase.engine.commands.parsing import ALOUD, CALLING, COMMANDS, STOP, TELLING

__all__ = [
    "ALOUD",
    "CALLING",
    "COMMANDS",
    "HELP",
    "STOP",
    "TELLING",
    "Answer",
    "Asked",
    "Commands",
    "Means",
    "Said",
    "Stores",
    "Terms",
    "privately",
]
