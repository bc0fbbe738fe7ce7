"""Socket Mode: tickets, the WebSocket connections of the app, and the frames on them.

An app may hold up to ten connections, and each envelope goes to any one of them (docs:
apis/events-api/using-socket-mode). A ticket opens one connection, within 30 seconds. Slack pings every connection, and
clients that hear nothing for 30 seconds open another (slack-go/slack#1566, slackapi/bolt-js#2496).
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import WSMsgType, web

from chathakase.playground.journal import EnvelopeSent, FrameSent, Journal, SocketClosed, SocketOpened
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.socket_mode.socket_faults import Reason, SocketFaults
from chathakase.playground.world.values import Json

SOCKETS_MOST = 10
TICKET_SECONDS = 30.0
USUAL_CONNECTION_SECONDS = 18_060
"""What `hello` tells as approximate_connection_time where no refresh is planned."""
WARNING_SECONDS = 10.0
"""How long before a refresh Slack may send a `warning`."""
LINGER_SECONDS = 1.0
"""How long a connection stays open after it was told to go, for the acks that are on their way."""
CLOSE_SECONDS = 0.25
"""How long the closing of a connection waits for the client's half of the handshake."""
PING_SECONDS = 10.0
"""How often a connection is pinged."""
PING = b"Ping from applink-playground"
GOODBYE = (1000).to_bytes(2)
"""The close code that says that all is well, as a frame has it."""

AckHandler: TypeAlias = Callable[[int, str, object], None]


@dataclass(slots=True, eq=False)
class Socket:
    """One connection, opened by a client that `asked` at a host; once it has been told to go (`leaving`) it takes no
    more envelopes, and once it is `dead` they go nowhere."""

    number: int
    ws: web.WebSocketResponse
    asked: str
    transport: asyncio.Transport | None
    leaving: bool = False
    dead: bool = False

    async def send(self, text: str) -> None:
        """Send a frame, which goes nowhere if the connection is dead."""
        if not self.dead:
            await self.ws.send_str(text)

    async def ping_on(self, every: float) -> None:
        """Ping until the connection ends, unless it is dead; `every` so many seconds."""
        with suppress(ConnectionError):
            while not self.ws.closed:
                await asyncio.sleep(every)
                if not self.dead:
                    await self.ws.ping(PING)


