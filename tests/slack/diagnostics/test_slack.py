"""What is told of Slack, over real sockets: the local workspace, and servers that are stranger than that."""

import socket
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from chathakase.findings import Finding, Level, worst
from chathakase.playground.journal import SocketOpened
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.diagnostics import probe
from chathakase.slack.diagnostics import socket_diagnostics as socket_diagnostics
from chathakase.slack.diagnostics.needs import ANSWERED_WITHOUT, CAN_DO_WITHOUT, COMMANDS, EVENTS, SCOPES, SHORTCUTS
from chathakase.slack.diagnostics.slack_diagnostics import check_slack, check_slack_from_outside
from chathakase.slack.diagnostics.socket_diagnostics import SocketState
from chathakase.slack.diagnostics.subscriptions import compare
from chathakase.slack.web.client import web_client
from tests.foreign_slack import open_foreign_slack

pytestmark = pytest.mark.usefixtures("outside")

MENUS: dict[str, Any] = {"commands": COMMANDS, "shortcuts": SHORTCUTS}


async def look(workspace: Workspace, **changes: str) -> list[Finding]:
    settings = {
        "api_url": workspace.api_url,
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
    }
    return await check_slack_from_outside(**(settings | changes))


async def look_at(api_url: str) -> list[Finding]:
    return await check_slack_from_outside(api_url=api_url, bot_token="xoxb-secret", app_token="xapp-secret")


