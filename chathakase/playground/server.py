"""The local Slack, assembled: one world behind the Web API, Socket Mode and a page, open within one `async with`."""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from chathakase.playground import avatars
from chathakase.playground.bad_requests import bounded, listening, refuse_junk
from chathakase.playground.faults import Faults
from chathakase.playground.file_server import FileServer
from chathakase.playground.interactivity.clicks import Clicks
from chathakase.playground.interactivity.hooks import Hooks
from chathakase.playground.interactivity.starts import Starts
from chathakase.playground.interactivity.submissions import Submissions
from chathakase.playground.journal import Journal
from chathakase.playground.model.model_faults import ModelFaults
from chathakase.playground.page_server.deeds import Speaking
from chathakase.playground.page_server.fault_buttons import FaultButtons
from chathakase.playground.page_server.guard import Guard
from chathakase.playground.page_server.page import PageServer
from chathakase.playground.persistence.workspace_saver import keep
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.socket_mode.links import Lifetimes, Links, PendingAcks, linked
from chathakase.playground.socket_mode.sockets import PING_SECONDS
from chathakase.playground.socket_mode.subscribed_events import SUBSCRIPTIONS
from chathakase.playground.web_api.app_tokens import Tokens
from chathakase.playground.web_api.methods.call import Call, Method
from chathakase.playground.web_api.methods.table import DEFAULT_SCOPES, METHODS
from chathakase.playground.web_api.tiers import Limits, Tier
from chathakase.playground.web_api.web_api_server import WebApi
from chathakase.playground.workspace import Workspace
from chathakase.playground.world.app_manifest import Features, Manifest
from chathakase.playground.world.demo import demo_world
from chathakase.playground.world.streams import NativeStreams
from chathakase.playground.world.values import Json
from chathakase.playground.world.workspace_files import FILE_MOST
from chathakase.playground.world.world import World

__all__ = ["Workspace", "open_workspace"]

BODY_MOST = 16 * 2**20
"""Bytes of one request's body."""


@asynccontextmanager
async def open_workspace(
    world: World | None = None,
    *,
    folder: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    bot_token: str | None = None,
    app_token: str | None = None,
    scopes: Collection[str] = DEFAULT_SCOPES,
    subscriptions: Collection[str] = SUBSCRIPTIONS,
    manifests: Sequence[Manifest] = (),
    limits: Limits | None = None,
    limit_people: bool = False,
    ack_timeout: float = 3.0,
    retry_delays: Sequence[float] = (0.0, 60.0, 300.0),
    ping_every: float = PING_SECONDS,
    refresh_after: float | None = None,
    commands: Sequence[Json] = (),
    shortcuts: Sequence[Json] = (),
    home_tab: bool = True,
    file_most: int = FILE_MOST,
    stream_seconds: float = 300.0,
    stream_text_most: int = 12_000,
    stream_bytes_most: int = 11_300,
    status_seconds: float = 120.0,
    model: str = "",
    model_faults: ModelFaults | None = None,
    journal_limit: int = 10_000,
    seed: int | None = None,
) -> AsyncIterator[Workspace]:
    """A workspace on `host` and `port` (0: a free one) until the end of the `async with`; times are in seconds.

    With a `folder` the workspace and its tokens are kept there, and what is there goes before `world`, whose apps it
    gets; StoreError if that cannot be read. With `manifests` these are the apps. Without, `scopes` are those that the
    bot token was granted, `subscriptions` the events the app has asked for, and `commands`, `shortcuts` and `home_tab`
    are its own, as in a manifest (`Features`). `limits` are Slack's unless another is given (`NoLimits()` for none);
    `file_most` is the most bytes of a file; a native stream lives `stream_seconds` and takes `stream_text_most`
    characters and `stream_bytes_most` bytes; the bot's status under a thread lasts `status_seconds`; `model` is what
    the page says that the bot answers with, and `model_faults` the faults that can be caused in it there.
    `seed` makes the order of twin events, and the choice of socket, repeatable.
    """
    given = world or demo_world(manifests=manifests)
    if not manifests:
        given.features[given.app.id] = Features(tuple(commands), tuple(shortcuts), home_tab, scopes, subscriptions)
    async with keep(folder, given) as kept:
        world = kept.world
        world.adopt_apps(given)
        rng = random.Random(secrets.randbits(64) if seed is None else seed)
        journal, faults, addresses, guard = Journal(journal_limit), Faults(), ServerAddresses(), Guard(host)
        own = {"bot": bot_token, "app": app_token}
        tokens = Tokens(world, **(kept.tokens | {name: token for name, token in own.items() if token}))
        kept.tokens |= tokens.kept()
        acks = PendingAcks(ack_timeout, retry_delays)
        sockets = Lifetimes(refresh_after, ping_every)
        links = Links(linked(world, app, journal, faults, addresses, rng, acks, sockets) for app in world.installed)
        methods = dict(METHODS)
        api = WebApi(world, tokens, methods, limits or Limits(), faults, journal, addresses, limit_people=limit_people)
        world.files.most = file_most
        world.streams = NativeStreams(stream_seconds, stream_text_most, stream_bytes_most)
        world.statuses.seconds = status_seconds
        hooks = Hooks(world, journal, addresses)
        deeds = {
            **Speaking(world, api).deeds(),
            **Clicks(world, links, hooks).deeds(),
            **Submissions(world, links).deeds(),
            **Starts(world, links, hooks).deeds(),
            **FaultButtons(world, faults, links, model_faults).deeds(),
        }
        page = PageServer(world, journal, links, deeds, {"model": model, "can": {"upload_most": file_most}})
        files = FileServer(world, tokens, faults, journal, guard)
        application = _application(guard, [*_slack_routes(api, links, hooks), *files.routes(), *page.routes()])
        runner = web.AppRunner(application, shutdown_timeout=0.2, **bounded())
        end_events = links.subscribe(world, rng)
        try:
            await runner.setup()
            async with listening(runner, host, port) as number:
                addresses.listen(host, number)
                world.files.base = addresses.base
                methods["apps.connections.open"] = _connections_open(links, addresses)
                yield Workspace(world, journal, faults, addresses.base, tokens, links, deeds)
        finally:
            end_events()
            await page.aclose()
            await links.aclose()
            await runner.cleanup()


def _application(guard: Guard, routes: Iterable[web.RouteDef]) -> web.Application:
    application = web.Application(client_max_size=BODY_MOST, middlewares=[guard.middleware(), refuse_junk])
    application.router.add_routes(routes)
    return application


def _slack_routes(api: WebApi, links: Links, hooks: Hooks) -> Sequence[web.RouteDef]:
    return [
        web.route("*", "/api/{method}", api.handle),
        web.get("/link/", links.handle),
        web.get(r"/avatars/{whose:\w+}-{size:[1-9]\d{0,3}}.png", avatars.serve),
        web.post("/hooks/{kind}/{team}/{key}", hooks.handle),
    ]


def _connections_open(links: Links, addresses: ServerAddresses) -> Method:
    """apps.connections.open: the address, with its ticket, of a new Socket Mode connection.

    Tier 1 in the SDK's metadata and tier 3 on the newer method page; the newer one holds here.
    """

    def handler(call: Call) -> Json:
        ticket = links.of(call.app.id).sockets.ticket(call.asked)
        return {"url": f"ws://{addresses.own}/link/?ticket={ticket}&app_id={call.app.id}"}

    return Method(handler, Tier.THREE, scopes=("connections:write",), tokens=frozenset({"app"}), post_only=True)
