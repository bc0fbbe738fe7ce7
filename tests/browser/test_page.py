"""What a person does on the page, in a real browser."""

from typing import Any

import pytest

from chathakase.playground.server import Workspace
from tests.browser.conftest import BrowserPage, expect


@pytest.mark.usefixtures("bot")
async def test_a_mention_streams_a_reply(page: BrowserPage, workspace: Workspace) -> None:
    await page.say("@ChatHakase write 400 words")
    await page.open_thread("write 400 words")
    answer = page.message("Echo model", page.thread)
    await expect(answer).to_be_visible()
    early = len(await answer.inner_text())
    await expect(answer).to_contain_text("And here are 400 words", timeout=20_000)
    await expect(answer).to_contain_text("4.", timeout=20_000)
    assert len(await answer.inner_text()) > early
    assert len(workspace.journal.calls("chat.update")) >= 1
    await expect(answer.locator("blockquote")).to_contain_text("write 400 words")


@pytest.mark.usefixtures("bot")
async def test_a_second_message_is_answered_from_memory(page: BrowserPage) -> None:
    await page.say("@ChatHakase my cat is called Mikan")
    await page.open_thread("Mikan")
    await expect(page.message("Echo model", page.thread)).to_be_visible()
    await page.say("what is my cat called?", where="Reply in thread")
    second = page.message("I remember from this thread", page.thread)
    await expect(second).to_contain_text("my cat is called Mikan")


@pytest.mark.usefixtures("bot")
async def test_a_direct_message(page: BrowserPage) -> None:
    await page.go("ChatHakase")
    await page.tab.get_by_role("tab", name="Messages").click()
    await page.say("hello in private", where="Message ChatHakase")
    await page.open_thread("hello in private")
    await expect(page.message("Echo model", page.thread)).to_contain_text("hello in private")


@pytest.mark.usefixtures("bot")
async def test_the_commands(page: BrowserPage) -> None:
    await page.say("@ChatHakase help")
    await page.open_thread("help")
    await expect(page.message("clear session", page.thread).last).to_be_visible()
    await page.say("session info", where="Reply in thread")
    await expect(page.message("When idle", page.thread)).to_contain_text("echo")
    await page.say("clear session", where="Reply in thread")
    await expect(page.message("I have forgotten", page.thread)).to_be_visible()
    await page.speak_as("Bob")
    await page.go("general")
    await page.say("@ChatHakase all sessions")
    await expect(page.message("only admins")).to_be_visible()


@pytest.mark.usefixtures("sample_bot")
async def test_a_button_opens_a_modal_that_is_validated_and_sent(page: BrowserPage) -> None:
    await page.say("@ChatHakase card")
    await page.open_thread("card")
    await page.thread.get_by_role("button", name="Open form").click()
    dialog = page.tab.get_by_role("dialog", name="A form")
    await dialog.get_by_role("textbox", name="Your name").fill("Al")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_contain_text("at least")
    await dialog.get_by_role("textbox", name="Your name").fill("Alice")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_be_hidden()
    await expect(page.message("Thank you, Alice!", page.thread)).to_be_visible()


@pytest.mark.usefixtures("sample_bot")
async def test_a_modal_closes_with_escape(page: BrowserPage) -> None:
    await page.say("@ChatHakase card")
    await page.open_thread("card")
    await page.thread.get_by_role("button", name="Open form").click()
    dialog = page.tab.get_by_role("dialog", name="A form")
    await expect(dialog).to_be_visible()
    await page.tab.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


@pytest.mark.usefixtures("sample_bot")
async def test_a_slash_command_is_answered_to_oneself(page: BrowserPage) -> None:
    await page.say("/weather Oslo")
    answer = page.message("The weather in Oslo is fine.")
    await expect(answer).to_contain_text("Only visible to you")
    await page.speak_as("Bob")
    await expect(answer).to_be_hidden()


@pytest.mark.usefixtures("sample_bot")
async def test_app_home(page: BrowserPage) -> None:
    await page.go("ChatHakase")
    await page.tab.get_by_role("tab", name="Home").click()
    await expect(page.tab.get_by_text("Welcome home")).to_be_visible()


