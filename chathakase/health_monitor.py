"""Tells how the running bot is: admins who ask it, and supervisors."""

from chathakase.config import Settings
from chathakase.core.errors import StoreError
from chathakase.diagnostics import diagnose_running
from chathakase.findings import as_markdown
from chathakase.health.vitals import VitalSigns
from chathakase.slack.diagnostics.socket_diagnostics import SocketState
from chathakase.slack.socket_mode.state import SocketConnection
from chathakase.slack.web.client import SlackWeb
from chathakase.storage.database import Database
from chathakase.storage.stores.waiting_sessions import WaitingSessions, count_waiting


class HealthMonitor:
    """Sees the connections that the bot holds."""

    def __init__(self, settings: Settings, web: SlackWeb, database: Database) -> None:
        self._settings = settings
        self._web = web
        self._database = database
        self.connection: SocketConnection | None = None
        """The socket, once there is one."""

    async def report(self) -> str:
        """Look at everything that the bot needs, and tell of it in Markdown."""
        return as_markdown(await diagnose_running(self._settings, self._web, self._socket()))

    async def vital_signs(self) -> VitalSigns:
        """The bot at this moment, in numbers."""
        try:
            waiting, database = await count_waiting(self._database), True
        except StoreError:
            waiting, database = WaitingSessions(0, 0.0), False
        socket = self._socket()
        return VitalSigns(
            connected=socket.connected,
            database=database,
            last_event_age=socket.last_event_age,
            turns_waiting=waiting.turns,
            oldest_wait=waiting.oldest,
            consumers=socket.consumers,
        )

    def _socket(self) -> SocketState:
        if self.connection is None:
            return SocketState(connected=False)
        return SocketState(
            connected=self.connection.is_connected,
            consumers=self.connection.consumers,
            last_event_age=self.connection.last_event,
        )
