"""What is given has the fields of Slack's own samples, and what is not there is told in the documentation."""

import inspect
import re
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web import client as slack_client
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace
from chathakase.playground.content.emoji_names import is_emoji
from chathakase.playground.person import PersonClient
from chathakase.playground.web_api.methods.table import METHODS
from tests.playground.clients import ALICE, ALICE_DM, BOT, GENERAL, error_of

PAGE = Path(__file__).parents[2] / "docs" / "playground.md"

USER = """id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner is_primary_owner
    is_restricted is_ultra_restricted is_bot is_app_user updated is_email_confirmed who_can_share_contact_card"""
PROFILE = """title phone skype real_name real_name_normalized display_name display_name_normalized fields status_text
    status_emoji status_emoji_display_info status_expiration avatar_hash first_name last_name image_24 image_32 image_48
    image_72 image_192 image_512 status_text_canonical team"""
CHANNEL = """id name is_channel is_group is_im is_mpim is_private created is_archived is_general unlinked
    name_normalized is_shared is_org_shared is_pending_ext_shared pending_shared context_team_id updated
    parent_conversation creator is_ext_shared shared_team_ids pending_connected_team_ids is_member topic
    purpose previous_names properties"""
DIRECT = "id created is_archived is_im is_org_shared context_team_id updated user is_user_deleted priority"
FILE = """id created timestamp name title mimetype filetype pretty_type user user_team editable size mode is_external
    external_type is_public public_url_shared display_as_bot username url_private url_private_download permalink
    is_starred shares channels groups ims has_more_shares has_rich_preview file_access media_display_type"""


async def test_a_user_has_what_a_user_has(bot: AsyncWebClient, session: aiohttp.ClientSession) -> None:
    for user in (ALICE, BOT):
        shown = (await bot.users_info(user=user))["user"]
        assert not set(USER.split()) - shown.keys()
        assert not set(PROFILE.split()) - shown["profile"].keys()
        assert "locale" not in shown
        assert "email" not in shown["profile"]
        for size in (24, 512):
            async with session.get(shown["profile"][f"image_{size}"]) as picture:
                assert (picture.status, picture.content_type) == (200, "image/png")
                assert (await picture.read())[16:24] == size.to_bytes(4, "big") * 2
    shown = (await bot.users_info(user=ALICE, include_locale=True))["user"]
    assert shown["locale"] == "en-US"
    assert (shown["profile"]["first_name"], shown["profile"]["last_name"]) == ("Alice", "Arends")
    assert {each["locale"] for each in (await bot.users_list(include_locale=True))["members"]} == {"en-US"}
    assert (await bot.users_info(user=BOT))["user"]["profile"]["always_active"]


async def test_a_conversation_has_what_a_conversation_has(bot: AsyncWebClient) -> None:
    shown = (await bot.conversations_info(channel=GENERAL))["channel"]
    assert not set(CHANNEL.split()) - shown.keys()
    assert not shown.keys() & {"num_members", "locale"}
    more = (await bot.conversations_info(channel=GENERAL, include_num_members=True, include_locale=True))["channel"]
    assert (more["num_members"], more["locale"]) == (4, "en-US")
    direct = (await bot.conversations_info(channel=ALICE_DM))["channel"]
    assert not set(DIRECT.split()) - direct.keys()
    listed = (await bot.conversations_list(types="public_channel,im"))["channels"]
    assert {each["id"]: each.get("num_members") for each in listed if each["id"] in (GENERAL, ALICE_DM)} == {
        GENERAL: 4,
        ALICE_DM: None,
    }


async def test_a_topic_tells_whose_it_is(bot: AsyncWebClient, alice: PersonClient) -> None:
    await alice.call("conversations.setTopic", channel=GENERAL, topic="tea")
    topic = (await bot.conversations_info(channel=GENERAL))["channel"]["topic"]
    assert (topic["value"], topic["creator"]) == ("tea", ALICE)
    assert topic["last_set"] > 1_700_000_000


async def test_a_file_has_what_a_file_has(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("here it is")
    ts = await alice.share("a.txt", b"a", channel=GENERAL, thread_ts=root)
    message = workspace.world.timeline(GENERAL).get(ts)
    assert message is not None
    shown = (await bot.files_info(file=message.files[0]))["file"]
    assert not set(FILE.split()) - shown.keys()
    (share,) = shown["shares"]["public"][GENERAL]
    assert (share["ts"], share["thread_ts"], share["channel_name"]) == (ts, root, "general")
    assert (share["reply_count"], share["reply_users"]) == (1, [ALICE])


async def test_bots_and_the_workspace_have_pictures(workspace: Workspace, bot: AsyncWebClient) -> None:
    shown = (await bot.bots_info(bot=workspace.world.app.bot_id))["bot"]
    assert shown["icons"].keys() == {"image_36", "image_48", "image_72"}
    assert (await bot.team_info())["team"]["icon"]["image_default"]
    posted = await bot.chat_postMessage(channel=GENERAL, text="hello")
    assert posted["message"]["bot_profile"]["icons"] == shown["icons"]


@pytest.mark.parametrize(
    "name", ["+1", "thumbsup", "eyes", "wave::skin-tone-3", "flag-nl", "melting_face", "man-shrugging", "simple_smile"]
)
def test_an_emoji_that_a_workspace_has_is_known(name: str) -> None:
    assert is_emoji(name)


@pytest.mark.parametrize(
    "name", ["", "partyparrot", "not_an_emoji", ":eyes:", "👀", "Eyes", "wave::skin-tone-7", "thumbs up", "eyes "]
)
async def test_an_emoji_that_it_lacks_is_refused(bot: AsyncWebClient, alice: PersonClient, name: str) -> None:
    ts = await alice.say("hello")
    assert not is_emoji(name)
    assert await error_of(bot.reactions_add(channel=GENERAL, timestamp=ts, name=name)) == "invalid_name"


_METHODS = {
    *re.findall(r'api_call\(\s*"([\w.]+)"', inspect.getsource(slack_client)),
    *METHODS,
    "apps.connections.open",
}


FAMILIES = {name.partition(".")[0] for name in _METHODS}


def _table() -> tuple[set[str], set[str]]:
    """The methods that the documentation says are there, and the patterns of those that are not."""
    there: set[str] = set()
    missing: set[str] = set()
    for row in re.findall(r"^\| `\w+`.*\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        area, has, lacks = row.strip("|").split("|")
        family = area.split("`")[1]
        if family in FAMILIES:
            there |= _full(family, has)
            missing |= _full(family, lacks)
    return there, missing


def _full(family: str, cell: str) -> set[str]:
    """The names in a cell, each with its family."""
    words = [word.strip() for word in cell.split(",") if word.strip()]
    return {word if "." in word and word.partition(".")[0] in FAMILIES else f"{family}.{word}" for word in words}


def _matches(method: str, patterns: set[str]) -> bool:
    return any(
        method == each or (each.endswith("*") and method.startswith(each.removesuffix("*"))) for each in patterns
    )


def test_the_documentation_names_every_method_that_slack_sdk_can_call() -> None:
    there, missing = _table()
    assert there == {*METHODS, "apps.connections.open"}
    assert not {method for method in _METHODS - there if not _matches(method, missing)}
    assert not {each for each in there if _matches(each, missing)}


@pytest.mark.parametrize("method", ["emoji.list", "conversations.close", "auth.revoke", "dnd.info", "files.list"])
async def test_what_is_not_there_is_an_unknown_method(bot: AsyncWebClient, method: str) -> None:
    assert _matches(method, _table()[1])
    assert await error_of(bot.api_call(method)) == "unknown_method"
