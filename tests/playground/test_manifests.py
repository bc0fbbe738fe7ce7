"""Apps by their manifests: read from files, and several of them in one workspace."""

import json
import sys
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.manifests import ManifestError, read_manifest, read_manifests
from chathakase.playground.world.app_manifest import Features, Manifest
from chathakase.playground.world.values import App, Json
from tests.playground.clients import ALICE, GENERAL, AppSocket, app_socket, error_of
from tests.playground.page import open_page

YAML = """\
display_information:
  name: Weather
features:
  bot_user: {display_name: Weather Bot}
  slash_commands:
    - command: /weather
      description: Tells the weather  # of today
  shortcuts:
    - {name: Ask, type: global, callback_id: ask}
oauth_config:
  scopes:
    bot: [commands, chat:write, app_mentions:read]
settings:
  event_subscriptions:
    bot_events: [app_mention]
"""
JSON = """{
\t"display_information": {"name": "Weather"},
\t"features": {"slash_commands": [{"command": "/weather", "description": "\\u2600\\ufe0f \\/ \\ud83c\\udf27"}]},
\t"oauth_config": {"scopes": {"bot": ["commands"]}}
}"""


def write(folder: Path, text: str, name: str = "manifest.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_manifest_is_read_from_yaml(tmp_path: Path) -> None:
    manifest = read_manifest(write(tmp_path, YAML))
    assert (manifest.name, manifest.bot_name) == ("Weather", "Weather Bot")
    features = manifest.features
    assert [each["command"] for each in features.commands] == ["/weather"]
    assert [each["callback_id"] for each in features.shortcuts] == ["ask"]
    assert (set(features.scopes), list(features.events)) == (
        {"commands", "chat:write", "app_mentions:read"},
        ["app_mention"],
    )
    assert not features.home_tab
    assert features.in_short() == "3 scopes, 1 event, 1 slash command and 1 shortcut"


def test_a_manifest_is_read_from_json(tmp_path: Path) -> None:
    manifest = read_manifest(write(tmp_path, "\ufeff" + JSON, "manifest.json"))
    assert (manifest.name, manifest.bot_name) == ("Weather", "Weather")
    assert [each["description"] for each in manifest.features.commands] == ["☀️ / 🌧"]


def test_our_own_manifest_is_read() -> None:
    manifest = read_manifest(Path(__file__).parents[2] / "manifest.yml")
    assert manifest.name == "ChatHakase"
    assert manifest.features.has_menus


BROKEN = {
    "": "line 1: a manifest must be a mapping",
    "- a\n- b": "line 1: a manifest must be a mapping",
    "just words": "line 1: a manifest must be a mapping",
    "a: [1, 2\nb: 3": "line 2: ",
    "a: 1\n\tb: 2": "line 2: ",
    "a: !!python/object/apply:os.system ['true']": "line 1: ",
    # Python 3.13 and later point at the comma.
    '{\n"a": 1,\n}': "line 3: " if sys.version_info < (3, 13) else "line 2: ",
    '{"a": 1': "line 1: ",
    "features: {}": "line 1: display_information.name is missing",
    "display_information:\n  description: x": "line 2: display_information.name is missing",
    "display_information:\n  name: [x]": "line 2: display_information.name must be text",
    YAML.replace("/weather", "weather"): "line 6: a slash command needs a command",
    YAML.replace("command: /weather", "name: x"): "line 6: a slash command needs a command",
    YAML.replace("type: global", "type: anywhere"): "line 9: the type of a shortcut must be global or message",
    YAML.replace(", callback_id: ask", ""): "line 9: a shortcut needs a name and a callback_id",
    YAML.replace("[commands, ", "["): "line 12: commands and shortcuts need the scope commands",
    YAML.replace("[app_mention]", "app_mention"): "line 15: settings.event_subscriptions.bot_events must be a list",
    YAML.replace("[app_mention]", "[app_mention, {}]"): "line 15: settings.event_subscriptions.bot_events must be a",
    YAML.replace("  scopes:\n    bot: [", "  scopes: ["): "line 11: oauth_config.scopes must be a mapping",
    "[" * 600: "is neither YAML nor JSON",
}


@pytest.mark.parametrize(("text", "problem"), BROKEN.items(), ids=range(len(BROKEN)))
def test_what_is_broken_is_told_in_a_sentence_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ManifestError) as refused:
        read_manifest(path)
    told = str(refused.value)
    assert told.startswith(str(path))
    assert problem in told
    assert told.endswith(".")
    assert "\n" not in told


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"nothing.yml cannot be read: No such file"):
        read_manifest(tmp_path / "nothing.yml")
    (tmp_path / "picture.yml").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ManifestError, match="not UTF-8"):
        read_manifest(tmp_path / "picture.yml")
    one, other = write(tmp_path, YAML, "one.yml"), write(tmp_path, YAML, "other.yml")
    with pytest.raises(ManifestError, match="both describe an app called Weather"):
        read_manifests([one, other])


