"""Delivering events: an envelope for each, and again until the app acknowledges or the schedule ends.

Slack tries again nearly at once, after a minute and after five (docs: apis/events-api, "retries"); an envelope that is
not acknowledged within three seconds counts as failed.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Callable, Sequence

from chathakase.playground.faults import Faults
from chathakase.playground.socket_mode.envelope_sender import EnvelopeSender
from chathakase.playground.socket_mode.sockets import Sockets
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.world import World


class EventDelivery:
    """Owns one task for every event that is not acknowledged yet; times are seconds."""

    def __init__(
        self,
        world: World,
        app: App,
        sockets: Sockets,
        envelopes: EnvelopeSender,
        faults: Faults,
        *,
        retry_delays: Sequence[float] = (0.0, 60.0, 300.0),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._world = world
        self._app = app
        self._sockets = sockets
        self._envelopes = envelopes
        self._faults = faults
        self._retry_delays = tuple(retry_delays)
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: Json | None = None

    @property
    def pending(self) -> int:
        """How many events are neither acknowledged nor given up."""
        return len(self._tasks)

    def submit(self, event: object, *, event_id: str | None = None) -> str:
        """Deliver an event, in the wrapper that Slack puts around it; returns its event_id."""
        payload = self._wrapped(event, event_id)
        for _ in range(self._faults.duplicates()):
            self._start(payload)
        return str(payload["event_id"])

    def redeliver_last(self) -> bool:
        """Deliver the last event once more, acknowledged or not, as a retry after a timeout; False if there is none."""
        if self._last is None:
            return False
        self._start(self._last, first_attempt=1)
        return True

    def _start(self, payload: Json, *, first_attempt: int = 0) -> None:
        self._last = payload
        name = f"playground delivery: {payload['event_id']}"
        wait = self._faults.wait_of_event()
        task = asyncio.create_task(self._deliver(payload, first_attempt, wait), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wrapped(self, event: object, event_id: str | None) -> Json:
        world = self._world
        kind, channel = (event.get("type"), event.get("channel")) if isinstance(event, dict) else (None, None)
        about = {"et": kind, "tid": world.team.id, "aid": self._app.id, "cid": channel}
        return {
            "token": "playground-verification-token",
            "team_id": world.team.id,
            "context_team_id": world.team.id,
            "context_enterprise_id": None,
            "api_app_id": self._app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(self._clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": world.team.id,
                    "user_id": self._app.user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "4-" + base64.b64encode(json.dumps(about).encode()).decode(),
        }

    async def _deliver(self, payload: Json, first_attempt: int, wait: float) -> None:
        """Try until acknowledged; while no socket is open, wait for one as long as the schedule lasts."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(wait)
        ends = loop.time() + sum(self._retry_delays) + self._envelopes.ack_timeout
        for attempt in range(first_attempt, 1 + max(first_attempt, len(self._retry_delays))):
            if attempt > first_attempt:
                await asyncio.sleep(self._retry_delays[attempt - 1])
            if not len(self._sockets):
                if attempt == 0:
                    continue
                if not await self._sockets.wait_open(ends - loop.time()):
                    return
            if await self._try(payload, attempt):
                return

    async def _try(self, payload: Json, attempt: int) -> bool:
        """Send one envelope and wait for its ack."""
        retry = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        return await self._envelopes.deliver("events_api", payload, accepts_response=False, **retry) is not None

    async def aclose(self) -> None:
        """Give up what is not delivered."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
