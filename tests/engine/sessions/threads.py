"""Threads in which people ask, and what is answered in which order."""

from chathakase.core.files import SharedFile
from chathakase.core.types import Place
from tests.doubles.engine_stage import PLACE, EngineStage
from tests.doubles.scripted_model import Step

A_SECOND: tuple[Step, ...] = (1.0, "Yes.")
FILE = SharedFile("F1", "a.txt", "text/plain", 5, "https://town.example/F1")


def thread(number: int) -> Place:
    return PLACE.beside("C1", str(number))


async def ask_in(stage: EngineStage, number: int, author: str = "U1") -> None:
    """Have somebody ask in a thread of its own."""
    await stage.say(str(number), place=thread(number), author=author)


def answered_in(stage: EngineStage) -> list[str]:
    """The threads in which answers were begun, in their order."""
    return [reply.place.thread for reply in stage.surface.replies]
