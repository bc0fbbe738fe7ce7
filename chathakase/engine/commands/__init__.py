"""The commands that work in any thread, most of them answered without the model."""

from chathakase.engine.commands.answering import answer_to
from chathakase.engine.commands.command_answers import Answer, Asked, Audited, Said, Told, privately, without_buttons
from chathakase.engine.commands.command_context import CommandContext, Terms
from chathakase.engine.commands.helping import text as help_text
from chathakase.engine.commands.parsing import (
    ABOUT_A_THREAD,
    ALOUD,
    CALLING,
    COMMANDS,
    NO_THREAD,
    OPENING_NONE,
    STOP,
    TELLING,
    is_one_word,
)
from chathakase.engine.commands.registry import Commands, find

__all__ = [
    "ABOUT_A_THREAD",
    "ALOUD",
    "CALLING",
    "COMMANDS",
    "NO_THREAD",
    "OPENING_NONE",
    "STOP",
    "TELLING",
    "Answer",
    "Asked",
    "Audited",
    "CommandContext",
    "Commands",
    "Said",
    "Terms",
    "Told",
    "answer_to",
    "find",
    "help_text",
    "is_one_word",
    "privately",
    "without_buttons",
]
