"""The page's part of the server, assembled: files, WebSocket and what people do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from chathakase.playground.journal import Journal
from chathakase.playground.page_server.deeds import Deed
from chathakase.playground.page_server.hub import Hub
from chathakase.playground.page_server.page_socket import PageSocket
from chathakase.playground.page_server.static import FOLDER, StaticFiles
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.socket_mode.payloads import user_json
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.world import World


class PageServer:
    """Serves the page as long as it is open; `facts` are what `hello` tells beside the workspace itself."""

    def __init__(
        self,
        world: World,
        journal: Journal,
        links: Links,
        deeds: Mapping[str, Deed],
        facts: Json,
    ) -> None:
        self._hub = Hub(world, journal, links)
        self._socket = PageSocket(world, self._hub, deeds, _hello(world) | facts)
        self._files = StaticFiles(FOLDER)

    def routes(self) -> Sequence[web.RouteDef]:
        """What is served of the page; the WebSocket's path comes before the files'."""
        return [
            web.get("/", self._files.index),
            web.get("/page/socket", self._socket.handle),
            web.get("/page/{path:.+}", self._files.file),
        ]

    async def aclose(self) -> None:
        """Let the pages go."""
        self._hub.close()
        await self._socket.aclose()


def _hello(world: World) -> Json:
    team = world.team
    return {
        "team": {"id": team.id, "name": team.name, "domain": team.domain},
        "apps": [_app(app) | world.features[app.id].facts() for app in world.installed],
        "users": [user_json(world, user) for user in world.users.values()],
    }


def _app(app: App) -> Json:
    return {"id": app.id, "name": app.name, "bot_id": app.bot_id, "user_id": app.user_id}
