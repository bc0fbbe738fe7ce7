"""The Socket Mode connection: opened with a word when it cannot be, kept open, closed without waiting for ever."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic

from slack_bolt.async_app import AsyncApp

from chathakase.core.errors import StartError
from chathakase.slack.socket_mode.envelopes import Envelopes, TakeIn
from chathakase.slack.socket_mode.opener import APP_TOKEN_ADVICE, NotOpened
from chathakase.slack.socket_mode.socket_manager import SocketManager
from chathakase.slack.socket_mode.socket_timing import USUAL, SocketTiming
from chathakase.slack.socket_mode.state import SocketConnection
from chathakase.slack.web.client import START_TIMEOUT, first_call, open_session

REFUSED_SOCKET = (
    "Slack refused the socket: check that Socket Mode is switched on in your app's settings and that "
    "no more than ten connections of this app are open."
)


@asynccontextmanager
async def open_socket(
    app: AsyncApp,
    take_in: TakeIn,
    *,
    app_token: str,
    api_url: str,
    reconnected: Callable[[float], None],
    timing: SocketTiming = USUAL,
    clock: Callable[[], float] = monotonic,
) -> AsyncIterator[SocketConnection]:
    """Connect, so that events come in, and stay connected; disconnect at the end.

    ``take_in`` stores what an event tells and returns whether that was done; all else is the app's.
    ``reconnected`` is called whenever there is a new connection after the first, with the seconds for which nothing
    could be heard: none when Slack asked for it in time. ``clock`` counts seconds.
    Raises StartError when Slack does not accept the app token or the socket.
    """
    answer = await first_call(
        partial(app.client.apps_connections_open, app_token=app_token),
        api_url=api_url,
        setting="SLACK_APP_TOKEN",
        advice=APP_TOKEN_ADVICE,
    )
    async with open_session() as session:
        manager = SocketManager(
            app.client,
            session,
            Envelopes(app, take_in),
            app_token=app_token,
            reconnected=reconnected,
            timing=timing,
            clock=clock,
        )
        try:
            await manager.open(str(answer.get("url") or ""), within=START_TIMEOUT)
            yield manager.connection
        except NotOpened as error:
            raise StartError(REFUSED_SOCKET) from error
        finally:
            await manager.close()
