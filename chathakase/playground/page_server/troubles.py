"""The page's buttons that make trouble for the app."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.content.streaming import end_stream
from chathakase.playground.errors import SlackError
from chathakase.playground.faults import ANY, Faults
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World

TIMES_MOST = 1_000


class Troubles:
    """Trouble with the connections, the delivery and the calls of all apps."""

    def __init__(self, world: World, faults: Faults, links: Links) -> None:
        self._world = world
        self._faults = faults
        self._links = links

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"trouble": self.make}

    async def make(self, ask: Ask) -> Json:
        """Make the trouble that `what` names."""
        method = ask.arguments.text("method") or ANY
        times = ask.arguments.whole("times", 1, most=TIMES_MOST)
        match ask.text("what"):
            case "disconnect":
                await self._links.disconnect()
            case "drop":
                self._links.drop()
            case "redeliver":
                self._links.redeliver_last()
            case "limit":
                self._faults.rate_limit(method, retry_after=max(1, round(_seconds(ask, 1.0))), times=times)
            case "fail":
                self._faults.http_error(method, 500, times=times)
            case "slow":
                self._slow(ask, method, times)
            case "kill_stream":
                for stream in self._world.streams.all():
                    end_stream(self._world, stream, "expired")
            case "clear":
                self._faults.clear()
            case _:
                raise SlackError.invalid("invalid_arguments", "no such trouble: what")
        return {}

    def _slow(self, ask: Ask, method: str, times: int) -> None:
        """So many calls of a method take longer, or without `times` all calls of the app until `clear`."""
        if ask.arguments.has("times"):
            self._faults.delay(method, _seconds(ask, 2.0), times=times)
        else:
            self._faults.slow = _seconds(ask, 2.0)


def _seconds(ask: Ask, default: float) -> float:
    """The argument `seconds`, up to a minute."""
    try:
        seconds = float(ask.arguments.text("seconds") or default)
    except ValueError:
        raise SlackError.invalid("invalid_arguments", "must be a number: seconds") from None
    return min(60.0, max(0.0, seconds))
