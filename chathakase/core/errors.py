"""Everything that can go wrong, in our own words; libraries' errors are translated where they arise.

::

    ChatHakaseError
    ├── StartError        the bot cannot start; the text says what to do
    │   ├── CannotListen      … since nothing can listen at an address that is set
    │   └── WrongSoftware     … since the database was made by another one, so that starting again is of no use
    ├── StoreError        the database refused
    ├── ModelError        the model gave no (whole) answer; carries a code and a sentence for people
    ├── DeliveryError     the surface did not take a message
    ├── LimitExceeded     a limit of the day is reached; carries what is told of it
    ├── LeaseLost         somebody else has the turn now, or the session was cleared
    └── NothingAsked      all that a turn answers is forgotten
"""

import traceback
from pathlib import Path

from chathakase.core.daily_limits import LimitNotice


class ChatHakaseError(Exception):
    """The root of our own errors."""


class StartError(ChatHakaseError):
    """The bot cannot start. Its text is one plain sentence that says what to do."""


class CannotListen(StartError):
    """The bot cannot start because nothing can listen at an address that is set."""


class WrongSoftware(StartError):
    """The bot cannot start with a database that other software made, however often it is tried."""


class StoreError(ChatHakaseError):
    """The database refused. Its text names the cause, never what was to be stored.

    ``passes`` says that it may soon do so no longer, without anybody's help.
    """

    def __init__(self, text: str = "", *, passes: bool = False) -> None:
        super().__init__(text)
        self.passes = passes


class ModelError(ChatHakaseError):
    """The model gave no answer, or not a whole one.

    ``code`` is for logs and the turn's row; ``told`` is the one sentence that people read in the thread. ``limit`` is
    the model's window in tokens, where its server refused a prompt because of it and named it; else 0.
    """

    def __init__(self, code: str, told: str, *, limit: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.told = told
        self.limit = limit


class DeliveryError(ChatHakaseError):
    """The surface did not take a message; the text is its error code.

    ``passes`` says that it may take it later, ``unsure`` that the message may be there all the same, because only
    the answer was lost.
    """

    def __init__(self, code: str, *, passes: bool = False, unsure: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.passes = passes
        self.unsure = unsure


class LimitExceeded(ChatHakaseError):
    """A limit of the day is reached, so that nothing more is done for somebody."""

    def __init__(self, notice: LimitNotice) -> None:
        super().__init__(str(notice))
        self.notice = notice


class LeaseLost(ChatHakaseError):
    """The turn is no longer ours to finish."""


class NothingAsked(ChatHakaseError):
    """All that a turn answers is forgotten, while something else waits in its session."""


def trace(error: BaseException) -> str:
    """Describe an error for a log: its type and where it arose, but not its text.

    Messages of exceptions may quote what people wrote or a server's answer, and those never reach a log.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {where}" if where else type(error).__name__