def manifest_of(name: str, *, command: str, scopes: tuple[str, ...] = ()) -> Manifest:
    granted = ("commands", "chat:write", "app_mentions:read", "channels:history", "users:read", *scopes)
    shortcut = {"name": f"Ask {name}", "type": "message", "callback_id": "ask"}
    commands = [{"command": command, "description": name}]
    return Manifest(name, name, Features(commands, [shortcut], True, granted, {"app_mention", "message.channels"}))


ONE = manifest_of("Weather", command="/weather")
TWO = manifest_of("Time Keeper", command="/time", scopes=("users:read.email",))


@pytest.mark.usefixtures("outside")
class TestTwoApps:
    """Each has its own name, bot, tokens, scopes, commands, shortcuts, events and connections."""

    async def test_each_is_somebody_else(self, session: aiohttp.ClientSession) -> None:
        async with open_workspace(manifests=[ONE, TWO], limits=NoLimits()) as workspace:
            one, two = workspace.world.installed
            first, second = client(workspace, one, session), client(workspace, two, session)
            who = await second.auth_test()
            assert (who["user"], who["user_id"], who["bot_id"]) == ("time_keeper", two.user_id, two.bot_id)
            assert (await first.auth_test())["user_id"] == one.user_id
            posted = await second.chat_postMessage(channel=GENERAL, text="tick")
            message = posted["message"]
            assert (message["app_id"], message["bot_id"], message["user"]) == (two.id, two.bot_id, two.user_id)
            assert message["bot_profile"]["name"] == "Time Keeper"
            assert (
                await error_of(first.chat_update(channel=GENERAL, ts=posted["ts"], text="x")) == "cant_update_message"
            )
            assert (await first.bots_info(bot=two.bot_id))["bot"]["app_id"] == two.id
            email = [(await each.users_info(user=ALICE))["user"]["profile"].get("email") for each in (first, second)]
            assert email == [None, "alice@playground.example"]
            members = (await first.users_list())["members"]
            assert sorted(each["name"] for each in members) == ["alice", "bob", "carol", "time_keeper", "weather"]

    async def test_each_hears_what_is_meant_for_it(self, session: aiohttp.ClientSession) -> None:
        async with (
            open_workspace(manifests=[ONE, TWO], limits=NoLimits(), seed=1) as workspace,
            workspace.person("alice") as alice,
        ):
            one, two = workspace.world.installed
            async with (
                app_socket(workspace, session, app=one) as first,
                app_socket(workspace, session, app=two) as second,
            ):
                await alice.say("@Time Keeper what time is it?")
                assert {(await second.event())["type"] for _ in range(2)} == {"message", "app_mention"}
                heard = await first.envelope()
                assert (heard["payload"]["event"]["type"], heard["payload"]["api_app_id"]) == ("message", one.id)
                assert heard["payload"]["authorizations"][0]["user_id"] == one.user_id
                await workspace.until(lambda: not workspace.pending_events)

    async def test_menus_and_buttons_lead_to_their_app(self, session: aiohttp.ClientSession) -> None:
        async with (
            open_workspace(manifests=[ONE, TWO], limits=NoLimits()) as workspace,
            open_page(workspace, session) as page,
        ):
            one, two = workspace.world.installed
            assert [(each["name"], each["commands"][0]["command"]) for each in page.hello["apps"]] == [
                ("Weather", "/weather"),
                ("Time Keeper", "/time"),
            ]
            button = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}}
            blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
            asked = await client(workspace, one, session).chat_postMessage(channel=GENERAL, text="?", blocks=blocks)
            async with (
                app_socket(workspace, session, app=one) as first,
                app_socket(workspace, session, app=two) as second,
            ):
                expected: list[tuple[AppSocket, str, Json, str]] = [
                    (second, "command", {"channel": GENERAL, "text": "/time now"}, "slash_commands"),
                    (first, "command", {"channel": GENERAL, "text": "/weather"}, "slash_commands"),
                    (second, "message_action", {"app_id": two.id, "callback_id": "ask"}, "interactive"),
                    (first, "message_action", {"app_id": one.id, "callback_id": "ask"}, "interactive"),
                    (first, "act", {"action": {"block_id": "b", "action_id": "press"}}, "interactive"),
                ]
                for app, deed, asks, kind in expected:
                    await page.ws.send_json(
                        {"id": 99, "as": ALICE, "do": deed, "channel": GENERAL, "ts": asked["ts"], **asks}
                    )
                    envelope = await app.envelope()
                    while envelope["type"] == "events_api":
                        envelope = await app.envelope()
                    assert envelope["type"] == kind
                    assert envelope["payload"]["api_app_id"] == (one.id if app is first else two.id)

    async def test_views_are_their_apps_own(self, session: aiohttp.ClientSession) -> None:
        view = {"type": "home", "blocks": [], "external_id": "mine"}
        async with open_workspace(manifests=[ONE, TWO], limits=NoLimits()) as workspace:
            one, two = workspace.world.installed
            first, second = client(workspace, one, session), client(workspace, two, session)
            mine = (await first.views_publish(user_id=ALICE, view=view))["view"]
            theirs = (await second.views_publish(user_id=ALICE, view=view))["view"]
            assert (mine["app_id"], theirs["app_id"]) == (one.id, two.id)
            assert mine["id"] != theirs["id"]
            assert await error_of(second.views_update(view_id=mine["id"], view=view)) == "not_found"
            modal = {"type": "modal", "title": {"type": "plain_text", "text": "A form"}, "blocks": []}
            trigger = workspace.world.triggers.issue(ALICE, one.id)
            assert await error_of(second.views_open(trigger_id=trigger, view=modal)) == "invalid_trigger_id"
            assert (await first.views_open(trigger_id=trigger, view=modal))["view"]["app_id"] == one.id

    async def test_a_kept_workspace_gets_the_apps_that_are_asked_for(
        self, session: aiohttp.ClientSession, tmp_path: Path
    ) -> None:
        async with open_workspace(folder=tmp_path, manifests=[ONE], limits=NoLimits()) as workspace:
            (one,) = workspace.world.installed
            tokens = workspace.tokens_of(one)
            await client(workspace, one, session).chat_postMessage(channel=GENERAL, text="sunny")
        async with open_workspace(folder=tmp_path, manifests=[TWO], limits=NoLimits()) as workspace:
            (two,) = workspace.world.installed
            kept = workspace.world.timeline(GENERAL).messages()
            assert [each.text for each in kept] == ["sunny"]
            assert workspace.world.is_member(GENERAL, two.user_id)
            answer = await client(workspace, two, session).conversations_history(channel=GENERAL)
            assert answer["messages"][0]["app_id"] == one.id
            assert answer["messages"][0]["bot_profile"]["deleted"]
        async with open_workspace(folder=tmp_path, manifests=[ONE, TWO]) as workspace:
            assert {each.name for each in workspace.world.installed} == {"Weather", "Time Keeper"}
        async with open_workspace(folder=tmp_path, manifests=[ONE]) as workspace:
            assert workspace.tokens_of(one) == tokens
        async with open_workspace(folder=tmp_path) as workspace:
            assert [each.name for each in workspace.world.installed] == ["ChatHakase"]
            assert workspace.world.is_member(GENERAL, workspace.world.app.user_id)


@pytest.mark.usefixtures("outside")
async def test_the_manifest_is_given_back_as_it_was(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    manifest = read_manifest(write(tmp_path, JSON))
    async with open_workspace(manifests=[manifest]) as workspace:
        web = AsyncWebClient(token=workspace.config_token, base_url=workspace.api_url, session=session)
        assert (await web.apps_manifest_export(app_id=workspace.world.app.id))["manifest"] == json.loads(JSON)


def client(workspace: Workspace, app: App, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.tokens_of(app).bot, base_url=workspace.api_url, session=session)