def about(findings: list[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


def told(findings: list[Finding], subject: str) -> str:
    return "\n".join(finding.text for finding in about(findings, subject))


def _ask_for(workspace: Workspace, scopes: Collection[str]) -> None:
    """Have the app's settings ask for these scopes, whatever it was granted."""
    features = workspace.world.features
    features[workspace.world.app.id] = replace(features[workspace.world.app.id], scopes=scopes)


@pytest.fixture
async def workspace(outside: None) -> AsyncIterator[Workspace]:
    """One whose app has what the bot needs, and nothing else."""
    async with open_workspace(scopes=SCOPES, subscriptions=EVENTS, **MENUS, seed=1) as opened:
        yield opened


async def test_all_is_well(workspace: Workspace) -> None:
    findings = await look(workspace, config_token=workspace.config_token)
    assert worst(findings) is Level.OK
    assert [(finding.subject, finding.text) for finding in findings] == [
        ("bot token", "accepted: @chathakase in Playground"),
        ("scopes", "all 15 that are needed"),
        ("events", "the app subscribes to all 6 that are needed; buttons, direct messages and Home are switched on"),
        ("app token", "accepted"),
        ("socket", "opens; no bot is connected now"),
        ("clock", "agrees with Slack's"),
    ]
    await workspace.until(lambda: not workspace.sockets)


async def test_what_cannot_be_seen_is_not_claimed(workspace: Workspace) -> None:
    (events,) = about(await look(workspace), "events")
    assert events.level is Level.NOTE
    assert "cannot see what the app subscribes to" in events.text
    assert all(event in events.text for event in EVENTS)
    assert "Event Subscriptions" in events.advice


@pytest.mark.parametrize("setting", ["bot_token", "app_token"])
async def test_a_token_that_slack_does_not_accept(setting: str, workspace: Workspace) -> None:
    findings = await look(workspace, **{setting: f"{'xoxb' if setting == 'bot_token' else 'xapp'}-wrong"})
    (finding,) = about(findings, setting.replace("_", " "))
    assert finding.level is Level.ERROR
    assert finding.text == f"Slack does not accept SLACK_{setting.upper()} (invalid_auth)"
    assert f"SLACK_{setting.upper()}" in finding.advice
    assert "wrong" not in str(findings)
    assert about(findings, "clock")


async def test_a_missing_scope_is_told_with_what_does_not_work() -> None:
    granted = set(SCOPES) - {"im:history", "files:write"}
    async with open_workspace(scopes=granted, subscriptions=EVENTS) as workspace:
        findings = about(await look(workspace), "scopes")
        assert [finding.level for finding in findings] == [Level.ERROR] * 2
        assert [finding.text for finding in findings] == [
            "the bot token lacks files:write: answers that are too long for messages are not attached as files",
            "the bot token lacks im:history: direct messages are not received",
        ]
        assert "install the app again" in findings[-1].advice
        # The settings ask for everything, so that to install it is enough.
        _ask_for(workspace, SCOPES)
        findings = about(await look(workspace, config_token=workspace.config_token), "scopes")
        assert "The app's settings ask for everything" in findings[-1].advice


async def test_an_app_with_an_older_manifest_works_and_is_told_what_it_lacks() -> None:
    async with open_workspace(scopes=set(SCOPES) - CAN_DO_WITHOUT, subscriptions=EVENTS) as workspace:
        findings = about(await look(workspace), "scopes")
    assert {finding.level for finding in findings} == {Level.WARNING}
    assert len(findings) == len(CAN_DO_WITHOUT) == 7
    assert "install the app again" in findings[-1].advice


async def test_a_scope_that_would_be_lost_is_told(workspace: Workspace) -> None:
    _ask_for(workspace, set(SCOPES) - {"im:history"})
    (finding,) = about(await look(workspace, config_token=workspace.config_token), "scopes")
    assert finding.level is Level.WARNING
    assert "no longer ask for im:history" in finding.text


async def test_a_scope_too_many_is_only_noted() -> None:
    async with open_workspace(scopes=[*SCOPES, "channels:join"]) as workspace:
        (well, note) = about(await look(workspace), "scopes")
    assert (well.level, note.level) == (Level.OK, Level.NOTE)
    assert note.text == "the bot token has scopes that are not needed: channels:join"


async def test_without_the_right_to_know_people_much_can_still_be_told() -> None:
    async with open_workspace(scopes=set(SCOPES) - {"users:read"}, subscriptions=EVENTS) as workspace:
        findings = await look(workspace, config_token=workspace.config_token)
    assert "does not say which app the bot belongs to" in told(findings, "events")
    assert "lacks users:read" in told(findings, "scopes")


async def test_events_that_are_missing_are_told_with_what_does_not_work() -> None:
    subscribed = set(EVENTS) - {"message.im", "message.channels"}
    async with open_workspace(scopes=SCOPES, subscriptions=subscribed, **MENUS) as workspace:
        findings = about(await look(workspace, config_token=workspace.config_token), "events")
    assert [finding.text for finding in findings] == [
        "the app does not subscribe to message.channels: threads in public channels are not followed",
        "the app does not subscribe to message.im: direct messages are not received",
    ]
    assert {finding.level for finding in findings} == {Level.ERROR}
    assert [bool(finding.advice) for finding in findings] == [False, True]


async def test_an_outdated_token_for_the_settings_is_told(workspace: Workspace) -> None:
    (finding,) = about(await look(workspace, config_token="xoxe.xoxp-1-old"), "events")
    assert finding.level is Level.WARNING
    assert "SLACK_CONFIG_TOKEN (invalid_auth)" in finding.text


def test_what_is_switched_off_is_told() -> None:
    manifest: dict[str, Any] = {
        "settings": {"event_subscriptions": {"bot_events": [*EVENTS]}, "interactivity": {"is_enabled": False}},
        "features": {"app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}},
    }
    findings = compare(manifest)
    assert [finding.subject for finding in findings] == ["app settings"] * 7
    assert worst(findings) is Level.ERROR
    text = told(findings, "app settings")
    assert "Socket Mode is off" in text
    assert "buttons do nothing" in text
    assert "nobody can write direct messages" in text
    assert len(compare({})) == len(EVENTS) + 7


def test_without_a_home_tab_and_menus_people_are_still_answered() -> None:
    manifest: dict[str, Any] = {
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS.keys() - ANSWERED_WITHOUT)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
        "features": {"app_home": {"messages_tab_enabled": True}, "shortcuts": "none", "slash_commands": [7]},
    }
    findings = compare(manifest)
    assert {finding.level for finding in findings} == {Level.WARNING}
    assert [finding.text for finding in findings] == [
        "the app does not subscribe to app_home_opened: the Home tab stays empty",
        "the app's Home tab is off: people do not see their threads there",
        "the slash command /chats is missing: people cannot list their threads with it",
        "the shortcut “Your threads” is missing: nobody can choose it from a menu",
        "the shortcut “Forget this message” is missing: nobody can choose it from a menu",
    ]
    assert [bool(finding.advice) for finding in findings] == [False] * 4 + [True]


@asynccontextmanager
async def connected(workspace: Workspace, bots: int) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        for _ in range(bots):
            url = f"{workspace.api_url}apps.connections.open"
            async with session.post(url, headers={"Authorization": f"Bearer {workspace.app_token}"}) as response:
                link = (await response.json())["url"]
            await stack.enter_async_context(session.ws_connect(link))
        await workspace.until(lambda: workspace.sockets == bots)
        yield


@pytest.mark.parametrize(
    ("bots", "level", "words"),
    [
        (1, Level.OK, "opens; one bot is connected"),
        (3, Level.WARNING, "opens, but Slack counts 3 other connections of this app, which share its events"),
        (10, Level.ERROR, "Slack closes it at once (too_many_websockets)"),
    ],
)
async def test_who_else_is_connected_is_told(bots: int, level: Level, words: str, workspace: Workspace) -> None:
    async with connected(workspace, bots):
        (finding,) = about(await look(workspace), "socket")
        assert (finding.level, finding.text) == (level, words)
        await workspace.until(lambda: workspace.sockets == bots)


async def test_tokens_of_two_apps_are_told() -> None:
    async with another_slack() as other:
        other.answers["auth.test"] = {"ok": True, "user": "hakase", "team": "Acme", "bot_id": "B1"}
        other.answers["bots.info"] = {"ok": True, "bot": {"app_id": "A1"}}
        other.answers["apps.connections.open"] = {"ok": True, "url": f"{other.base.replace('http', 'ws')}/link"}
        other.frames = [{"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A2"}}]
        findings = await look_at(other.api_url)
    assert "belongs to a different app (A2) than the bot token (A1)" in told(findings, "app token")
    assert worst(about(findings, "app token")) is Level.ERROR


async def test_socket_mode_switched_off_is_told() -> None:
    async with another_slack() as other:
        other.frames = [{"type": "disconnect", "reason": "link_disabled"}]
        (finding,) = about(await look_at(other.api_url), "socket")
        assert finding.level is Level.ERROR
        assert finding.text == "Slack closes it at once (link_disabled)"
        assert finding.advice == "Switch Socket Mode on in the app's settings."
        other.frames = []
        (finding,) = about(await look_at(other.api_url), "socket")
        assert finding.text == "Slack closes it at once (closed at once)"
        other.frames = ["[]", {"type": "events_api"}, {"type": "hello"}]
        assert "this Slack does not say" in told(await look_at(other.api_url), "socket")
        other.link_status = 403
        (finding,) = about(await look_at(other.api_url), "socket")
        assert finding.level is Level.ERROR
        assert finding.text == "does not open (WSServerHandshakeError)"


async def test_a_slack_that_says_no_hello_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_diagnostics, "GREET_WITHIN", 0.2)
    async with open_foreign_slack("json") as foreign:
        findings = await look_at(foreign.api_url)
    assert worst(findings) is Level.WARNING
    assert "no hello" in told(findings, "socket")
    assert "does not say which scopes the bot token has" in told(findings, "scopes")


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [
        (20, Level.OK, "agrees with Slack's"),
        (-20, Level.OK, "agrees with Slack's"),
        (-100, Level.WARNING, "is 1 min 40 s ahead of Slack's"),
        (400, Level.ERROR, "is 6 min 40 s behind Slack's"),
    ],
)
async def test_a_wrong_clock_is_told(seconds: float, level: Level, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = 1_700_000_000
    monkeypatch.setattr(time, "time", lambda: float(noon))
    async with another_slack() as other:
        other.headers = {"Date": formatdate(noon + seconds, usegmt=True)}
        (finding,) = about(await look_at(other.api_url), "clock")
        assert (finding.level, finding.text) == (level, words)
        assert bool(finding.advice) is (level is not Level.OK)
        other.headers = {"Date": "half past eight"}
        (finding,) = about(await look_at(other.api_url), "clock")
        assert finding.level is Level.NOTE


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, "<html>", "answers http_503"),
        (200, "<html>", "does not answer like Slack"),
        (200, '{"ok": false, "error": "fatal_error"}', "answers fatal_error"),
    ],
)
async def test_a_slack_in_trouble_is_one_line(status: int, body: str, words: str) -> None:
    async with another_slack() as other:
        other.status, other.body = status, body
        (finding,) = await look_at(other.api_url)
    assert finding.subject == "Slack"
    assert finding.level is Level.ERROR
    assert finding.text.endswith(words)


