"""The page's buttons that cause faults."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.content.streaming import end_stream
from chathakase.playground.faults import ANY, Faults
from chathakase.playground.model.model_faults import MODEL_FAULTS, ModelFaults
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World

TIMES_MOST = 1_000


class FaultButtons:
    """Faults of the connections, the delivery and the calls of all apps, and with the echo if it answers here."""

    def __init__(self, world: World, faults: Faults, links: Links, model: ModelFaults | None) -> None:
        self._world = world
        self._faults = faults
        self._links = links
        self._model = model

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"fault": self.make}

    async def make(self, ask: Ask) -> Json:
        """Cause the fault that `what` names; `count` tells how much there is that it meets, or will meet."""
        method = ask.arguments.text("method") or ANY
        times = ask.arguments.whole("times", 1, most=TIMES_MOST)
        count = times
        match ask.text("what"):
            case "disconnect":
                count = len(self._links)
                await self._links.disconnect()
            case "drop":
                count = len(self._links)
                self._links.drop()
            case "redeliver":
                count = self._links.redeliver_last()
            case "limit":
                self._faults.rate_limit(method, retry_after=max(1, round(_seconds(ask, 1.0))), times=times)
            case "fail":
                self._faults.http_error(method, 500, times=times)
            case "slow":
                self._slow(ask, method, times)
            case "kill_stream":
                count = self._kill_streams()
            case "model":
                count = self._disturb_model(ask)
            case "clear":
                self._clear()
            case _:
                raise SlackError.invalid("invalid_arguments", "no such fault: what")
        return {"count": count}

    def _slow(self, ask: Ask, method: str, times: int) -> None:
        """So many calls of a method take longer, or without `times` all calls of the app until `clear`."""
        if ask.arguments.has("times"):
            self._faults.delay(method, _seconds(ask, 2.0), times=times)
        else:
            self._faults.slow = _seconds(ask, 2.0)

    def _kill_streams(self) -> int:
        streams = self._world.streams.all()
        for stream in streams:
            end_stream(self._world, stream, "expired")
        return len(streams)

    def _disturb_model(self, ask: Ask) -> int:
        """The echo's next answers meet what `how` names; nothing can be done to a model that is not here."""
        how = next((each for each in MODEL_FAULTS if each == ask.text("how")), None)
        if how is None:
            raise SlackError.invalid("invalid_arguments", "no such fault: how")
        return self._model.add(how) if self._model is not None else 0

    def _clear(self) -> None:
        self._faults.clear()
        if self._model is not None:
            self._model.clear()


def _seconds(ask: Ask, default: float) -> float:
    """The argument `seconds`, up to a minute."""
    try:
        seconds = float(ask.arguments.text("seconds") or default)
    except ValueError:
        raise SlackError.invalid("invalid_arguments", "must be a number: seconds") from None
    return min(60.0, max(0.0, seconds))
