"""Sees, from within the workspace, how soon each envelope is acknowledged."""

import time

from chathakase.playground.journal import AckReceived, Entry, EnvelopeSent
from chathakase.playground.server import Workspace


class AckTimes:
    """Watches one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.seconds: list[float] = []
        """From each envelope to its acknowledgement."""
        self.again = 0
        """Envelopes that were sent because an earlier one of the same event was not acknowledged in time."""
        self._sent: dict[str, float] = {}
        workspace.journal.subscribe(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, EnvelopeSent):
            self._sent[str(entry.envelope.get("envelope_id"))] = time.perf_counter()
            self.again += bool(entry.envelope.get("retry_attempt"))
        elif isinstance(entry, AckReceived) and (sent := self._sent.pop(entry.envelope_id, None)) is not None:
            self.seconds.append(time.perf_counter() - sent)