async def test_a_slack_that_cannot_be_reached_is_one_line() -> None:
    (finding,) = await look_at("http://127.0.0.1:9/api/")
    assert finding.text == "http://127.0.0.1:9/api/ cannot be reached (ClientConnectorError)"
    assert "SLACK_API_URL" in finding.advice


async def test_a_silent_slack_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (finding,) = await look_at(f"http://127.0.0.1:{silent.getsockname()[1]}/api/")
    assert "does not answer within" in finding.text


async def test_a_method_that_fails_once_is_not_taken_for_a_bad_token(workspace: Workspace) -> None:
    workspace.faults.http_error("apps.connections.open")
    (finding,) = about(await look(workspace), "app token")
    assert finding.text == "Slack does not say whether it accepts SLACK_APP_TOKEN (internal_error)"
    workspace.faults.rate_limit("apps.connections.open")
    (finding,) = about(await look(workspace), "app token")
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        (SocketState(connected=True), Level.OK, "connected; the last event: none yet"),
        (SocketState(connected=True, consumers=1, last_event_age=63), Level.OK, "the last event: 1 min 3 s ago"),
        (SocketState(connected=True, consumers=2), Level.WARNING, "1 other connection of this app"),
        (SocketState(connected=False), Level.ERROR, "no connection"),
    ],
)
async def test_a_running_bot_opens_no_second_socket(
    state: SocketState, level: Level, words: str, workspace: Workspace
) -> None:
    async with aiohttp.ClientSession() as session:
        client = web_client(session, token=workspace.bot_token, api_url=workspace.api_url)
        findings = await check_slack(client, app_token=workspace.app_token, socket=state)
    (finding,) = about(findings, "socket")
    assert finding.level is level
    assert words in finding.text
    assert about(findings, "app token") == [Finding("app token", Level.OK, "accepted")]
    assert not [entry for entry in workspace.journal if isinstance(entry, SocketOpened)]


