"""From what people say to a command, if it is nothing but that. Pure."""

import re
from collections.abc import Mapping

from chathakase.core.errands import CLEAR_SESSION, FORGET_ONE

SESSION_INFO = "session info"
WHAT_DO_YOU_REMEMBER = "what do you remember"
FORGET = "forget"
FORGET_LAST = "forget my last message"
FORGET_HERE = "forget my messages here"
FORGET_EVERYTHING = "forget everything of mine"
FORGET_EVERYTHING_NOW = "forget everything of mine now"
CLEAR_FOR_EVERYONE = f"{CLEAR_SESSION} for everyone"
EXPORT = "export session"
SUMMARISE = "summarise"
COMPACT = "compact"
SEARCH = "search threads"
RENAME = "rename session"
ANSWER_AGAIN = "answer again"
STOP = "stop"
ALL_SESSIONS = "all sessions"
DOCTOR = "doctor"
HELP = "help"

FOR_EVERYONE = "for everyone"
"""The argument of a session's clearing that has been asked about."""

COMMANDS = (
    SESSION_INFO,
    WHAT_DO_YOU_REMEMBER,
    SEARCH,
    SUMMARISE,
    COMPACT,
    RENAME,
    EXPORT,
    ANSWER_AGAIN,
    STOP,
    FORGET,
    FORGET_LAST,
    FORGET_HERE,
    FORGET_EVERYTHING,
    CLEAR_SESSION,
    ALL_SESSIONS,
    DOCTOR,
    HELP,
)
"""What people can say."""

TELLING = frozenset(
    {SESSION_INFO, WHAT_DO_YOU_REMEMBER, SEARCH, SUMMARISE, COMPACT, EXPORT, ALL_SESSIONS, DOCTOR, HELP}
)
"""Commands of which it is enough to do one where several are the same: what comes between makes no difference."""

ALOUD = frozenset({SESSION_INFO, SUMMARISE, COMPACT, RENAME, EXPORT, CLEAR_SESSION, HELP})
"""Commands that are answered for everybody to read; what others tell concerns one person, or the whole house."""

CALLING = frozenset({SUMMARISE, COMPACT, ANSWER_AGAIN})
"""Commands for which the model is called, so that they count as questions do."""

EXACT: Mapping[str, tuple[str, str]] = {
    **{name: (name, "") for name in (*COMMANDS, FORGET_EVERYTHING_NOW)},
    "memory": (WHAT_DO_YOU_REMEMBER, ""),
    "summarize": (SUMMARISE, ""),
    # Said in the thread, it can mean no other message: any other is pointed at by its own menu.
    "forget this message": (FORGET_LAST, ""),
    "forget this": (FORGET_LAST, ""),
    "forget my messages": (FORGET_HERE, ""),
    "forget everything": (FORGET_EVERYTHING, ""),
    "forget everything of mine everywhere": (FORGET_EVERYTHING, ""),
    CLEAR_FOR_EVERYONE: (CLEAR_SESSION, FOR_EVERYONE),
}
"""Each phrase with the command that it is, and its argument."""

WITH_ARGUMENT: Mapping[str, re.Pattern[str]] = {
    SEARCH: re.compile(".+"),
    RENAME: re.compile(".+"),
    # What a message's shortcut says: which message it is.
    FORGET_ONE: re.compile(r"[0-9]+\.[0-9]+"),
}
"""Commands behind which something is said on the same line, and what that may be."""

ENDS = "?!.？！。… "
"""What may stand behind a command and makes no difference."""


def parse(text: str) -> tuple[str, str] | None:
    """The command that a text is, and its argument; None for whatever is said to the model."""
    words = " ".join(text.split())
    if (exact := EXACT.get(words.rstrip(ENDS).lower())) is not None:
        return exact
    if "\n" in text.strip():
        return None
    for name, allowed in WITH_ARGUMENT.items():
        argument = words[len(name) + 1 :]
        if words.lower().startswith(f"{name} ") and allowed.fullmatch(argument):
            return name, argument
    return None
