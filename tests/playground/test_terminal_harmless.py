"""Whatever others write, the terminal shows it and obeys none of it."""

import io
import re
import unicodedata
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given
from hypothesis import settings as times
from hypothesis import strategies as st
from rich.console import Console
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace, demo_world
from chathakase.playground.terminal.harmless import in_a_row, in_lines
from chathakase.playground.terminal.screen import Screen
from chathakase.playground.terminal.talk import talk
from tests.examples import examples
from tests.playground.clients import ALICE, BOT, GENERAL

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u061c\u200e\u200f"
COLOURS = re.compile(r"\x1b\[[\d;]*m")
"""What the terminal itself sends to write in colour."""

HOSTILE = (
    "\x1b]0;a title\x07",
    "\x1b]52;c;ZWNobw==\x1b\\",
    "\x1b[2J\x1b[H",
    "\x1b]8;;file:///etc/passwd\x1b\\here\x1b]8;;\x1b\\",
    "\x9b2J \x9d0;x\x9c \x90q\x9c",
    "a\rb\x08\x08c\x7f\x00\x0b\x0c",
    "a\u2028b\u2029c\x85d",
    "\u202eabc\u202c \u2066x\u2069 \u200f",
    "\ud83d and \udc00",
    "&#27;[2J &#x1b;]0;x&#7; &#13;over &#8238;x &NewLine; &#x9b;2J",
    "[x](javascript:alert(1)) [y](file:///etc/passwd) [z](data:text/html,x) <javascript:x>",
    "[x](https://example.com/\x1b]8;;evil\x07) ![i](http://h/\x9b)",
    "[x](https://example.com/&#27;]0;x)",
    "<https://example.com|\x1b[2J> <https://\x1b[2J|x>",
    "[/x] [bold]x[/bold] [link=file:///x]y[/link] [red",
    "```\x1b[2J\n\x1b]0;x\x07```",
    "```\x1b]0;x\x07\ncode\n```",
    "`\x1b[2J` **\x1b[2J** # \x1b[2J",
    "| a\x1b[2J | b |\n|---|---|\n| \x9b | &#13; |",
    "# [/x]\n> \x1b[2J\n\n1. \x1b]0;x\x07\n- [ ] \u202e",
    "<img src=x onerror=\x1b[2J> <!-- \x1b[2J -->",
)
pieces = st.sampled_from(
    [*HOSTILE, "\n", "```", "`", "|", "> ", "- ", "# ", "[", "](", ")", "&#", ";", "*", "\t", "字"]
)
hostile = st.lists(st.one_of(pieces, st.characters(), st.text()), max_size=8).map("".join)


def is_command(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in DIRECTIONS
        or character in MARKS
    )


@given(hostile)
@example("".join(HOSTILE))
def test_nothing_of_a_row_is_a_command(text: str) -> None:
    row = in_a_row(text)
    assert not any(map(is_command, row))
    seen = re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt])", "", row)
    assert seen == "".join(each for each in text if not is_command(each)) or "\\" in text
    lines = in_lines(text)
    assert not any(map(is_command, lines.replace("\n", "")))


def drawn(text: str, *, terminal: bool = True) -> str:
    world, out = demo_world(), io.StringIO()
    message = world.post(GENERAL, BOT, text)
    console = Console(file=out, width=60, height=30, force_terminal=terminal, color_system="truecolor")
    screen = Screen(console, world)
    screen.message(message)
    with screen.growing():
        screen.grow(message, text)
        screen.grow(None, text)
    screen.said(world.users[ALICE], text, text)
    screen.note(text)
    return out.getvalue()


def commands_in(shown: str) -> list[str]:
    """What a terminal would obey, besides colours and what the drawing of a growing message consists of."""
    rest = re.sub(r"\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K|\r(?=\x1b\[(2K|1A))", "", COLOURS.sub("", shown))
    return [each for each in rest.replace("\n", "") if is_command(each)]


@given(hostile)
@example("".join(HOSTILE))
@times(max_examples=examples(40))
def test_no_message_and_no_status_is_obeyed(text: str) -> None:
    assert commands_in(drawn(text)) == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_hostile_is_shown(text: str, terminal: bool) -> None:
    shown = drawn(text, terminal=terminal)
    assert commands_in(shown) == []
    assert "]8;" not in COLOURS.sub("", shown).replace(in_a_row("\x1b]8;"), "")


def test_where_a_link_leads_is_said() -> None:
    shown = COLOURS.sub("", drawn("[our bank](https://example.com/evil)", terminal=False))
    assert "our bank (https://example.com/evil)" in shown


async def _lines(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


@pytest.mark.parametrize("text", ["hello [/x]", "[bold]hello", "[link=file:///x]y[/link]", "\x1b]0;x\x07", "a\\[b"])
async def test_markup_of_people_is_never_interpreted(text: str, workspace: Workspace) -> None:
    out = io.StringIO()
    console = Console(file=out, width=200, color_system=None)
    # More digits than Python reads as one number, too.
    lines = _lines(text, "/threads", f"/channel {text}", f"/as {text}", f"/{text}", f"/threads {'9' * 5000}", "/quit")
    await talk(workspace, lines=lines, console=console, within=0.01, settle=0.01, model=f"model {text}")
    shown = out.getvalue()
    assert f"1. #general: @ChatHakase {in_a_row(text)} (here)" in shown
    assert f"There is no channel #{in_a_row(text)} for alice." in shown
    assert f"with the model model {in_a_row(text)}." in shown
    assert commands_in(shown) == []


async def test_names_of_others_are_shown_as_they_are(workspace: Workspace, bot: AsyncWebClient) -> None:
    world, out = workspace.world, io.StringIO()
    world.change_conversation(GENERAL, name="gen[/x]\x1b[2J")
    await bot.chat_postMessage(channel=GENERAL, text="hello")
    Screen(Console(file=out, width=200, color_system=None), world).message(world.timeline(GENERAL).messages()[-1])
    assert r"#gen[/x]\x1b[2J" in out.getvalue()
