"""Home and its windows with the real bot, as people use them in a browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.own_messages import CHATS
from tests.browser.conftest import BrowserPage, expect
from tests.browser.pictures import show_home
from tests.end_to_end.at_home import MENUS
from tests.slack.home.viewing import press

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with open_workspace(**MENUS, seed=1, model="echo") as opened:
        yield opened


async def started(page: BrowserPage, home: Any, words: str, title: str) -> None:
    """Have somebody start a chat, whose row is then the first."""
    await home.get_by_role("button", name="chat").click()
    window = page.tab.get_by_role("dialog", name="New chat")
    await window.get_by_role("textbox", name="What would you like to ask?").fill(words)
    await window.get_by_role("textbox", name="Title").fill(title)
    await window.get_by_role("button", name="Start").click()
    await expect(window).to_be_hidden()
    await expect(home.get_by_role("button", name=f"Open “{title}”")).to_be_visible()
    await expect(home.get_by_text(f"{title} (1)")).to_be_visible()


async def test_from_the_first_chat_to_a_home_that_is_empty_again(page: BrowserPage) -> None:
    home = await show_home(page, "Bob")
    await expect(home.get_by_role("button")).to_have_count(1)
    await started(page, home, "Where is it warm?", "A trip")
    await expect(home.get_by_text("You have 1 thread.")).to_be_visible()

    await home.get_by_role("button", name="Rename “A trip”").click()
    window = page.tab.get_by_role("dialog", name="Rename thread")
    title = window.get_by_role("textbox", name="Title")
    await expect(title).to_have_value("A trip")
    await title.fill(" ")
    await window.get_by_role("button", name="Save").click()
    await expect(window.get_by_role("alert")).to_have_text("Please enter a title.")
    await title.fill("A trip south")
    await window.get_by_role("button", name="Save").click()
    await expect(home.get_by_role("link", name="A trip south")).to_be_visible()

    await home.get_by_role("button", name="Delete “A trip south”").click()
    asked = page.tab.get_by_role("alertdialog", name="Delete “A trip south”?")
    await asked.get_by_role("button", name="Cancel").click()
    await home.get_by_role("button", name="Delete “A trip south”").click()
    await asked.get_by_role("button", name="Delete").click()
    await expect(home.get_by_text("Nothing here yet.")).to_be_visible()
    await expect(home.get_by_role("button", name="Start new chat")).to_be_visible()


async def test_a_thread_is_opened_where_it_is(page: BrowserPage) -> None:
    home = await show_home(page, "Bob")
    await started(page, home, "Where is it warm?", "A trip")
    await home.get_by_role("button", name="Open “A trip”").click()
    await expect(page.message("Where is it warm?", page.thread).first).to_be_visible()


async def test_what_was_looked_for_is_gone_once_all_is_shown(page: BrowserPage) -> None:
    home = await show_home(page, "Bob")
    await started(page, home, "Where is it warm?", "A trip")
    field = home.get_by_role("textbox", name="Search")
    await field.fill("unheard of")
    await field.press("Enter")
    await expect(home.get_by_text("None of your threads match “unheard of”.")).to_be_visible()
    await expect(field).to_have_value("unheard of")
    await home.get_by_role("button", name="Show all").click()
    await expect(home.get_by_text("You have 1 thread.")).to_be_visible()
    await expect(field).to_have_value("")


async def test_whoever_types_goes_on_typing_when_something_is_told_above(
    page: BrowserPage, workspace: Workspace
) -> None:
    home = await show_home(page, "Bob")
    await started(page, home, "Where is it warm?", "A trip")
    await started(page, home, "And where is it cold?", "Another trip")
    await home.get_by_role("button", name="Refresh").click()
    await expect(home.get_by_text("I've started it")).to_be_hidden()
    field = home.get_by_role("textbox", name="Search")
    await field.press_sequentially("tri")
    async with workspace.person("bob") as bob:
        assert bob.home is not None
        await press(bob, bob.home, HomeAction.ARCHIVE)
    await expect(home.get_by_text("Done")).to_be_visible()
    await page.tab.keyboard.type("p")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("trip")


async def test_the_list_in_a_window_looks_for_words_and_archives(page: BrowserPage) -> None:
    home = await show_home(page, "Bob")
    await started(page, home, "Where is it warm?", "A trip")
    await page.go("general")
    await page.say(f"{CHATS} trip")
    window = page.tab.get_by_role("dialog", name="Your threads")
    await expect(window.get_by_text("1 thread matches “trip”.")).to_be_visible()
    await window.get_by_role("button", name="Archive “A trip”").click()
    await expect(window.get_by_text("None of your threads match “trip”.")).to_be_visible()
    await window.get_by_role("combobox", name="Which threads").click()
    await page.tab.get_by_role("option", name="Archived threads").click()
    await expect(window.get_by_role("link", name="A trip")).to_be_visible()
    await expect(window.get_by_role("button", name="Archive “A trip”")).to_be_hidden()


async def test_admins_mute_a_channel(page: BrowserPage) -> None:
    home = await show_home(page, "Alice")
    await home.get_by_role("combobox", name="Mute a channel").click()
    await page.tab.get_by_role("option", name="random").click()
    asked = page.tab.get_by_role("alertdialog", name="Mute this channel?")
    await asked.get_by_role("button", name="Mute").click()
    await expect(home.get_by_role("button", name="More options")).to_be_visible()
    await home.get_by_role("button", name="More options").click()
    await page.tab.get_by_role("menuitem", name="Unmute").click()
    await expect(home.get_by_text("Muted channels: none")).to_be_visible()
