"""The manifest is one that Slack takes, and asks for exactly what the bot listens to and calls."""

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints

import chathakase.slack
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.socket_mode.subscribed_events import SUBSCRIPTIONS
from chathakase.playground.web_api.methods.table import METHODS
from chathakase.slack.diagnostics import needs
from chathakase.slack.events.message_events import EVENTS
from chathakase.slack.home.home_payloads import OPENED as OPENED_HOME
from chathakase.slack.own_messages import CHATS, LIST_SHORTCUT
from tests.end_to_end.conftest import OpenBot, Thread
from tests.slack.home.viewing import told

MANIFEST = Path(__file__).parents[2] / "manifest.yml"

SCOPE_OF_EVENT = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
"""https://docs.slack.dev/reference/events; the Home tab needs none."""


OF_MENUS = {"commands"}
"""The scope of slash commands and shortcuts, which no method needs."""
OPENED = {"conversations.open": {"im:write"}}
"""Only direct messages are opened, of all conversations that could be."""

WITH_LUCK = {"agents.sessions.setStatus", "apps.manifest.export"}
"""Methods that are tried where others are refused or a token of another kind is at hand; the bot can do without."""


class Strict(BaseModel):
    """Slack refuses fields that it does not know; limits are those of docs.slack.dev/reference/app-manifest."""

    model_config = ConfigDict(extra="forbid")


class Metadata(Strict):
    major_version: Literal[1, 2]
    minor_version: int


class DisplayInformation(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=35)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=140)]
    long_description: Annotated[str, StringConstraints(min_length=175, max_length=4000)]
    background_color: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class AppHome(Strict):
    home_tab_enabled: bool
    messages_tab_enabled: Literal[True]
    messages_tab_read_only_enabled: Literal[False]


class BotUser(Strict):
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    always_online: bool


class Shortcut(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    type: Literal["message", "global"]
    callback_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=150)]


class SlashCommand(Strict):
    command: Annotated[str, StringConstraints(pattern=r"^/[a-z_-]{1,31}$")]
    description: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    usage_hint: Annotated[str, StringConstraints(max_length=1000)]
    should_escape: bool


class ManifestFeatures(Strict):
    app_home: AppHome
    bot_user: BotUser
    slash_commands: list[SlashCommand]
    shortcuts: list[Shortcut]


class Scopes(Strict):
    bot: list[str]


class OAuthConfig(Strict):
    scopes: Scopes


class EventSubscriptions(Strict):
    bot_events: list[str]


class Interactivity(Strict):
    is_enabled: bool


class AppSettings(Strict):
    event_subscriptions: EventSubscriptions
    interactivity: Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: Literal[True]
    token_rotation_enabled: Literal[False]


class ManifestFile(Strict):
    metadata: Metadata
    display_information: DisplayInformation
    features: ManifestFeatures
    oauth_config: OAuthConfig
    settings: AppSettings


@pytest.fixture
def manifest() -> ManifestFile:
    loaded = yaml.safe_load(MANIFEST.read_text())
    loaded["metadata"] = loaded.pop("_metadata")
    return ManifestFile.model_validate(loaded)


