"""The playground in a real browser: headless Chromium, driven by Playwright."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from chathakase.app import open_bot
from chathakase.config import read_settings
from chathakase.playground.model.model_server import open_model
from chathakase.playground.server import Workspace, open_workspace
from tests.browser.sample_bot import open_sample_bot

__all__ = ["BrowserPage", "expect"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.long)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here (on Debian: apt install chromium)"))


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    weather = {"command": "/weather", "description": "Tells the weather", "usage_hint": "city"}
    async with open_workspace(seed=1, commands=[weather], model="echo") as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        launched = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@dataclass
class BrowserPage:
    """The page as a person uses it: by names and roles, never by how it is made."""

    tab: Any
    address: str
    problems: list[str]

    async def open(self) -> None:
        await self.tab.goto(self.address)
        await expect(self.log("Messages in #general")).to_be_visible()

    def log(self, name: str) -> Any:
        return self.tab.get_by_role("log", name=name)

    @property
    def thread(self) -> Any:
        return self.tab.get_by_role("log", name="Thread in")

    def button(self, name: str) -> Any:
        return self.tab.get_by_role("button", name=name)

    def message(self, text: str, within: Any = None) -> Any:
        return (within or self.tab).get_by_role("article").filter(has_text=text)

    async def go(self, name: str) -> None:
        await self.tab.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()

    async def say(self, text: str, *, where: str = "Message #general") -> None:
        box = self.tab.get_by_role("textbox", name=where)
        await box.click()
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_text("") if await box.evaluate("e => e.isContentEditable") else await expect(
            box
        ).to_have_value("")

    async def open_thread(self, text: str) -> None:
        await self.message(text).first.get_by_role("button", name="open thread").click()
        await expect(self.thread).to_be_visible()

    async def speak_as(self, name: str) -> None:
        await self.tab.get_by_role("radio", name=name).check(force=True)


@pytest.fixture
async def page(browser: Any, workspace: Workspace) -> AsyncIterator[BrowserPage]:
    """A page in a fresh browser profile; a test fails when the page had an error of its own."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    tab.set_default_timeout(10_000)
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    opened = BrowserPage(tab, workspace.address, problems)
    await opened.open()
    yield opened
    await context.close()
    assert problems == []


@pytest.fixture
async def bot(workspace: Workspace, database: Path) -> AsyncIterator[None]:
    """The real bot, answering with the echo model."""
    async with (
        open_model(delay=0.01) as echo,
        open_bot(
            read_settings(
                slack_bot_token=workspace.bot_token,
                slack_app_token=workspace.app_token,
                slack_api_url=workspace.api_url,
                openai_base_url=echo.base_url,
                chathakase_model=echo.model,
                chathakase_background_model="off",
                chathakase_database_url=f"sqlite:///{database}",
            )
        ),
    ):
        yield


@pytest.fixture
async def sample_bot(workspace: Workspace) -> AsyncIterator[None]:
    async with open_sample_bot(workspace):
        await workspace.wait_for_socket()
        yield