class Sockets:
    """All connections of one app; `on_ack` gets the socket's number, the envelope's id and the ack's payload."""

    def __init__(
        self,
        app_id: str,
        journal: Journal,
        rng: random.Random,
        addresses: ServerAddresses,
        *,
        clock: Callable[[], float] = time.time,
        refresh_after: float | None = None,
        ping_every: float = PING_SECONDS,
    ) -> None:
        self._app_id = app_id
        self._journal = journal
        self._rng = rng
        self._addresses = addresses
        self._clock = clock
        self._refresh_after = refresh_after
        self._ping_every = ping_every
        self._tickets: dict[str, tuple[float, str]] = {}
        self._open: dict[int, Socket] = {}
        self._opened = asyncio.Event()
        self._counters: list[Callable[[int], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.faults = SocketFaults()
        self.on_ack: AckHandler = lambda _socket, _envelope_id, _payload: None

    def __len__(self) -> int:
        return sum(not socket.leaving for socket in self._open.values())

    def on_count(self, observer: Callable[[int], None]) -> Callable[[], None]:
        """Call `observer` with the number of connections whenever it changes; returns what ends that."""
        self._counters.append(observer)
        return lambda: self._counters.remove(observer)

    def ticket(self, asked: str) -> str:
        """A new ticket for one connection of a client that asks for it at this host."""
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = (time.monotonic() + TICKET_SECONDS, asked)
        return ticket

    async def wait_open(self, within: float | None = None) -> bool:
        """Wait until a connection is open; False if none is `within` so many seconds."""
        if len(self):
            return True
        try:
            async with asyncio.timeout(within):
                await self._opened.wait()
        except TimeoutError:
            return False
        return True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side ends it."""
        if self.faults.refused:
            return web.Response(status=503)
        asked = self._admitted(request.query.get("ticket", ""))
        if asked is None:
            return web.Response(status=403, text="invalid or used ticket")
        ws = web.WebSocketResponse(autoping=True, timeout=CLOSE_SECONDS, compress=False)
        await ws.prepare(request)
        socket = Socket(self._journal.next_socket(), ws, asked, request.transport)
        turned_away = "too_many_websockets" if len(self) >= SOCKETS_MOST else self.faults.turned_away
        if turned_away is not None:
            await self._frame(socket, self._disconnect_frame(turned_away))
            await ws.close()
            return ws
        await self._serve(socket)
        return ws

    def has_issued(self, ticket: str) -> bool:
        """Whether it is a ticket of this app that was not used yet."""
        return ticket in self._tickets

    def _admitted(self, ticket: str) -> str | None:
        """The host that the ticket was asked for at; None if it is not valid."""
        expires, asked = self._tickets.pop(ticket, (0.0, ""))
        return asked if time.monotonic() < expires else None

    async def _serve(self, socket: Socket) -> None:
        self._journal.write(SocketOpened(self._clock(), socket.number))
        pings = self._spawn(socket.ping_on(self._ping_every), f"pings {socket.number}")
        try:
            await self._frame(socket, self._hello())
            self._open[socket.number] = socket
            self._counted()
            if self.faults.flapping:
                await socket.ws.close()
            if self._refresh_after is not None:
                self._spawn(self._refresh(socket, self._refresh_after), f"refresh {socket.number}")
            async for message in socket.ws:
                if message.type is WSMsgType.TEXT:
                    self._heard(socket, message.data)
        except ConnectionError:
            pass
        finally:
            pings.cancel()
            self._open.pop(socket.number, None)
            self._counted()
            self._journal.write(SocketClosed(self._clock(), socket.number, socket.ws.close_code))

    def _counted(self) -> None:
        if len(self):
            self._opened.set()
        else:
            self._opened.clear()
        for observer in tuple(self._counters):
            observer(len(self))

    def _heard(self, socket: Socket, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if isinstance(frame, dict) and isinstance(frame.get("envelope_id"), str):
            self.on_ack(socket.number, frame["envelope_id"], frame.get("payload"))

    def _hello(self) -> Json:
        seconds = self._refresh_after or USUAL_CONNECTION_SECONDS
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": {
                "host": "applink-playground",
                "build_number": 1,
                "approximate_connection_time": int(seconds),
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _disconnect_frame(self, reason: Reason) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}

    async def _frame(self, socket: Socket, frame: Json | str) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self._journal.write(FrameSent(self._clock(), socket.number, frame))
        await socket.send(text)

    async def send(self, envelope: Json) -> bool:
        """Send an envelope to any one of the open connections; False if there was none to take it."""
        socket = self._any()
        if socket is None:
            return False
        self._journal.write(EnvelopeSent(self._clock(), socket.number, envelope))
        try:
            await socket.send(json.dumps(self._addresses.seen_from(envelope, socket.asked)))
        except ConnectionError:
            return False
        return True

    async def send_raw(self, frame: Json | str) -> bool:
        """Send any frame, however malformed, to one of the open connections; False if there is none."""
        socket = self._any()
        if socket is None:
            return False
        await self._frame(socket, frame)
        return True

    def _any(self) -> Socket | None:
        able = [socket for socket in self._open.values() if not socket.leaving and not socket.ws.closed]
        alive = [socket for socket in able if not socket.dead]
        return self._rng.choice(alive or able) if able else None

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """Send a `disconnect` frame to every connection, and unless it is a mere warning close them soon after."""
        for socket in tuple(self._open.values()):
            await self._tell_to_go(socket, reason)

    async def _tell_to_go(self, socket: Socket, reason: Reason) -> None:
        try:
            await self._frame(socket, self._disconnect_frame(reason))
        except ConnectionError:
            return
        if reason == "warning":
            return
        socket.leaving = True
        self._counted()
        self._spawn(self._close_soon(socket), f"close {socket.number}")

    async def _refresh(self, socket: Socket, after: float) -> None:
        notice = max(0.0, after - WARNING_SECONDS)
        if notice:
            await asyncio.sleep(notice)
            await self._tell_to_go(socket, "warning")
        await asyncio.sleep(after - notice)
        if not socket.ws.closed:
            await self._tell_to_go(socket, "refresh_requested")

    async def _close_soon(self, socket: Socket) -> None:
        """Say goodbye after a while, and hear acks until it is answered; to close at once would overlook them."""
        await asyncio.sleep(LINGER_SECONDS)
        with suppress(ConnectionError):
            await socket.ws.send_frame(GOODBYE, WSMsgType.CLOSE)
            await asyncio.sleep(CLOSE_SECONDS)
        await socket.ws.close()

    def drop(self) -> None:
        """Break every connection without a word, as a lost network does."""
        for socket in tuple(self._open.values()):
            socket.leaving = True
            if socket.transport is not None:
                socket.transport.abort()
        self._counted()

    def die(self) -> None:
        """Let every connection die in silence: it stays open, but nothing comes from it and no ping is answered."""
        for socket in self._open.values():
            socket.dead = True
            if socket.transport is not None:
                socket.transport.pause_reading()

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"playground socket: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        """Close every connection and end what was planned for them."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(socket.ws.close() for socket in tuple(self._open.values())), return_exceptions=True)