def called_methods() -> set[str]:
    """Every Web API method that the code of the slack room calls, in Slack's spelling."""
    by_attribute = {method.replace(".", "_").lower(): method for method in METHODS}
    found = set()
    for file in Path(chathakase.slack.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in by_attribute:
                found.add(by_attribute[node.attr])
            if isinstance(node, ast.Constant) and node.value in METHODS:
                found.add(str(node.value))
    return found


def test_it_listens_to_what_the_code_reads(manifest: ManifestFile) -> None:
    events = manifest.settings.event_subscriptions.bot_events
    assert sorted(events) == sorted(SCOPE_OF_EVENT)
    assert {event.partition(".")[0] for event in events} == {*EVENTS, OPENED_HOME}


def test_the_diagnostics_miss_what_the_manifest_asks_for(manifest: ManifestFile) -> None:
    assert sorted(needs.SCOPES) == manifest.oauth_config.scopes.bot
    assert sorted(needs.EVENTS) == sorted(manifest.settings.event_subscriptions.bot_events)


def test_its_menus_are_what_the_code_heeds(manifest: ManifestFile) -> None:
    features = manifest.features.model_dump()
    assert (features["shortcuts"], features["slash_commands"]) == (list(needs.SHORTCUTS), list(needs.COMMANDS))


def test_it_has_a_home_tab(manifest: ManifestFile) -> None:
    assert manifest.features.app_home.home_tab_enabled


def test_its_buttons_can_be_pressed(manifest: ManifestFile) -> None:
    assert manifest.settings.interactivity.is_enabled


def test_it_asks_for_the_scopes_that_are_needed_and_no_others(manifest: ManifestFile) -> None:
    needed = set(filter(None, SCOPE_OF_EVENT.values())) | OF_MENUS
    called = called_methods()
    assert called == {
        "assistant.threads.setStatus",
        "auth.test",
        "bots.info",
        "chat.appendStream",
        "chat.delete",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.startStream",
        "chat.stopStream",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.open",
        "conversations.replies",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "files.info",
        "users.conversations",
        "users.info",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
        *WITH_LUCK,
    }
    for method in sorted(called - WITH_LUCK, key=lambda method: len(METHODS[method].scopes)):
        if METHODS[method].scopes and needed.isdisjoint(METHODS[method].scopes):
            # Of several any one will do.
            needed.update(METHODS[method].scopes)
        needed |= OPENED.get(method) or set(METHODS[method].by_type)
    assert manifest.oauth_config.scopes.bot == sorted(needed)


@pytest.fixture
async def workspace(manifest: ManifestFile) -> Any:
    """A workspace that grants the app what its manifest asks for, and nothing else."""
    async with open_workspace(
        scopes=manifest.oauth_config.scopes.bot,
        subscriptions=manifest.settings.event_subscriptions.bot_events,
        commands=[command.model_dump() for command in manifest.features.slash_commands],
        shortcuts=[shortcut.model_dump() for shortcut in manifest.features.shortcuts],
        seed=1,
    ) as opened:
        yield opened


async def test_with_exactly_that_the_bot_works_everywhere(
    workspace: Workspace,
    open_the_bot: OpenBot,
    start: Callable[..., Awaitable[Thread]],
    people: dict[str, PersonClient],
) -> None:
    group = workspace.world.conversation("C0MPDM0001")
    assert group is not None
    async with open_the_bot():
        threads = [
            await start("@ChatHakase one"),
            await start("@ChatHakase one", channel="#secret"),
            await start("one", channel="@"),
            Thread(
                workspace, people["alice"], group.id, await people["alice"].say("@ChatHakase one", channel=group.id)
            ),
        ]
        for thread in threads:
            assert await thread.answers(1) == ["I heard: [alice] one"]
            await thread.say("two")
            await thread.answers(2, containing="two")
        alice = people["alice"]
        await alice.open_home()
        await workspace.until(lambda: alice.home)
        for starting in (alice.command(CHATS, channel=threads[0].channel), alice.start(LIST_SHORTCUT)):
            await starting
            await workspace.until(lambda: alice.modals and "New chat" in told(alice.modals[-1]))
            await alice.close(alice.modals[-1])
    assert [call.error for call in workspace.journal.calls() if not call.ok] == []


async def test_where_the_app_was_installed_with_an_older_manifest_the_bot_still_answers(
    manifest: ManifestFile,
    settings: dict[str, Any],
    open_the_bot: OpenBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scopes = set(manifest.oauth_config.scopes.bot) - needs.CAN_DO_WITHOUT
    opening = open_workspace(
        scopes=scopes, subscriptions=SUBSCRIPTIONS - needs.ANSWERED_WITHOUT, home_tab=False, seed=1
    )
    async with opening as older, older.person("alice") as alice:
        changes = {
            "slack_api_url": older.api_url,
            "slack_bot_token": older.bot_token,
            "slack_app_token": older.app_token,
        }
        async with open_the_bot(**changes):
            for channel in ("#general", "#secret"):
                where = older.channel(channel.removeprefix("#")).id
                root = await alice.say("what do you think of this?", channel=where)
                thread = Thread(older, alice, where, root)
                await alice.share("notes.txt", b"notes", channel=where, thread_ts=root)
                await thread.say("@ChatHakase well?")
                assert "well?" in (await thread.answers(1))[0]
    for method in ("conversations.info", "users.conversations", "files.info"):
        assert sum(method in record.message for record in caplog.records) <= 1
