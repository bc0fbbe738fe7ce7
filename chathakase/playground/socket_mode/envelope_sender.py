"""Sending an envelope to the app and waiting for its acknowledgement."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chathakase.playground.faults import Faults
from chathakase.playground.journal import AckReceived, Journal
from chathakase.playground.socket_mode.sockets import Sockets
from chathakase.playground.world.values import Json


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement, and the payload that the app put into it, or None."""

    payload: Any


class EnvelopeSender:
    """Every envelope that is on its way; an ack counts within `ack_timeout` seconds."""

    def __init__(
        self,
        sockets: Sockets,
        journal: Journal,
        faults: Faults,
        *,
        ack_timeout: float = 3.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sockets = sockets
        self._journal = journal
        self._faults = faults
        self._clock = clock
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self.ack_timeout = ack_timeout
        sockets.on_ack = self._acked

    async def deliver(self, kind: str, payload: Json, *, accepts_response: bool, **more: object) -> Ack | None:
        """Send a payload in a new envelope; None if no connection is open or no ack comes in time."""
        envelope_id = str(uuid.uuid4())
        acked: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acked
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": accepts_response,
            "payload": payload,
            **more,
        }
        try:
            if not await self._sockets.send(envelope):
                return None
            async with asyncio.timeout(self.ack_timeout):
                return await acked
        except TimeoutError:
            return None
        finally:
            del self._waiting[envelope_id]

    def _acked(self, socket: int, envelope_id: str, payload: object) -> None:
        held = self._faults.acks_held
        self._journal.write(AckReceived(self._clock(), socket, envelope_id, payload, held))
        future = self._waiting.get(envelope_id)
        if future is not None and not held and not future.done():
            future.set_result(Ack(payload))
