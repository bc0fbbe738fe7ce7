"""Menus, files, reactions, faults and looks, in a real browser."""

import base64
import re

import pytest

from chathakase.playground.server import Workspace
from tests.browser.conftest import BrowserPage, expect

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.usefixtures("sample_bot")
async def test_a_menu_and_an_overflow_menu(page: BrowserPage) -> None:
    await page.say("@ChatHakase card")
    await page.open_thread("card")
    await page.thread.get_by_role("combobox", name="A colour").click()
    await page.tab.get_by_role("option", name="Green").click()
    await expect(page.message("You chose green")).to_contain_text("Only visible to you")
    await page.thread.get_by_role("button", name="More options").click()
    await page.tab.get_by_role("menuitem", name="Blue").click()
    await expect(page.message("More of blue")).to_be_visible()


async def test_a_picture_is_uploaded_and_shown(page: BrowserPage, workspace: Workspace) -> None:
    files = [{"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL}]
    await page.tab.locator("#channel input[type=file]").set_input_files(files)
    await page.say("a picture")
    picture = page.message("a picture").get_by_role("img", name="pixel.png")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.complete && image.naturalWidth") == 1


async def test_a_reaction_is_given_and_taken_back(page: BrowserPage, workspace: Workspace) -> None:
    workspace.world.post(workspace.channel("general").id, "U0BOB00001", "nice weather")
    message = page.message("nice weather")
    await message.hover()
    await message.get_by_role("button", name="Add reaction").click()
    await page.tab.get_by_role("searchbox", name="Search emoji").fill("tada")
    await page.tab.get_by_role("option", name="tada").first.click()
    reaction = message.get_by_role("button", name="reacted with")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)


@pytest.mark.usefixtures("bot")
async def test_a_mention_is_completed_with_the_keyboard(page: BrowserPage) -> None:
    box = page.tab.get_by_role("textbox", name="Message #general")
    await box.click()
    await page.tab.keyboard.type("@chatha")
    await expect(page.tab.get_by_role("option", name="ChatHakase")).to_be_visible()
    await page.tab.keyboard.press("Enter")
    await page.tab.keyboard.type("by keyboard alone")
    await page.tab.keyboard.press("Enter")
    await page.open_thread("by keyboard alone")
    await expect(page.message("Echo model", page.thread)).to_be_visible()


@pytest.mark.usefixtures("bot")
async def test_faults_are_caused_by_buttons_and_survived(page: BrowserPage, workspace: Workspace) -> None:
    await page.tab.get_by_role("button", name="Inspector", exact=True).click()
    await page.button("429 next call").click()
    await page.button("Disconnect socket").click()
    await workspace.wait_for_socket()
    await page.say("@ChatHakase hello")
    await page.open_thread("hello")
    await expect(page.message("makes me write a long reply", page.thread)).to_be_visible(timeout=15_000)
    await expect(page.log("Traffic").locator(".status-limited").first).to_be_visible()


async def test_what_is_unread_is_marked(page: BrowserPage, workspace: Workspace) -> None:
    workspace.world.post(workspace.channel("random").id, "U0BOB00001", "<@U0ALICE001> look here")
    place = page.tab.get_by_role("navigation").get_by_role("button", name="random")
    await expect(place).to_have_accessible_name("random, 1 new for you")
    await place.click()
    await expect(page.message("look here")).to_be_visible()
    await expect(place).to_have_accessible_name("random")


async def test_a_status_is_shown_while_the_app_thinks(page: BrowserPage, workspace: Workspace) -> None:
    channel = workspace.channel("general").id
    root = workspace.world.post(channel, "U0ALICE001", "a hard question")
    workspace.world.post(channel, "U0BOB00001", "indeed", thread_ts=root.ts)
    await page.open_thread("a hard question")
    workspace.world.set_status(channel, root.ts, "is thinking…")
    await expect(page.tab.locator("#thread")).to_contain_text("is thinking…")
    workspace.world.set_status(channel, root.ts, "")
    await expect(page.tab.locator("#thread")).not_to_contain_text("is thinking…")


async def test_dark_and_light(page: BrowserPage) -> None:
    async def brightness() -> float:
        colour: str = await page.tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(float(part) for part in colour.strip("rgba()").split(",")[:3])

    await page.tab.emulate_media(color_scheme="light")
    light = await brightness()
    await page.button("Switch to dark").click()
    assert await brightness() < light / 2
    await page.tab.reload()
    await expect(page.button("Switch to light")).to_be_visible()


async def test_a_pane_gives_way_where_two_would_be_narrow(page: BrowserPage, workspace: Workspace) -> None:
    general = workspace.channel("general").id
    root = workspace.world.post(general, "U0ALICE001", "a question")
    workspace.world.post(general, "U0BOB00001", "an answer", thread_ts=root.ts)
    await page.open_thread("a question")
    await page.button("Inspector").click()
    reply = page.tab.get_by_role("textbox", name="Reply in thread")
    for width in (1280, 1099, 1000, 720):
        await page.tab.set_viewport_size({"width": width, "height": 800})
        await expect(page.log("Messages in #general")).to_be_hidden()
        assert (await reply.bounding_box())["width"] > 220
        await reply.click(trial=True)
    await page.tab.set_viewport_size({"width": 1400, "height": 800})
    await expect(page.log("Messages in #general")).to_be_visible()
    await page.tab.keyboard.press("Control+.")
    await page.tab.set_viewport_size({"width": 800, "height": 800})
    await expect(page.log("Messages in #general")).to_be_hidden()
    await reply.focus()
    await page.tab.keyboard.press("Shift+F6")
    assert await page.tab.evaluate("document.activeElement.closest('.sidebar') !== null")
    await page.button("Close thread").click()
    await expect(page.log("Messages in #general")).to_be_visible()


async def test_a_table_keeps_words_whole(page: BrowserPage, workspace: Workspace) -> None:
    address = f"https://example.com/{'a' * 200}"
    rows = f"| Item | Price | Where |\n|---|---|---|\n| Espresso | 3.50 | {address} |"
    block = {"type": "markdown", "text": rows, "block_id": "b"}
    bot = workspace.world.app
    workspace.world.post(workspace.channel("general").id, bot.user_id, "x", bot_id=bot.bot_id, blocks=(block,))
    await page.tab.set_viewport_size({"width": 420, "height": 800})
    for text in ("Price", "Espresso"):
        cell = page.tab.get_by_text(text, exact=True)
        heights = await cell.evaluate("cell => [cell.clientHeight, parseFloat(getComputedStyle(cell).lineHeight)]")
        lines = await cell.evaluate(
            "cell => { const range = document.createRange(); range.selectNodeContents(cell);"
            " return new Set([...range.getClientRects()].map((line) => line.top)).size; }"
        )
        assert lines == 1, heights


async def test_blocks_that_hold_others_show_them(page: BrowserPage, workspace: Workspace) -> None:
    def said(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    blocks = (
        {
            "type": "container",
            "title": said("A box"),
            "child_blocks": [
                {"type": "header", "text": said("A heading in it")},
                {"type": "container", "title": said("A smaller box"), "child_blocks": [{"type": "divider"}]},
            ],
        },
        {"type": "carousel", "elements": [{"title": said("The first card")}, {"title": said("The second card")}]},
        {"type": "plan", "title": "A plan", "tasks": [{"task_id": "t", "title": "Boil water", "status": "complete"}]},
    )
    bot = workspace.world.app
    workspace.world.post(workspace.channel("general").id, bot.user_id, "x", bot_id=bot.bot_id, blocks=blocks)
    shown = page.message("A box")
    await expect(shown.get_by_role("heading", name="A heading in it")).to_be_visible()
    await expect(shown.locator(".container .container .block-divider")).to_have_count(1)
    await expect(shown.get_by_role("region", name="Cards").locator(".block-card")).to_have_count(2)
    await expect(shown.locator(".plan .block-task-card")).to_contain_text("Boil water")


async def test_what_only_one_person_sees_is_no_reply(page: BrowserPage, workspace: Workspace) -> None:
    world, general, bot = workspace.world, workspace.channel("general").id, workspace.world.app
    root = world.post(general, "U0BOB00001", "the root")
    world.post(general, "U0CAROL001", "a reply", thread_ts=root.ts)
    world.post_ephemeral(general, "U0ALICE001", bot.user_id, "a secret", thread_ts=root.ts, bot_id=bot.bot_id)
    await expect(page.message("the root")).to_contain_text("1 reply")
    await page.open_thread("the root")
    await expect(page.message("a secret", page.thread)).to_be_visible()


async def test_a_time_is_written_as_people_write_it(page: BrowserPage, workspace: Workspace) -> None:
    workspace.world.post(workspace.channel("general").id, "U0BOB00001", "what time is it?")
    shown = await page.message("what time is it?").locator("time").first.inner_text()
    assert re.fullmatch(r"[1-9]\d?:\d\d\s[AP]M", shown)


async def test_a_fault_tells_what_it_does_or_that_there_is_nothing_to_disturb(page: BrowserPage) -> None:
    await page.button("Inspector").click()
    for button, told in (
        ("Drop socket", "No app is connected"),
        ("429 next call", "The next call that writes text is rate limited for 3 seconds."),
        ("Cut off", "is not the echo"),
        ("End all faults", "Everything works again."),
    ):
        await page.button(button).click()
        await expect(page.tab.locator("#toasts")).to_contain_text(told)
