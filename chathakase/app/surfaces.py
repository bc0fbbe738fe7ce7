"""What a surface is to the app, which opens one after another and has the engine between them."""

from typing import Protocol

from chathakase.core.types import WorkspaceKey
from chathakase.engine.open_engine import Engine
from chathakase.engine.router import SurfaceAdapter


class OpenSurface(Protocol):
    """A surface that can be written to, and is listened to once there is an engine."""

    @property
    def workspace_key(self) -> WorkspaceKey:
        """The workspace that it is open for."""

    @property
    def adapter(self) -> SurfaceAdapter:
        """How the engine sees it."""

    @property
    def is_listening(self) -> bool:
        """Whether what people say now is heard."""

    async def listen(self, engine: Engine) -> None:
        """Have what people say and press reach the engine. Raises StartError."""
