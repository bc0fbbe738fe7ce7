"""``chathakase playground`` as a process: with the bot, without it, and in the terminal."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from stat import S_IMODE

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.cli.process import BAD_SETTINGS

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("own_folder")]

Process = asyncio.subprocess.Process


@asynccontextmanager
async def playground(*options: str, typed: str | None = None, **settings: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chathakase",
        "playground",
        "--port=0",
        "--no-browser",
        *options,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"} | settings,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    if typed is not None:
        process.stdin.write(typed.encode())
        process.stdin.close()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_with(process: Process, pattern: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while line := (await process.stdout.readline()).decode():
            if found := re.search(pattern, line):
                return found[1]
    raise AssertionError(f"nothing like {pattern} was printed")


async def test_it_prints_the_page_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    async with playground() as process:
        address = await line_with(process, r"(http://127\.0\.0\.1:\d+)")
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            assert response.status == 200
            assert "Playground" in await response.text()
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        assert process.stderr is not None
        assert (await process.stderr.read()).decode() == ""
    kept = tmp_path / ".playground"
    assert S_IMODE(kept.stat().st_mode) == 0o700
    assert {S_IMODE(each.stat().st_mode) for each in kept.iterdir()} == {0o600}


async def test_without_the_bot_any_client_can_join() -> None:
    async with playground("--no-bot") as process:
        bot_token = await line_with(process, r"^SLACK_BOT_TOKEN=(xoxb-\S+)$")
        app_token = await line_with(process, r"^SLACK_APP_TOKEN=(xapp-\S+)$")
        api_url = await line_with(process, r"^SLACK_API_URL=(\S+)$")
        client = AsyncWebClient(token=bot_token, base_url=api_url)
        assert (await client.auth_test())["ok"]
        assert (await client.apps_connections_open(app_token=app_token))["url"].startswith("ws://")
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await AsyncWebClient(token="xoxb-unknown", base_url=api_url).auth_test()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_each_manifest_gives_an_app_with_tokens_of_its_own(tmp_path: Path) -> None:
    paths = []
    for name in ("Weather", "Time Keeper"):
        paths.append(tmp_path / f"{name}.yml")
        paths[-1].write_text(
            f"display_information: {{name: {name}}}\noauth_config: {{scopes: {{bot: [chat:write]}}}}\n"
        )
    async with playground(*(f"--manifest={path}" for path in paths)) as process:
        for name in ("weather", "time_keeper"):
            assert await line_with(process, r"^# (.*)$")
            bot_token = await line_with(process, r"^SLACK_BOT_TOKEN=(xoxb-\S+)$")
            client = AsyncWebClient(token=bot_token, base_url=await line_with(process, r"^SLACK_API_URL=(\S+)$"))
            assert (await client.auth_test())["user"] == name
            with pytest.raises(SlackApiError, match="missing_scope"):
                await client.users_list()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_broken_manifest_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("features: [\n")
    async with playground(f"--manifest={path}") as process:
        output, errors = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 2
    assert output == b""
    assert errors.decode().startswith(f"{path}, line 2: ")
    assert errors.count(b"\n") == 1


KEY = {"OPENAI_API_KEY": "sk-not-a-real-one", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}


async def test_a_model_of_ones_own_is_told_of_before_it_is_asked() -> None:
    async with playground(**KEY) as process:
        assert process.stderr is not None
        first = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
        assert await line_with(process, r"answering with (\S+):") != "echo"
    assert first.startswith("OPENAI_BASE_URL is set, so ")
    assert "127.0.0.1:1" in first
    assert "--echo" in first
    assert "sk-" not in first


async def test_the_echo_answers_where_it_is_asked_for() -> None:
    async with playground("--echo", "--terminal", typed="hello\n", **KEY) as process:
        output, errors = await asyncio.wait_for(process.communicate(), 40)
    assert "stand-in without intelligence" in output.decode()
    assert errors == b""


@pytest.mark.parametrize("failed_before", [False, True])
async def test_a_new_workspace_begins_with_a_conversation(failed_before: bool) -> None:
    if failed_before:
        async with playground(CHATHAKASE_DAILY_COST="1") as process:
            assert await asyncio.wait_for(process.wait(), 30) == 1
    async with playground() as process:
        address = await line_with(process, r"(http://127\.0\.0\.1:\d+)")
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{address}/page/socket", headers={"Origin": address}) as page,
        ):
            assert (await page.receive_json(timeout=20))["type"] == "hello"
            messages = (await page.receive_json(timeout=20))["messages"]["C0GENERAL1"]
            assert len([message for message in messages if message["user"] == "U0ALICE001"]) == 2
            while not any("Echo model" in message["text"] for message in messages):
                frame = await page.receive_json(timeout=20)
                messages += [frame["message"]] if frame["type"] == "message" else []


async def test_the_terminal_shows_what_is_remembered() -> None:
    async with playground("--terminal", typed="my cat is Mikan\nwho is my cat?\n") as process:
        output, errors = await asyncio.wait_for(process.communicate(), 40)
    said = output.decode()
    assert "stand-in without intelligence" in said
    assert "my cat is Mikan" in said.split("I remember from this thread")[1]
    assert errors.decode() == ""
    assert process.returncode == 0


async def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with playground(f"--port={port}") as process:
            _, errors = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == BAD_SETTINGS
    assert f"port {port} is already in use" in errors.decode()


@pytest.mark.parametrize("host", ["nowhere.invalid", "a b", f"{'a' * 70}.example", "192.0.2.1"])
async def test_a_host_that_is_none_is_told_in_a_sentence(host: str) -> None:
    async with playground("--no-bot", f"--host={host}") as process:
        _, errors = await process.communicate()
    assert process.returncode == BAD_SETTINGS
    assert host in errors.decode()
    assert len(errors.decode().splitlines()) == 1
    assert "Traceback" not in errors.decode()


async def test_its_workspace_survives_a_restart_and_can_be_forgotten() -> None:
    async def tokens(*options: str) -> tuple[str, str]:
        async with playground("--no-bot", *options) as process:
            bot_token = await line_with(process, r"^SLACK_BOT_TOKEN=(\S+)$")
            client = AsyncWebClient(token=bot_token, base_url=await line_with(process, r"^SLACK_API_URL=(\S+)$"))
            history = await client.conversations_history(channel="C0GENERAL1")
            await client.chat_postMessage(channel="C0GENERAL1", text="still here")
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 30) == 0
        return bot_token, " ".join(message["text"] for message in history["messages"])

    first = await tokens()
    assert first[1] == ""
    assert await tokens() == (first[0], "still here")
    assert (await tokens("--fresh"))[1] == ""


async def test_a_broken_workspace_is_told_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / ".playground"
    folder.mkdir()
    (folder / "workspace.sqlite3").write_text("these are my notes " * 100)
    async with playground() as process:
        _, errors = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 1
    assert "--fresh" in errors.decode()
    assert "Traceback" not in errors.decode()