async def test_edit_and_delete(page: BrowserPage, workspace: Workspace) -> None:
    await page.say("a tpyo")
    message = page.message("a tpyo")
    await message.hover()
    await message.get_by_role("button", name="Edit message").click()
    editor = page.tab.get_by_role("textbox", name="Edit message")
    await editor.fill("a typo")
    await editor.press("Enter")
    await expect(page.message("a typo")).to_contain_text("edited")
    await page.message("a typo").hover()
    await page.message("a typo").get_by_role("button", name="Delete message").click()
    await page.tab.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.message("a typo")).to_be_hidden()
    assert list(workspace.world.timeline(workspace.channel("general").id).main()) == []


async def test_a_reload_keeps_everything(page: BrowserPage) -> None:
    await page.speak_as("Carol")
    await page.go("random")
    await page.say("remember me", where="Message #random")
    await page.tab.reload()
    await expect(page.message("remember me")).to_be_visible()
    await expect(page.tab.get_by_role("radio", name="Carol")).to_be_checked()


HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "[click](javascript:document.title='owned')",
    "<javascript:document.title='owned'|click>",
    "<https://a.example/\" onmouseover=\"document.title='owned'|x>",
)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_script_in_a_message_stays_text(hostile: str, page: BrowserPage, workspace: Workspace) -> None:
    channel = workspace.channel("general").id
    bot = workspace.world.bot.id
    workspace.world.post(channel, "U0ALICE001", f"said: {hostile}")
    workspace.world.post(channel, bot, "x", blocks=({"type": "markdown", "text": f"marked: {hostile}"},), bot_id="B1")
    section: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": f"section: {hostile}"}}
    workspace.world.post(channel, bot, "x", blocks=(section,), bot_id="B1")
    for kind in ("said:", "marked:", "section:"):
        await expect(page.message(kind)).to_be_visible()
    assert await page.tab.locator("article script, article img[onerror], article a[href^='javascript']").count() == 0
    for link in await page.tab.locator("article a").all():
        await link.hover()
    assert await page.tab.title() != "owned"


async def test_an_unknown_block_is_shown_as_what_it_is(page: BrowserPage, workspace: Workspace) -> None:
    channel, bot = workspace.channel("general").id, workspace.world.bot.id
    workspace.world.post(channel, bot, "x", blocks=({"type": "from_the_future", "wheels": 4},), bot_id="B1")
    await expect(page.message("from_the_future")).to_be_visible()


async def test_a_long_thread_is_drawn_and_stays_at_its_end(page: BrowserPage, workspace: Workspace) -> None:
    channel = workspace.channel("general").id
    root = workspace.world.post(channel, "U0ALICE001", "the root")
    for number in range(2_000):
        workspace.world.post(channel, "U0BOB00001", f"reply {number}", thread_ts=root.ts)
    await page.open_thread("the root")
    await expect(page.thread.get_by_text("reply 1999", exact=True)).to_be_in_viewport(timeout=20_000)
    workspace.world.post(channel, "U0BOB00001", "the newest", thread_ts=root.ts)
    await expect(page.thread.get_by_text("the newest", exact=True)).to_be_in_viewport(timeout=20_000)


@pytest.mark.usefixtures("bot")
async def test_the_inspector_shows_the_traffic(page: BrowserPage) -> None:
    await page.button("Inspector").click()
    await page.say("@ChatHakase hello")
    traffic = page.log("Traffic")
    await expect(traffic.get_by_role("button", name="envelope events_api app_mention")).to_be_visible()
    call = traffic.get_by_role("button", name="call chat.postMessage").first
    await call.click()
    await expect(traffic).to_contain_text("thread_ts")
    assert "xoxb-" not in await traffic.inner_text()


async def test_a_narrow_window_keeps_everything_in_reach(page: BrowserPage) -> None:
    await page.tab.set_viewport_size({"width": 420, "height": 800})
    await page.say("narrow but fine")
    await expect(page.message("narrow but fine")).to_be_in_viewport()
    assert await page.tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
