"""One WebSocket: hears what comes, and knows when it is to go and when it is dead."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from socket import SHUT_RDWR, socket
from typing import Any, TypeAlias

from aiohttp import ClientWebSocketResponse, WSMessage, WSMsgType

from chathakase.core.errors import trace
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from chathakase.slack.web.call_errors import CODE

MISSED_MOST = 3
"""Pings in a row that may bring nothing back."""
TOO_MANY = "too_many_websockets"
LINK_DISABLED = "link_disabled"

Frame: TypeAlias = dict[str, Any]
Take: TypeAlias = Callable[["Wire", Frame], Awaitable[None]]

log = logging.getLogger(__name__)


class Wire:
    """An open socket with two tasks of its own: one listens, one pings. Whoever makes it closes it.

    ``take`` gets each envelope; while it waits, the socket is not read any further.
    """

    def __init__(
        self, ws: ClientWebSocketResponse, take: Take, timing: SocketTiming, clock: Callable[[], float]
    ) -> None:
        self._ws = ws
        self._socket: socket | None = ws.get_extra_info("socket")
        self._take = take
        self._timing = timing
        self._clock = clock
        self._missed = 0
        self._held = False
        self.opened_at = self.heard_at = clock()
        """When the last sign of life came, be it a mere pong."""
        self.lost_at = 0.0
        self.begun = asyncio.Event()
        """Set when anything was said here: a hello, an envelope, or that it is over."""
        self.is_in_use = False
        """Slack has said hello on it, or sent an envelope."""
        self.over = asyncio.Event()
        """Set when it is to be replaced, because Slack says so or because it is lost."""
        self.ended = asyncio.Event()
        """Set when nothing more can come."""
        self.told = ""
        """The reason for which Slack wants to close it; it may well work for some seconds more."""
        self.lost = ""
        """Why it no longer works, in plain words."""
        self.is_ghost = False
        """It ended without a goodbye of Slack's, who may not know of it yet."""
        self.connections: int | None = None
        """How many the app has, as the hello said."""
        self._tasks = (
            asyncio.create_task(self._listen(), name="socket: listen"),
            asyncio.create_task(self._ping(), name="socket: ping"),
        )

    @property
    def is_open(self) -> bool:
        """Whether it works, as far as can be known."""
        return not self.lost and not self._ws.closed

    async def send(self, text: str) -> None:
        """Send a frame. Raises OSError when that cannot be done."""
        if not self.is_open:
            raise ConnectionResetError
        try:
            async with asyncio.timeout(self._timing.send):
                await self._ws.send_str(text)
        except TimeoutError:
            self._end("Slack does not read from it")
            raise

    async def close(self) -> None:
        """Say goodbye, and end after a moment also when nobody answers."""
        self._end("closed by the bot")
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.goodbye):
                    await self._ws.close()
        finally:
            self._break_off()
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        try:
            while not self.lost:
                await self._hear(await self._ws.receive())
        except Exception as error:  # noqa: BLE001 - whatever it is, this socket is of no more use
            self._end(f"reading failed: {trace(error)}")

    async def _hear(self, message: WSMessage) -> None:
        match message.type:
            case WSMsgType.CLOSING | WSMsgType.CLOSED:
                return self._end("it was cut off")
            case WSMsgType.ERROR:
                return self._end(f"reading failed: {type(message.data).__name__}")
        self._missed = 0
        self.heard_at = self._clock()
        match message.type:
            case WSMsgType.TEXT:
                await self._read(message.data)
            case WSMsgType.PING:
                await self._ws.pong(message.data)
            case WSMsgType.CLOSE:
                self._end(f"Slack closed it with code {message.data}", ghost=False)
        return None

    async def _read(self, text: str) -> None:
        frame = _parsed(text)
        kind = frame.get("type")
        if kind == "hello":
            self._greet(frame.get("num_connections"))
        elif kind == "disconnect":
            self._tell(frame.get("reason"))
        elif "envelope_id" in frame:
            self._begin()
            await self._hand_on(frame)

    def _greet(self, connections: object) -> None:
        if isinstance(connections, int):
            self.connections = connections
        self._begin()

    def _begin(self) -> None:
        self.is_in_use = True
        self.begun.set()

    def _tell(self, reason: object) -> None:
        known = isinstance(reason, str) and CODE.fullmatch(reason)
        self.told = str(reason) if known else "for an unknown reason"
        self.begun.set()
        self.over.set()

    async def _hand_on(self, envelope: Frame) -> None:
        self._held = True
        try:
            await self._take(self, envelope)
        finally:
            self._held = False

    async def _ping(self) -> None:
        while not self.lost:
            await asyncio.sleep(self._timing.ping)
            if self._held:
                continue  # we do not listen, so nothing can be concluded from silence
            if self._missed == MISSED_MOST:
                return self._end("it fell silent")
            self._missed += 1
            with suppress(OSError):
                async with asyncio.timeout(self._timing.ping):
                    await self._ws.ping()
        return None

    def _break_off(self) -> None:
        """Let go of what Slack will never read; the transport would wait for it."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(SHUT_RDWR)

    def _end(self, why: str, *, ghost: bool = True) -> None:
        if self.lost:
            return
        self.lost, self.lost_at, self.is_ghost = why, self._clock(), ghost
        for event in (self.begun, self.over, self.ended):
            event.set()


def _parsed(text: str) -> Frame:
    """A frame's JSON object; an empty one if it is something else."""
    try:
        frame = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        log.info("A frame that is not a JSON object was ignored")
        return {}
    return frame
