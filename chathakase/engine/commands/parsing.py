"""From what people say to a command, if it is nothing but that. Pure."""

import re
import unicodedata
from collections.abc import Mapping

import regex

from chathakase.core import jobs
from chathakase.core.addressing import HONORIFICS
from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION, FORGET_ONE
from chathakase.core.mentions import MENTION
from chathakase.engine.listings import list_request

SESSION_INFO = "session info"
WHAT_DO_YOU_REMEMBER = "what do you remember"
FORGET = "forget"
FORGET_LAST = "forget my last message"
FORGET_HERE = "forget my messages here"
FORGET_EVERYTHING = "forget everything of mine"
FORGET_LAST_NOW = f"{FORGET_LAST} now"
FORGET_HERE_NOW = f"{FORGET_HERE} now"
FORGET_EVERYTHING_NOW = jobs.FORGET_EVERYTHING_NOW
CLEAR_FOR_EVERYONE = f"{CLEAR_SESSION} for everyone"
EXPORT = "export session"
SUMMARISE = "summarise"
COMPACT = "compact"
THREADS = "threads"
SEARCH = "search threads"
RENAME = jobs.RENAME_SESSION
ARCHIVE_SESSION = jobs.ARCHIVE_SESSION
ANSWER_AGAIN = "answer again"
STOP = jobs.STOP
USAGE = "usage"
ALL_SESSIONS = "all sessions"
ALL_USAGE = "all usage"
DOCTOR = "doctor"
AUDIT_LOG = "audit log"
LIFT_LIMITS = "lift limits"
MUTE = jobs.MUTE_CHANNEL
UNMUTE = jobs.UNMUTE_CHANNEL
HELP = "help"

FOR_EVERYONE = "for everyone"
"""The argument of a session's clearing that has been asked about."""

NOW = "now"
"""The argument of what is to be forgotten and has been asked about."""

GONE = "gone"
"""What is told where a command names a session that is not there any more."""

NO_THREAD = "no thread"
"""What is told where a command is about a thread, and there is none; its argument is the command."""

COMMANDS = (
    SESSION_INFO,
    WHAT_DO_YOU_REMEMBER,
    THREADS,
    SEARCH,
    SUMMARISE,
    COMPACT,
    RENAME,
    EXPORT,
    ANSWER_AGAIN,
    STOP,
    USAGE,
    FORGET,
    FORGET_LAST,
    FORGET_HERE,
    FORGET_EVERYTHING,
    CLEAR_SESSION,
    ARCHIVE_SESSION,
    DELETE_SESSION,
    ALL_SESSIONS,
    ALL_USAGE,
    DOCTOR,
    AUDIT_LOG,
    LIFT_LIMITS,
    MUTE,
    UNMUTE,
    HELP,
)
"""What people can say."""

TELLING = frozenset(
    {
        SESSION_INFO,
        WHAT_DO_YOU_REMEMBER,
        THREADS,
        SEARCH,
        SUMMARISE,
        COMPACT,
        EXPORT,
        USAGE,
        ALL_SESSIONS,
        ALL_USAGE,
        DOCTOR,
        AUDIT_LOG,
        HELP,
    }
)
"""Commands of which it is enough to do one where several are the same: what comes between makes no difference."""

ALOUD = frozenset(
    {SESSION_INFO, SUMMARISE, COMPACT, RENAME, EXPORT, CLEAR_SESSION, ARCHIVE_SESSION, DELETE_SESSION, HELP}
)
"""Commands that are answered for everybody to read; what others tell concerns one person, or the whole workspace."""

ABOUT_A_THREAD = frozenset(COMMANDS) - {
    THREADS,
    SEARCH,
    USAGE,
    FORGET_EVERYTHING,
    ALL_SESSIONS,
    ALL_USAGE,
    DOCTOR,
    AUDIT_LOG,
    LIFT_LIMITS,
    MUTE,
    UNMUTE,
    HELP,
}
"""Commands that are about the thread in which they are said."""

NAMING_A_SESSION = frozenset({ARCHIVE_SESSION, DELETE_SESSION})
"""Commands whose argument is the session that a button is about, so that it is never done to the next one there."""

OPENING_NONE = frozenset({THREADS, MUTE, UNMUTE})
"""Commands that open no thread in a channel either: one more in what they tell, or one where nobody is answered."""

GIVING_BACK = frozenset({WHAT_DO_YOU_REMEMBER, SUMMARISE, EXPORT})
"""Commands that give back what was said."""

CALLING = frozenset({SUMMARISE, COMPACT, ANSWER_AGAIN})
"""Commands for which the model is called, so that they count as questions do."""

