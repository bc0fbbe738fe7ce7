"""What the commands have in common: how they are loaded and carried out, what they log and say, and how they end."""

import asyncio
import gc
import logging
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from chathakase.config import SettingsError, misspelt_settings
from chathakase.core.errors import CannotListen, StartError, StoreError, WrongSoftware
from chathakase.showing import harmless
from chathakase.shutdown import leave
from chathakase.unexpected import OneLine, watch_tasks

BAD_SETTINGS = 2
CANNOT_START = 1
FAILED = 1

log = logging.getLogger(__name__)


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded stays, so nobody looks through it for garbage, neither now nor later.

    That would take 80 ms each time, in which the event loop stands still.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def configure_logging(level: int = logging.INFO) -> None:
    """Log our own doings from a level on.

    Bolt's and slack_sdk's warnings and errors quote what people write and tickets of sockets, so they stay silent; what
    goes wrong there is told by our own rooms. So does openai, which ``OPENAI_LOG`` has log whole prompts in a way of
    its own. What dotenv cannot read is told once, with what is misspelt.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("chathakase").setLevel(level)
    for library in ("slack_bolt", "slack_sdk", "apscheduler", "openai", "dotenv"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


def until_done(work: Coroutine[Any, Any, None]) -> None:
    """Do the work of a command; what keeps it from being done is told in a sentence, and in the exit code."""
    asyncio.run(_or_say_why(work))


async def _or_say_why(work: Coroutine[Any, Any, None]) -> None:
    watch_tasks()
    for sentence in misspelt_settings():
        log.warning("%s", sentence)
    try:
        await work
    except SettingsError as error:
        say("ChatHakase cannot start; fix these settings:")
        for problem in error.problems:
            say(f"  {problem}")
        raise typer.Exit(BAD_SETTINGS) from None
    except StartError as error:
        say(f"ChatHakase cannot start: {error}")
        leave(BAD_SETTINGS if isinstance(error, (CannotListen, WrongSoftware)) else CANNOT_START)
    except StoreError as error:
        say(f"The sessions cannot be read: {error}")
        raise typer.Exit(FAILED) from None


def say(text: str) -> None:
    """Tell whoever called, beside what the command prints."""
    typer.echo(harmless(text), err=True)
