"""Keeps a socket open: replaces one that Slack wants to close while it still works, and one that is lost at once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import trace
from chathakase.slack.socket_mode.envelopes import Acks, Envelopes
from chathakase.slack.socket_mode.opener import NotOpened, Opener
from chathakase.slack.socket_mode.socket_log import SocketLog
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from chathakase.slack.socket_mode.state import SocketConnection
from chathakase.slack.socket_mode.wire import TOO_MANY, Frame, Wire

log = logging.getLogger(__name__)


class SocketManager:
    """Owns the sockets, with one task that watches the newest and one for each that it has replaced."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        envelopes: Envelopes,
        *,
        app_token: str,
        reconnected: Callable[[float], None],
        timing: SocketTiming,
        clock: Callable[[], float],
    ) -> None:
        """``reconnected`` is called for each further socket, with the seconds for which nothing could be heard."""
        self._opener = Opener(client, session, app_token=app_token, take=self._take, timing=timing, clock=clock)
        self._envelopes = envelopes
        self._reconnected = reconnected
        self._timing = timing
        self._clock = clock
        self._retries = timing.reopening.begin(clock)
        self._socket_log = SocketLog(timing, clock)
        self._newest: Wire | None = None
        self._watch: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.connection = SocketConnection(clock, timing.ghost)

    async def open(self, url: str, *, within: float) -> None:
        """Open the first socket, at an address that was got already, and keep one open. Raises NotOpened."""
        self._newest = await self._opener.connect(url, within=within)
        self.connection.join(self._newest)
        self._watch = asyncio.create_task(self._keep(self._newest), name="socket: watch")

    async def close(self) -> None:
        """Take nothing more, acknowledge what was taken, say goodbye; takes two seconds at most."""
        await asyncio.gather(self._envelopes.finish(self._timing.finish), _cancelled(*filter(None, [self._watch])))
        await asyncio.gather(_cancelled(*self._leaving), *(wire.close() for wire in filter(None, [self._newest])))

    async def _take(self, wire: Wire, frame: Frame) -> None:
        self.connection.note_event()
        await self._envelopes.take(frame, Acks(wire, lambda: self._newest or wire))

    async def _keep(self, wire: Wire) -> None:
        while True:
            await wire.over.wait()
            try:
                wire = self._newest = await self._replacement(wire)
            except Exception as error:  # noqa: BLE001 - without this task the bot would be deaf for ever
                log.error("The socket could not be replaced: %s", trace(error))
                await asyncio.sleep(self._timing.slow_wait)

    async def _replacement(self, old: Wire) -> Wire:
        """The next socket, opened as soon as that is decent, and before the old one is closed where that can be."""
        if self._clock() - old.opened_at >= self._timing.steady:
            self._retries.reset()
            self._socket_log.settled()
        wait = self._retries.next_wait()
        self._socket_log.over(old, wait)
        if old.told == TOO_MANY or not old.is_open:
            await old.close()
        new = await self._opened(wait)
        gap = 0.0 if old.is_open else self._clock() - old.heard_at
        self.connection.join(new)
        self._leave(old)
        self._socket_log.opened(gap)
        self._tell(gap)
        return new

    async def _opened(self, wait: float) -> Wire:
        """A new socket, tried for until there is one."""
        while True:
            await asyncio.sleep(wait)
            try:
                return await self._opener.open()
            except NotOpened as error:
                wait = max(self._retries.next_wait(), error.wait)
                self._socket_log.failed(error, wait, self.connection.silence)

    def _leave(self, old: Wire) -> None:
        task = asyncio.create_task(self._drain(old), name="socket: drain")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _drain(self, old: Wire) -> None:
        """Take what still comes on a socket that was replaced, until Slack closes it."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.drain):
                    await old.ended.wait()
        finally:
            await old.close()

    def _tell(self, gap: float) -> None:
        try:
            self._reconnected(gap)
        except Exception as error:  # noqa: BLE001 - what follows from it must not cost the socket
            log.error("The work after a reconnection failed: %s", trace(error))


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