class AnotherSlack:
    """A server that answers as a test wants it to."""

    def __init__(self) -> None:
        self.base = ""
        self.answers: dict[str, dict[str, Any]] = {}
        self.headers: dict[str, str] = {}
        self.frames: list[Any] = []
        self.link_status = 0
        self.status = 200
        self.body = ""

    @property
    def api_url(self) -> str:
        return f"{self.base}/api/"

    async def method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        default = {"ok": True, "url": f"{self.base.replace('http', 'ws')}/link", "user": "hakase", "team": "Acme"}
        if self.body:
            kind = "text/html" if self.body.startswith("<") else "application/json"
            return web.Response(text=self.body, status=self.status, content_type=kind, headers=self.headers)
        return web.json_response(self.answers.get(name, default), headers=self.headers)

    async def link(self, request: web.Request) -> web.StreamResponse:
        if self.link_status:
            return web.Response(status=self.link_status)
        ws = web.WebSocketResponse(timeout=0.1)
        await ws.prepare(request)
        for frame in self.frames:
            await (ws.send_str(frame) if isinstance(frame, str) else ws.send_json(frame))
        await ws.close()
        return ws


@asynccontextmanager
async def another_slack() -> AsyncIterator[AnotherSlack]:
    slack, application = AnotherSlack(), web.Application()
    application.add_routes([web.route("*", "/api/{method}", slack.method), web.get("/link", slack.link)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield slack
    finally:
        await runner.cleanup()