EXACT: Mapping[str, tuple[str, str]] = {
    **{name: (name, "") for name in (*COMMANDS, FORGET_EVERYTHING_NOW)},
    FORGET_LAST_NOW: (FORGET_LAST, NOW),
    FORGET_HERE_NOW: (FORGET_HERE, NOW),
    "my usage": (USAGE, ""),
    "usage of everybody": (ALL_USAGE, ""),
    "usage of everyone": (ALL_USAGE, ""),
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

_SESSION_ID = re.compile(r"[0-9a-f]{32}|[A-Z][0-9A-Z]*_[0-9]+\.[0-9]+")
"""What sessions are called, those of early versions by their channel and thread."""

IN_DIRECT_MESSAGES: Mapping[str, str] = {"chats": THREADS}
"""Words that are a command only where somebody is alone with the bot; elsewhere people may say them to each other."""

WITH_ARGUMENT: Mapping[str, re.Pattern[str]] = {
    THREADS: list_request.PATTERN,
    SEARCH: re.compile(".+"),
    RENAME: re.compile(".+"),
    LIFT_LIMITS: MENTION,
    ARCHIVE_SESSION: _SESSION_ID,
    DELETE_SESSION: _SESSION_ID,
    # Which page of it.
    AUDIT_LOG: re.compile(r"[1-9][0-9]{0,3}"),
    # What a message's shortcut says: which message it is.
    FORGET_ONE: re.compile(r"[0-9]+\.[0-9]+"),
}
"""Commands behind which something is said on the same line, and what that may be."""

LONGEST = 200
"""Characters beyond which a text is no command without an argument, whatever surrounds it."""
HEAD = 100
"""Characters at the beginning of a line among which a command with an argument is looked for."""

_UNSEEN = r"\p{Z}\p{C}\p{Default_Ignorable_Code_Point}"
# Not what quotes, lists, or calls somebody else: `> help`, `- help`, `/help`, `@help`.
_BEFORE = regex.compile(rf"\A[[{_UNSEEN}\p{{P}}`]--[@#&%/\\\p{{Pd}}]]+", regex.V1)
_BEHIND = regex.compile(rf"[{_UNSEEN}\p{{P}}`~]+\Z", regex.V1)
"""What may stand around a command and makes no difference: any script's punctuation, quotes, and what is not seen."""

# Whoever writes without spaces parts an argument from its command with a sign or a bracket.
_PARTED = r"(?:\s*[:;,、。・،؛]|\s|(?=[\p{Ps}\p{Pi}]))\s*(?=\S)"
_TWO_WORDS = regex.compile(rf"(\w+)\s+(\w+){_PARTED}", regex.V1)
_ONE_WORD = regex.compile(rf"(\w+){_PARTED}", regex.V1)

_CLOSING = dict(zip("「『【《〈（［([“‘«‹„\"'`*_", "」』】》〉）］)]”’»›“\"'`*_", strict=True))
"""What ends what is set within quotes, brackets or marks, by what begins it."""


def parse(text: str, *, name: str = "", direct: bool = False) -> tuple[str, str] | None:
    """The command that a text is, and its argument in its own form; None for whatever is said to the model.

    It may be written in full-width letters and with the punctuation of any script, as keyboards for other languages
    have it, and with the bot's ``name`` before or behind it, as in ``@ChatHakase help``. ``direct``: in a direct
    message, where there are a few words more.
    """
    if len(text) <= LONGEST and (exact := _exact(_bare(text, name), direct=direct)) is not None:
        return exact
    line = _unwrapped(text.strip())
    if "\n" in line:
        return None
    head = _narrow(line[:HEAD])
    start = _called(head, name)
    if found := _ONE_WORD.match(head, start):
        word = found[1].casefold()
        command = IN_DIRECT_MESSAGES.get(word, word) if direct else word
        if parsed := _with_argument(command, line[found.end() :]):
            return parsed
    found = _TWO_WORDS.match(head, start)
    return _with_argument(f"{found[1]} {found[2]}".casefold(), line[found.end() :]) if found else None


def is_one_word(text: str, *, name: str = "") -> bool:
    """Whether a text that is a command is a single word, such as people say to each other, too."""
    return len(_bare(text, name).split()) == 1


def _exact(words: str, *, direct: bool) -> tuple[str, str] | None:
    return (IN_DIRECT_MESSAGES[words], "") if direct and words in IN_DIRECT_MESSAGES else EXACT.get(words)


def _unwrapped(text: str) -> str:
    """A text without what stands before it, and without what ends that: ``「search threads x」``."""
    line = _BEFORE.sub("", text)
    for mark in reversed(text[: len(text) - len(line)]):
        inner = line.rstrip(" .!。！")
        if mark in _CLOSING and inner.endswith(_CLOSING[mark]):
            line = inner[:-1]
    return line


def _with_argument(command: str, rest: str) -> tuple[str, str] | None:
    allowed, argument = WITH_ARGUMENT.get(command), " ".join(rest.split())
    return (command, argument) if allowed is not None and allowed.fullmatch(argument) else None


def _bare(text: str, name: str) -> str:
    """A text without what makes no difference to a command."""
    words = _trimmed(" ".join(unicodedata.normalize("NFKC", text).split()).casefold())
    words = words[_called(words, name) :]
    if name:
        words = regex.sub(rf"[\s\p{{P}}]+@?{regex.escape(name.casefold())}\Z", "", words)
    return _trimmed(words)


def _trimmed(text: str) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", text))


def _called(text: str, name: str) -> int:
    """Where a text goes on that begins by calling the bot by its name; 0 when it does not."""
    found = name and regex.match(rf"@?{regex.escape(name)}(?:{HONORIFICS})?[\s\p{{P}}]+", text, regex.IGNORECASE)
    return found.end() if found else 0


def _narrow(text: str) -> str:
    """A text of the same length in which full-width letters and signs are ordinary ones."""
    return "".join(c if len(plain := unicodedata.normalize("NFKC", c)) != 1 else plain for c in text)
