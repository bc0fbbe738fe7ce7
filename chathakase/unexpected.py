"""What nobody foresaw is told in one line: its type and where it arose, never its text nor what variables hold."""

import asyncio
import io
import logging
import os
import select
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from chathakase.core.errors import trace
from chathakase.showing import harmless

FAILED = 1
INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""

log = logging.getLogger(__name__)


def plainly(work: Callable[[], int]) -> int:
    """Do the work of a whole process; returns its exit code, whatever happens."""
    tell_plainly()
    try:
        code = work()
        _flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _of_system(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not show what its text holds
        say(f"ChatHakase stopped because of an unexpected error: {trace(error)}")
        return FAILED
    return code


def tell_plainly() -> None:
    """From now on tell so what nobody handles: in threads, tasks and destructors, in warnings and at the end."""
    sys.excepthook = _of_main
    sys.unraisablehook = lambda args: _tell("An unexpected error was ignored", args.exc_value)
    threading.excepthook = lambda args: _tell("A thread stopped because of an unexpected error", args.exc_value)
    warnings.showwarning = _of_warning
    # What cannot be logged would be told with a stack trace.
    logging.raiseExceptions = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def watch_tasks() -> None:
    """Tell so what nobody handles in the tasks of the running loop."""
    asyncio.get_running_loop().set_exception_handler(_of_task)


class OneLine(logging.Formatter):
    """A line of the log for each record, without secrets, stack traces and control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = record.exc_info[1] if record.exc_info else None
        bare = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None, "stack_info": None})
        line = super().format(bare)
        return harmless(f"{line} ({trace(error)})" if error else line)


def say(text: str) -> None:
    """One line for whoever looks at the terminal, if that still takes any."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(harmless(text), file=sys.stderr, flush=True)  # noqa: T201 - the last resort


def _of_main(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    _tell("ChatHakase stopped because of an unexpected error", error)


def _of_task(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    where = f": {trace(error)}" if isinstance(error, BaseException) else ""
    log.error("%s%s", context.get("message") or "An unexpected error was ignored", where)


def _of_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line
    say(f"{category.__name__} at {Path(filename).name}:{lineno}")


def _tell(what: str, error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        say(f"{what}: {trace(error)}")


def _of_system(error: OSError) -> int:
    """Tell it, unless it is that whoever read the output has gone; Python would write the rest of that at its end."""
    if isinstance(error, BrokenPipeError) and not _is_read():
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    else:
        why = error.strerror or "it gives no reason"
        say(f"ChatHakase stopped because the system refused something: {why} ({trace(error)})")
    return FAILED


def _is_read() -> bool:
    """Whether anybody is left who reads the standard output."""
    poll = select.poll()
    poll.register(1, select.POLLOUT)
    return not any(event & select.POLLERR for _, event in poll.poll(0))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
