"""The pictures in docs/images, of the real bot in the local workspace: ``python -m tests.browser.pictures`` takes them.

They are taken anew when Home or one of its windows looks different, and looked at before they are kept.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import ViewportSize, async_playwright, expect

from chathakase.app import open_bot
from chathakase.config import read_settings
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.own_messages import CHATS
from tests.browser.conftest import CHROMIUM, FLAGS, BrowserPage
from tests.end_to_end.at_home import MENUS
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, open_model_server, says

FOLDER = Path(__file__).parents[2] / "docs" / "images"
WIDE, NARROW = ViewportSize(width=1100, height=780), ViewportSize(width=400, height=780)
MODEL = "gpt-5-mini"
BOT = "ChatHakase"


@dataclass(frozen=True, slots=True)
class PicturedThread:
    """A thread: what was asked in it and answered, one after the other."""

    where: str
    title: str
    said: Sequence[tuple[str, str]]


TALKS = (
    PicturedThread(
        "@", "Notes for the board meeting", [("Turn these notes into minutes.", "Here are the minutes, by topic.")]
    ),
    PicturedThread(
        "#general",
        "京都旅行の計画",
        [("雨の日の京都では何ができる?", "雨の日は美術館と錦市場がおすすめです。"), ("電車は?", "地下鉄が便利です。")],
    ),
    PicturedThread(
        "#random",
        "Trip to Kyoto",
        [
            ("When do the maples turn red?", "From the middle of November."),
            ("And what do I pack?", "Warm layers."),
            ("For three days?", "Then one bag is enough: two sweaters, a rain jacket and shoes for walking."),
        ],
    ),
    PicturedThread(
        "@",
        "Why does my query take so long?",
        [("SELECT * FROM orders takes 4 s, why?", "There is no index on customer_id, so every row is read.")],
    ),
)


async def talk(workspace: Workspace, model: ModelServer, person: PersonClient, about: PicturedThread) -> Thread:
    """Have somebody talk with the bot, and name the thread."""
    channel = person.direct_message().id if about.where == "@" else workspace.channel(about.where.removeprefix("#")).id
    thread: Thread | None = None
    for number, (question, answer) in enumerate(about.said, 1):
        model.will(says(answer))
        if thread is None:
            mention = "" if about.where == "@" else f"@{BOT} "
            thread = Thread(workspace, person, channel, await person.say(f"{mention}{question}", channel=channel))
        else:
            await thread.say(question)
        await thread.answers(number, containing=answer)
    assert thread is not None
    await thread.say(f"rename session {about.title}")
    return thread


@asynccontextmanager
async def playground() -> AsyncIterator[tuple[Workspace, ModelServer]]:
    """A workspace with the bot in it."""
    with TemporaryDirectory() as folder:
        async with open_workspace(**MENUS, seed=1, model=MODEL) as workspace, open_model_server() as model:
            settings = read_settings(
                slack_bot_token=workspace.bot_token,
                slack_app_token=workspace.app_token,
                slack_api_url=workspace.api_url,
                openai_base_url=model.base_url,
                chathakase_model=MODEL,
                chathakase_background_model="off",
                chathakase_database_url=f"sqlite:///{folder}/chathakase.db",
            )
            async with open_bot(settings):
                yield workspace, model


@asynccontextmanager
async def browser_page(workspace: Workspace) -> AsyncIterator[BrowserPage]:
    """The workspace in a browser."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
        page = BrowserPage(await context.new_page(), workspace.address, [])
        await page.tab.goto(workspace.address)
        yield page
        await browser.close()


async def show_home(page: BrowserPage, name: str) -> Any:
    """The Home tab of somebody, once it is drawn."""
    await page.speak_as(name)
    await page.tab.get_by_role("navigation").get_by_role("button", name=BOT).last.click()
    await page.tab.get_by_role("tab", name="Home").click()
    home = page.tab.get_by_role("tabpanel", name="App Home")
    await expect(home.get_by_text("Your threads")).to_be_visible()
    return home


async def take(page: BrowserPage, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    await page.tab.screenshot(path=FOLDER / f"{name}.png")


async def take_homes(page: BrowserPage) -> None:
    await show_home(page, "Carol")
    await take(page, "home-empty")
    home = await show_home(page, "Alice")
    await home.get_by_text("For admins").evaluate("heading => heading.scrollIntoView()")
    await take(page, "home-admin")
    home = await show_home(page, "Bob")
    await take(page, "home")
    await page.tab.set_viewport_size(NARROW)
    await take(page, "home-narrow")
    await page.tab.set_viewport_size(WIDE)


async def take_modals(page: BrowserPage) -> None:
    home = await show_home(page, "Bob")
    await home.get_by_role("button", name="Rename “Trip to Kyoto”").click()
    window = page.tab.get_by_role("dialog", name="Rename thread")
    await expect(window.get_by_role("textbox", name="Title")).to_have_value("Trip to Kyoto")
    await take(page, "rename-modal")
    await window.get_by_role("button", name="Cancel").click()
    await home.get_by_role("button", name="New chat").click()
    window = page.tab.get_by_role("dialog", name="New chat")
    await window.get_by_role("textbox", name="What would you like").fill("Which museums are open on Mondays?")
    await take(page, "new-chat")
    await window.get_by_role("button", name="Cancel").click()
    await page.go("general")
    await page.say(CHATS)
    window = page.tab.get_by_role("dialog", name="Your threads")
    await expect(window.get_by_text("Trip to Kyoto")).to_be_visible()
    await take(page, "list-modal")


async def take_all() -> None:
    async with playground() as (workspace, model):
        async with workspace.person("bob") as bob, workspace.person("alice") as alice:
            for each in TALKS:
                await talk(workspace, model, bob, each)
            await talk(workspace, model, alice, TALKS[0])
        async with browser_page(workspace) as page:
            await take_homes(page)
            await take_modals(page)


if __name__ == "__main__":
    asyncio.run(take_all())
