"""Tells when something happens that is a moment to kill a process, while it happens."""

import asyncio
from collections.abc import Callable

from chathakase.playground.journal import AckReceived, ApiCall, Entry, EnvelopeSent
from tests.simulation.deeds import Moment
from tests.simulation.town import BOT

METHODS = {
    "chat.postMessage": Moment.POSTED,
    "chat.update": Moment.EDITED,
    "conversations.replies": Moment.LOOKED,
}


class Moments:
    """Who waits for which moment. What they do about it is done at once, before anything else can happen."""

    def __init__(self) -> None:
        self._waiting: dict[Moment, list[Callable[[], None]]] = {}

    def observe(self, entry: Entry) -> None:
        """Hear of the traffic; a call is written down before its answer goes out."""
        match entry:
            case EnvelopeSent():
                self.come(Moment.DELIVERED)
            case AckReceived():
                self.come(Moment.ACKNOWLEDGED)
            case ApiCall() if entry.caller == BOT and entry.method in METHODS:
                self.come(METHODS[entry.method])

    def come(self, moment: Moment) -> None:
        """It is now."""
        for act in self._waiting.pop(moment, ()):
            act()

    async def wait(self, moment: Moment, act: Callable[[], None], *, within: float) -> bool:
        """Act at the next such moment; after so many seconds without one act anyhow, and return False."""
        came = asyncio.Event()

        def now() -> None:
            act()
            came.set()

        if moment is Moment.ANY:
            act()
            return True
        self._waiting.setdefault(moment, []).append(now)
        try:
            async with asyncio.timeout(within):
                await came.wait()
        except TimeoutError:
            if now in self._waiting.get(moment, ()):
                self._waiting[moment].remove(now)
            act()
            return False
        return True
