"""Apps as the tutorials of Bolt write them, each a process of its own that is given nothing but three settings.

Bolt for JavaScript takes part where BOLT_JS names a folder into which `npm install @slack/bolt` has put it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.manifests import read_manifest
from chathakase.playground.world.values import Message
from tests.playground.clients import ALICE, GENERAL
from tests.playground.page import PageClient, open_page

pytestmark = pytest.mark.long

HERE = Path(__file__).parent / "apps"
ROOT = HERE.parents[2]
APPS: dict[str, Sequence[str]] = {
    "blocking": (sys.executable, "-m", "tests.bolt.apps.blocking"),
    "asynchronous": (sys.executable, "-m", "tests.bolt.apps.asynchronous"),
}
if folder := os.environ.get("BOLT_JS"):
    APPS["javascript"] = ("node", str(HERE / "javascript.js"))


@pytest.fixture(params=APPS)
async def workspace(request: pytest.FixtureRequest) -> AsyncIterator[Workspace]:
    """One in which the app has connected."""
    async with open_workspace(manifests=[read_manifest(HERE / "manifest.yml")], limits=NoLimits()) as opened:
        tokens = opened.tokens_of(opened.world.app)
        given = {
            "SLACK_BOT_TOKEN": tokens.bot,
            "SLACK_APP_TOKEN": tokens.app,
            "SLACK_API_URL": opened.api_url,
            "NODE_PATH": f"{folder}/node_modules",
        }
        async with running(APPS[request.param], given):
            await opened.wait_for_socket(60)
            yield opened


@asynccontextmanager
async def running(command: Sequence[str], given: Mapping[str, str]) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | given)
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_an_app_mentions_commands_shortcuts_forms_buttons_and_files(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, open_page(workspace, session) as page:
        bot = workspace.world.bot.id
        root = await say(page, "@Note Taker hello")
        assert (await reply(workspace, root)).text == f"Hello <@{ALICE}>!"

        await page.do("command", channel=GENERAL, text="/note milk & honey")
        assert await ephemeral(page) == "Noted: milk &amp; honey"

        await page.do("message_action", callback_id="note_message", channel=GENERAL, ts=root)
        assert await ephemeral(page) == f"Noted: <@{bot}> hello"

        await page.do("shortcut", callback_id="take")
        view = (await page.frame("view"))["view"]
        entered = {"what": {"text": {"type": "plain_text_input", "value": "a form"}}}
        assert await page.do("submit", view_id=view["id"], values=entered) == {}
        await workspace.until(lambda: "Saved: a form" in [each.text for each in messages(workspace)])

        root = await say(page, "@Note Taker a button")
        asked = await reply(workspace, root)
        (block,) = asked.blocks
        action = {"block_id": block["block_id"], "action_id": "press", "type": "button"}
        await page.do("act", channel=GENERAL, ts=asked.ts, action=action)
        await workspace.until(lambda: (shown := message(workspace, asked.ts)).text == "Pressed" and not shown.blocks)

        root = await say(page, "@Note Taker a file")
        shared = await reply(workspace, root)
        (file,) = shared.files
        assert workspace.world.files.content(file) == b"a note"
        assert not [call for call in workspace.journal.calls() if not call.ok]


async def say(page: PageClient, text: str) -> str:
    return str((await page.do("say", channel=GENERAL, text=text))["ts"])


async def ephemeral(page: PageClient) -> str:
    return str((await page.frame("ephemeral"))["message"]["text"])


async def reply(workspace: Workspace, root: str) -> Message:
    """The app's first reply in a thread."""

    def found() -> Message | None:
        return next((each for each in messages(workspace) if each.thread_ts == root), None)

    answer = await workspace.until(found)
    assert answer is not None
    return answer


def message(workspace: Workspace, ts: str) -> Message:
    found = workspace.world.timeline(GENERAL).get(ts)
    assert found is not None
    return found


def messages(workspace: Workspace) -> Sequence[Message]:
    return workspace.world.timeline(GENERAL).messages()
